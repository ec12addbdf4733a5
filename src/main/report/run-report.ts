/** One offline HTML file about one run: figures, curves, the mistakes with their images. No script, no link outside. */
import type { Confusion } from '../../contract/entities/confusion'
import type { Answer } from '../../contract/entities/rating'
import type { DatasetDetail } from '../../contract/entities/dataset'
import {
  earlierResultStep,
  rateName,
  type Evaluation,
  type Prediction,
  type Run,
  type StepMetric,
} from '../../contract/entities/run'
import { formatParameters, formatPx, formatRate } from '../../domain/figures'
import { startWords } from '../../domain/model/model-names'
import { evaluatedCount, measureLines, notMeasured } from '../../domain/rules/measure-words'
import { curveSvg } from './curve-svg'
import { escapeHtml } from './escape'
import { verdictWords } from './verdict-words'
import { mostConfused } from '../../domain/statistics/confused-pairs'
import { classTable, evaluationTable, matrixTable } from './report-tables'
import { reportPage } from './report-page'

export interface ReportInput {
  readonly run: Run
  readonly dataset: DatasetDetail
  readonly steps: readonly StepMetric[]
  readonly evaluations: readonly Evaluation[]
  readonly confusion: Confusion
  /** The wrong images to show, worst first, each with its image. `verdict`: what raters together say of this prediction. */
  readonly mistakes: readonly {
    readonly prediction: Prediction
    readonly image: Image | null
    readonly verdict: Answer | null
  }[]
  readonly wrongCount: number
  readonly madeAtMs: number
  /** What the model's card says; null: it has no weights. */
  readonly card: string | null
}

/** Of the images that could not be read, so many are named. */
const unreadableNamedAtMost = 20

interface Image {
  readonly bytes: Uint8Array
  readonly mime: string
}

export function runReportHtml(input: ReportInput): string {
  const { run, dataset } = input
  return reportPage({
    title: run.name,
    about: `${escapeHtml(dataset.name)} · ${escapeHtml(startWords(run))} · ${formatPx(run.recipe.cropPx)} · seed ${run.recipe.seed} · ${new Date(input.madeAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    body: `${figures(input)}
<div class="curves">
<section><h2>Loss</h2>${curveSvg(lossCurve(input))}</section>
<section><h2>Accuracy during training, % of the ${evaluatedPart(input)} images</h2>${curveSvg(accuracyCurve(input))}</section>
</div>
<section><h2>Evaluations</h2>${evaluationTable(input.evaluations)}</section>
<section><h2>Mistakes</h2>
<p class="q">${input.mistakes.length} of ${input.wrongCount} wrong images, highest loss first. Above: the prediction and its probability. Below: the label and its probability.</p>
<div class="gallery">${input.mistakes.map((mistake) => mistakeFigure(mistake, input)).join('\n')}</div></section>
<section><h2>Classes</h2>${classTable(input.confusion)}</section>
<section><h2>Confusions</h2>${matrixTable(input.confusion)}${confusionTable(input.confusion)}</section>
${noteSection(run)}${unreadableSection(run)}<section><h2>Recipe</h2><p class="q">${escapeHtml(lineageSentence(run))}</p>${recipeTable(run)}</section>
${cardSection(input.card)}`,
    footer: engineSentence(run),
  })
}

function figures({ run, wrongCount }: ReportInput): string {
  const accuracy = run.accuracy
  const earlier = earlierResultStep(run)
  const facts: [string, string][] = [
    [
      `${run.evaluatedOn === null ? 'Held-out' : capital(run.evaluatedOn)} images right`,
      accuracy === null
        ? notMeasured
        : `<b>${percent(accuracy.value)} %</b> <span class="q">of ${evaluatedCount(accuracy, run.measures)}; 95 % interval ${percent(accuracy.low)}–${percent(accuracy.high)} %${earlier === null ? '' : `; from before the resume, after ${earlier} steps`}</span>`,
    ],
    ...measureLines(run.measures, 1).map(({ label, share, of }): [string, string] => [
      label,
      `${share} <span class="q">${of}</span>`,
    ]),
    ['Wrong', accuracy === null ? '—' : `${wrongCount} of ${accuracy.total}`],
    ['Model', escapeHtml(`${startWords(run)}, ${formatParameters(run.parameterCount)} parameters`)],
    ['Training images', String(run.exampleCount)],
    ['Classes', String(run.classCount)],
    ['Steps', `${run.stepsDone} of ${run.recipe.stepCount}`],
    ['Final loss', run.lastLoss === null ? '—' : run.lastLoss.toFixed(4)],
    [rateName(run.recipe), run.imagesPerSecond === null ? '—' : formatRate(run.imagesPerSecond)],
    [
      'Waited for images',
      run.waitFraction === null ? '—' : `${percent(run.waitFraction)} % of the training time`,
    ],
    ['Peak memory', run.peakMemoryBytes === null ? '—' : `${(run.peakMemoryBytes / 1e9).toFixed(2)} GB`],
    ['Training time', run.trainingMs === null ? '—' : `${(run.trainingMs / 1000).toFixed(0)} s`],
  ]
  return `<dl class="facts">${facts.map(([term, value]) => `<div><dt>${term}</dt><dd>${value}</dd></div>`).join('')}</dl>`
}

function lossCurve({ run, steps }: ReportInput): Parameters<typeof curveSvg>[0] {
  return {
    title: 'Loss',
    unit: 'nats',
    scale: 'log',
    smoothing: 0.86,
    xMax: run.recipe.stepCount,
    points: steps.map((step) => ({ x: step.stepIndex, y: step.loss })),
  }
}

function accuracyCurve(input: ReportInput): Parameters<typeof curveSvg>[0] {
  const part = evaluatedPart(input)
  return {
    title: `Accuracy on the ${part} images`,
    unit: '%',
    scale: 'linear',
    smoothing: 0,
    xMax: input.run.recipe.stepCount,
    yRange: [0, 100],
    points: input.evaluations
      .filter((evaluation) => evaluation.part === part)
      .map((evaluation) => ({ x: evaluation.stepIndex, y: evaluation.accuracy.value * 100 })),
  }
}

/** The part that was looked at during training: val where there is one. */
function evaluatedPart({ evaluations, run }: ReportInput): string {
  return evaluations.some(({ part }) => part === 'val') ? 'val' : (run.evaluatedOn ?? 'test')
}

function mistakeFigure(
  { prediction, image, verdict }: ReportInput['mistakes'][number],
  { confusion: { classNames } }: Pick<ReportInput, 'confusion'>,
): string {
  const name = (index: number): string => escapeHtml(classNames[index] ?? `class ${index}`)
  const source =
    image === null ? null : `data:${image.mime};base64,${Buffer.from(image.bytes).toString('base64')}`
  const shown =
    source === null
      ? '<p class="q">This image can no longer be read.</p>'
      : `<img src="${source}" alt="${escapeHtml(prediction.path)}" style="aspect-ratio:${prediction.aspect.toFixed(4)}">`
  return `<figure style="--ar:${prediction.aspect.toFixed(4)}"><figcaption>${name(prediction.predictedIndex)} <span>${(prediction.top[0]?.probability ?? 0).toFixed(3)}</span></figcaption>${shown}<figcaption class="q">${name(prediction.labelIndex)} <span>${prediction.labelProbability.toFixed(3)}</span></figcaption>${verdict === null ? '' : `<p class="q">Raters: ${verdictWords[verdict]}</p>`}</figure>`
}

function confusionTable(confusion: Confusion): string {
  const { classNames } = confusion
  const { pairs: wrong } = mostConfused(confusion, 20)
  if (wrong.length === 0) return '<p class="q">None.</p>'
  const rows = wrong.map(
    (cell) =>
      `<tr><td>${escapeHtml(classNames[cell.labelIndex] ?? '')}</td><td>${escapeHtml(classNames[cell.predictedIndex] ?? '')}</td><td class="num">${cell.count}</td></tr>`,
  )
  return `<table><thead><tr><th>Label</th><th>Prediction</th><th class="num">Images</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

/** How many images could not be read, and which: they count for nothing, so the figures are without them. '' where all could. */
function unreadableSection({ unreadable: { count, first } }: Run): string {
  if (count === 0) return ''
  const named = first.slice(0, unreadableNamedAtMost)
  const rows = named.map(
    ({ path, part, reason }) =>
      `<tr><td>${escapeHtml(path)}</td><td>${part}</td><td class="q">${escapeHtml(reason)}</td></tr>`,
  )
  const said = `${count === 1 ? '1 image' : `${count} images`} of this run could not be read, and ${count === 1 ? 'is' : 'are'} not counted in training or in the accuracy.`
  const more = count > named.length ? ` The first ${named.length} of them:` : ''
  return `<section><h2>Unreadable images</h2><p class="q">${said}${more}</p><table><thead><tr><th>Image</th><th>Part</th><th>Because</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>
`
}

function recipeTable(run: Run): string {
  const rows = run.choices.map(
    (choice) =>
      `<tr${choice.departure ? ' class="own"' : ''}><td>${escapeHtml(choice.label)}</td><td>${escapeHtml(choice.value)}${choice.departure ? ` <span class="q">instead of ${escapeHtml(choice.departure.ruleValue)}</span>` : ''}</td><td class="q">${escapeHtml(choice.because)}</td></tr>`,
  )
  return `<table><thead><tr><th>Choice</th><th>Value</th><th>Because</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

function lineageSentence({
  splitHash,
  datasetVersion,
  weights,
  origin,
  recipe,
  departureCount,
  again,
}: Run): string {
  const version = datasetVersion === null ? '' : `, version ${datasetVersion} of the dataset`
  const start = weights === null ? 'random weights' : (origin ?? weights)
  const trained = again === null ? '' : `; it trains ${again.name ?? `run ${again.id}`} again`
  const departures =
    departureCount === 0
      ? 'none'
      : departureCount === 1
        ? '1, marked below'
        : `${departureCount}, marked below`
  return `Split ${splitHash}${version}; started from ${start}; seed ${recipe.seed}; departures from the rule: ${departures}${trained}.`
}

/** What people say of the run; '' where they say nothing. */
function noteSection({ note, tags }: Run): string {
  if (note.trim() === '' && tags.length === 0) return ''
  const tagged = tags.length === 0 ? '' : `<p class="q">Tags: ${escapeHtml(tags.join(', '))}</p>`
  const noted = note.trim() === '' ? '' : `<p style="white-space:pre-wrap">${escapeHtml(note)}</p>`
  return `<section><h2>Note</h2>${noted}${tagged}</section>\n`
}

function cardSection(card: string | null): string {
  if (card === null || card.trim() === '') return ''
  return `<section><h2>Model card</h2><pre>${escapeHtml(card)}</pre></section>\n`
}

function engineSentence({ engine, recipe }: Run): string {
  if (engine === null) return ''
  const threads = engine.threadCount === 1 ? '1 thread' : `${engine.threadCount} threads`
  return `Trained in ${recipe.precision} on ${engine.deviceName} (${threads}) with ${engine.kind} ${engine.version}.`
}

const capital = (word: string): string => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`
const percent = (share: number): string => (share * 100).toFixed(1)
