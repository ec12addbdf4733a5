/** Gathers what a report is made from, and writes it: wholly, or not at all. */
import type { Call, Input } from '../../contract/endpoints'
import { confusionOfPairs, unpackConfusion } from '../../contract/entities/confusion'
import { answers } from '../../contract/entities/rating'
import type { Prediction, Run } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import type { Images } from '../datasets/image-view'
import { comparisonReportHtml, type ComparedPair } from '../report/comparison-report'
import { ratingReportHtml, type JudgedGallery } from '../report/rating-report'
import type { ReportImage } from '../report/report-image'
import { reportHead } from '../report/report-page'
import { runReportHtml } from '../report/run-report'
import { openStreamedFile } from '../report/streamed-file'
import type { TaskWork } from '../tasks/tasks'

/** The core's own answers. */
export interface Asked {
  readonly call: Call
  readonly image: Images['image']
}

/** Small enough to keep the file light, large enough to judge. */
const imagePx = 256
const mistakesShown = 60
const comparedShown = 24
/** Each with the first. */
const pairsShown = 5

/** Throws 'not-found', 'not-allowed', 'disk-full', 'cancelled'. */
export async function writeReport(
  asked: Asked,
  of: Input<'exchange.saveReport'>['of'],
  path: string,
  nowMs: number,
  task: TaskWork,
): Promise<void> {
  const file = openStreamedFile(path, (head) => head.toString('latin1').startsWith(reportHead))
  try {
    const html =
      'ratingId' in of
        ? await ratingHtml(asked, of.ratingId, nowMs, task)
        : await runsHtml(asked, of.runIds, nowMs, task)
    task.signal.throwIfAborted()
    file.append(html)
    file.finish()
  } finally {
    file.close()
  }
}

async function runsHtml(
  asked: Asked,
  runIds: readonly number[],
  nowMs: number,
  task: TaskWork,
): Promise<string> {
  const runs = await Promise.all([...new Set(runIds)].map((id) => asked.call('runs.get', { id })))
  const [first, ...others] = runs
  if (first === undefined) throw new WorkbenchError('bad-input', 'No run was named.')
  return others.length === 0
    ? runHtml(asked, first, nowMs, task)
    : comparisonHtml(asked, first, others, nowMs, task)
}

async function runHtml({ call, image }: Asked, run: Run, nowMs: number, task: TaskWork): Promise<string> {
  const { id } = run
  const isEvaluated = run.accuracy !== null
  const [dataset, steps, evaluations, found, confusion, verdicts, card] = await Promise.all([
    call('datasets.get', { id: run.datasetId }),
    call('runs.steps', { id, fromStep: 0 }),
    call('runs.evaluations', { id }),
    isEvaluated
      ? call('predictions.query', { runId: id, query: '', offset: 0, limit: mistakesShown })
      : { total: 0, predictions: [] },
    isEvaluated
      ? call('predictions.confusion', { runId: id }).then(unpackConfusion)
      : confusionOfPairs([], []),
    call('ratings.verdicts', { datasetId: run.datasetId }),
    run.checkpointStep === null ? null : call('models.get', { id: `run:${id}` }).then((model) => model.card),
  ])
  const mistakes = await withImages(found.predictions, image, task)
  const { classNames } = confusion
  const said = new Map(
    verdicts.map((one) => [JSON.stringify([one.imageId, one.prediction, one.label]), one.verdict]),
  )
  const verdictOn = ({ imageId, predictedIndex, labelIndex }: Prediction) =>
    said.get(JSON.stringify([imageId, classNames[predictedIndex], classNames[labelIndex]])) ?? null
  return runReportHtml({
    run,
    dataset,
    steps,
    evaluations,
    confusion,
    mistakes: mistakes.map(({ one, image: shown }) => ({
      prediction: one,
      image: shown,
      verdict: verdictOn(one),
    })),
    wrongCount: found.total,
    madeAtMs: nowMs,
    card,
  })
}

async function comparisonHtml(
  { call, image }: Asked,
  first: Run,
  others: readonly Run[],
  nowMs: number,
  task: TaskWork,
): Promise<string> {
  const runs = await Promise.all(
    [first, ...others].map(async (run) => ({
      run,
      steps: await call('runs.steps', { id: run.id, fromStep: 0 }),
      evaluations: await call('runs.evaluations', { id: run.id }),
    })),
  )
  const pairs: ComparedPair[] = []
  for (const second of others.slice(0, pairsShown)) {
    const question = { first: first.id, second: second.id }
    try {
      const comparison = await call('runs.compare', question)
      const groups: ComparedPair['groups'][number][] = []
      for (const group of ['fixed', 'broken'] as const) {
        const { total, images } = await call('runs.compared', {
          ...question,
          group,
          offset: 0,
          limit: comparedShown,
        })
        const shown = await withImages(images, image, task)
        groups.push({
          group,
          total,
          images: shown.map(({ one, image: copy }) => ({ compared: one, image: copy })),
        })
      }
      pairs.push({ first, second, comparison, groups })
    } catch (thrown) {
      // Runs of other datasets, and such as were not evaluated, have no images in common.
      if (!(thrown instanceof WorkbenchError) || thrown.code !== 'not-found') throw thrown
    }
  }
  return comparisonReportHtml(runs, pairs, nowMs)
}

async function ratingHtml(
  { call, image }: Asked,
  id: number,
  nowMs: number,
  task: TaskWork,
): Promise<string> {
  const [rating, outcome] = await Promise.all([call('ratings.get', { id }), call('ratings.outcome', { id })])
  const galleries: JudgedGallery[] = []
  for (const verdict of answers) {
    const { total, images } = await call('ratings.judged', { id, verdict, offset: 0, limit: comparedShown })
    const shown: JudgedGallery['images'][number][] = []
    for (const judged of images) {
      task.signal.throwIfAborted()
      const { imageId, position } = judged
      const copy =
        imageId === null ? await copyOf(call, id, position) : await imageOrNone(image, imageId, task.signal)
      shown.push({ judged, image: copy })
    }
    galleries.push({ verdict, total, images: shown })
  }
  return ratingReportHtml(rating, outcome, galleries, nowMs)
}

async function copyOf(call: Call, id: number, position: number): Promise<ReportImage | null> {
  const copy = await call('ratings.copy', { id, position })
  return copy === null ? null : { mime: copy.mime, bytes: Buffer.from(copy.base64, 'base64') }
}

async function withImages<T extends { readonly imageId: number }>(
  all: readonly T[],
  show: Asked['image'],
  task: TaskWork,
): Promise<{ readonly one: T; readonly image: ReportImage | null }[]> {
  const shown: { one: T; image: ReportImage | null }[] = []
  for (const one of all) {
    task.signal.throwIfAborted()
    task.progress({ phase: 'Copying images', done: shown.length, total: all.length })
    shown.push({ one, image: await imageOrNone(show, one.imageId, task.signal) })
  }
  return shown
}

/** An image that has gone since is said in its place; the report is still worth having. */
async function imageOrNone(
  show: Asked['image'],
  imageId: number,
  signal: AbortSignal,
): Promise<ReportImage | null> {
  try {
    return await show({ imageId }, imagePx, signal)
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && thrown.code !== 'cancelled') return null
    throw thrown
  }
}
