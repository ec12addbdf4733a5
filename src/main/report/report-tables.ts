/** Tables of reports: what was measured, each share with its 95 % interval. */
import { pairAt, type Confusion } from '../../contract/entities/confusion'
import type { Accuracy, Evaluation } from '../../contract/entities/run'
import { classFigures } from '../../domain/statistics/per-class'
import { escapeHtml } from './escape'

/** A matrix with more classes is too wide for a page. */
const mostMatrixClasses = 30

export function evaluationTable(evaluations: readonly Evaluation[]): string {
  if (evaluations.length === 0) return '<p class="q">None.</p>'
  const rows = evaluations.map(
    ({ stepIndex, part, loss, accuracy }) =>
      `<tr><td class="num">${stepIndex}</td><td>${part}</td><td class="num">${loss.toFixed(4)}</td>${shareCells(accuracy)}<td class="num">${accuracy.correct} of ${accuracy.total}</td></tr>`,
  )
  return tableOf(['#Step', 'Part', '#Loss', '#Right', '#95 %', '#Images'], rows)
}

/** The classes that are right least often first. */
export function classTable(confusion: Confusion): string {
  const { classNames } = confusion
  const figures = classFigures(confusion)
    .filter(({ support }) => support > 0)
    .sort((a, b) => (a.recall?.value ?? 0) - (b.recall?.value ?? 0))
  const rows = figures.map(
    ({ classIndex, support, recall, precision, f1 }) =>
      `<tr><th scope="row">${escapeHtml(classNames[classIndex] ?? '')}</th><td class="num">${support}</td>${shareCells(recall)}${shareCells(precision)}<td class="num">${f1 === null ? '' : f1.value.toFixed(3)}</td></tr>`,
  )
  if (rows.length === 0) return '<p class="q">Nothing was evaluated.</p>'
  return tableOf(['Class', '#Images', '#Recall', '#95 %', '#Precision', '#95 %', '#F1'], rows)
}

/** '' where it would not fit. */
export function matrixTable(confusion: Confusion): string {
  const { classNames } = confusion
  if (classNames.length > mostMatrixClasses || confusion.counts.length === 0) return ''
  const counts = new Map<string, number>()
  for (const cell of confusion.counts.keys()) {
    const { labelIndex, predictedIndex, count } = pairAt(confusion, cell)
    counts.set(`${labelIndex} ${predictedIndex}`, count)
  }
  const head = classNames.map(
    (name, index) => `<th scope="col" title="${escapeHtml(name)}">${index + 1}</th>`,
  )
  const rows = classNames.map((name, label) => {
    const row = classNames.map((_, predicted) => {
      const count = counts.get(`${label} ${predicted}`) ?? 0
      return `<td${label === predicted ? ' class="hit"' : ''}>${count === 0 ? '·' : count}</td>`
    })
    return `<tr><th scope="row">${escapeHtml(name)} ${label + 1}</th>${row.join('')}</tr>`
  })
  return `<div class="scroll" role="region" aria-label="Confusion matrix" tabindex="0"><table class="matrix"><caption>Rows: labels. Columns: predictions, by the numbers of the rows.</caption><thead><tr><td></td>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

/** A head that begins with # is of a column of numbers. */
export function tableOf(heads: readonly string[], rows: readonly string[]): string {
  const cells = heads.map((head) =>
    head.startsWith('#')
      ? `<th scope="col" class="num">${head.slice(1)}</th>`
      : `<th scope="col">${head}</th>`,
  )
  return `<table><thead><tr>${cells.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`
}

export function shareCells(share: Pick<Accuracy, 'value' | 'low' | 'high'> | null): string {
  if (share === null) return '<td class="num">–</td><td></td>'
  return `<td class="num">${percent(share.value)} %</td><td class="num q">${percent(share.low)}–${percent(share.high)}</td>`
}

const percent = (share: number): string => (share * 100).toFixed(1)
