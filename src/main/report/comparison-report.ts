/** One offline HTML file about several runs: what differs, their curves, what they measured, and image by image what each fixed and broke. */
import type { ComparedImage, Comparison } from '../../contract/entities/comparison'
import type { Evaluation, Run, StepMetric } from '../../contract/entities/run'
import { comparisonNames, pText } from '../../domain/comparison/comparison-words'
import { startWords } from '../../domain/model/model-names'
import { isolated } from '../../domain/names'
import { escapeHtml } from './escape'
import { linesSvg } from './lines-svg'
import { imageFigure, type ReportImage } from './report-image'
import { reportPage } from './report-page'
import { shareCells, tableOf } from './report-tables'

export interface ComparedRun {
  readonly run: Run
  readonly steps: readonly StepMetric[]
  readonly evaluations: readonly Evaluation[]
}

export interface ComparedPair {
  readonly first: Run
  readonly second: Run
  readonly comparison: Comparison
  readonly groups: readonly {
    readonly group: 'fixed' | 'broken'
    readonly total: number
    readonly images: readonly { readonly compared: ComparedImage; readonly image: ReportImage | null }[]
  }[]
}

export function comparisonReportHtml(
  runs: readonly ComparedRun[],
  pairs: readonly ComparedPair[],
  madeAtMs: number,
): string {
  const names = runs.map(({ run }) => run.name)
  return reportPage({
    title: runs.length === 2 ? names.join(' and ') : `${runs.length} runs compared`,
    about: `${escapeHtml([...new Set(runs.map(({ run }) => run.datasetName))].join(', '))} · ${new Date(madeAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    body: `<section><h2>Results</h2>${resultTable(runs)}</section>
<section><h2>Settings that differ</h2>${differenceTable(runs)}</section>
<div class="curves">
<section><h2>Loss</h2>${linesSvg('Loss', lossLines(runs), { scale: 'log', smoothing: 0.86 })}</section>
<section><h2>Accuracy during training, %</h2>${linesSvg('Accuracy', accuracyLines(runs), { scale: 'linear', smoothing: 0 })}</section>
</div>
${pairs.map(pairSection).join('\n')}`,
    footer: '',
  })
}

function resultTable(runs: readonly ComparedRun[]): string {
  const rows = runs.map(
    ({ run }) =>
      `<tr><th scope="row">${escapeHtml(run.name)}</th><td>${escapeHtml(startWords(run))}</td><td>${run.evaluatedOn ?? ''}</td>${shareCells(run.accuracy)}<td class="num">${run.wrongCount ?? '–'}</td><td class="num">${run.lastLoss?.toFixed(4) ?? '–'}</td><td class="num">${run.stepsDone}</td></tr>`,
  )
  return tableOf(['Run', 'Model', 'Part', '#Right', '#95 %', '#Wrong', '#Training loss', '#Steps'], rows)
}

function differenceTable(runs: readonly ComparedRun[]): string {
  const columns = runs.map(({ run }) => new Map(settingsOf(run)))
  const labels = new Set(columns.flatMap((column) => [...column.keys()]))
  const rows = [...labels].flatMap((label) => {
    const values = columns.map((column) => column.get(label) ?? '–')
    if (new Set(values).size === 1) return []
    return [
      `<tr><th scope="row">${escapeHtml(label)}</th>${values.map((value) => `<td>${escapeHtml(value)}</td>`).join('')}</tr>`,
    ]
  })
  if (rows.length === 0) return '<p class="q">None: they were set alike.</p>'
  return tableOf(['Setting', ...runs.map(({ run }) => escapeHtml(run.name))], rows)
}

function settingsOf(run: Run): [string, string][] {
  return [
    ['Dataset', run.datasetName],
    ['Split', run.splitHash],
    ['Start', startWords(run)],
    ['Model', run.model],
    ['Seed', String(run.recipe.seed)],
    [
      'Engine',
      run.engine === null ? '–' : `${run.engine.kind} ${run.engine.version} on ${run.engine.deviceName}`,
    ],
    ...run.choices.map(({ label, value }): [string, string] => [label, value]),
  ]
}

function lossLines(runs: readonly ComparedRun[]) {
  return runs.map(({ run, steps }) => ({
    name: run.name,
    points: steps.map(({ stepIndex, loss }) => ({ x: stepIndex, y: loss })),
  }))
}

function accuracyLines(runs: readonly ComparedRun[]) {
  return runs.map(({ run, evaluations }) => {
    const part = evaluations.some((one) => one.part === 'val') ? 'val' : run.evaluatedOn
    const points = evaluations.filter((one) => one.part === part)
    return {
      name: run.name,
      points: points.map(({ stepIndex, accuracy }) => ({ x: stepIndex, y: accuracy.value * 100 })),
    }
  })
}

function pairSection({ first, second, comparison, groups }: ComparedPair): string {
  const { counts, part, p } = comparison
  const rows = (['fixed', 'broken', 'same-wrong', 'other-wrong', 'right'] as const).map(
    (group) => `<tr><th scope="row">${comparisonNames[group]}</th><td class="num">${counts[group]}</td></tr>`,
  )
  const classes = comparison.classes
    .filter(({ counts: of }) => of.fixed + of.broken > 0)
    .slice(0, 20)
    .map(
      ({ name, counts: of }) =>
        `<tr><th scope="row">${escapeHtml(name)}</th><td class="num">${of.fixed}</td><td class="num">${of.broken}</td></tr>`,
    )
  return `<section><h2>${escapeHtml(second.name)} against ${escapeHtml(first.name)}</h2>
<p class="q">${comparison.first.total} ${part} images that both evaluated. McNemar's exact test: ${pText(p)}.</p>
${tableOf(['Group', '#Images'], rows)}${classes.length === 0 ? '' : tableOf(['Label', '#Fixed', '#Broken'], classes)}
${groups.map((group) => groupGallery(first, second, group)).join('\n')}</section>`
}

function groupGallery(
  first: Run,
  second: Run,
  { group, total, images }: ComparedPair['groups'][number],
): string {
  if (images.length === 0) return ''
  const figures = images.map(({ compared, image }) =>
    imageFigure({
      image,
      path: compared.path,
      aspect: compared.aspect,
      above: [`${isolated(compared.first.className)} → ${isolated(compared.second.className)}`, ''],
      below: [compared.label, ''],
    }),
  )
  return `<h3>${comparisonNames[group]}</h3><p class="q">${images.length} of ${total}. Above: what ${escapeHtml(first.name)} says → what ${escapeHtml(second.name)} says. Below: the label.</p><div class="gallery">${figures.join('\n')}</div>`
}
