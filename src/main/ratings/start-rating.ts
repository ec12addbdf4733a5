/** Starts a rating: draws the images and freezes them with what the run said of them. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { mostRatedImages, type RatingChoice, type Shown } from '../../contract/entities/rating'
import { WorkbenchError } from '../../contract/errors'
import { startWords } from '../../domain/model/model-names'
import { shownName } from '../../domain/names'
import { permutation, purpose } from '../../domain/random'
import type { Columns, PredictionsFound } from '../columns/columns'
import { evaluatedImages } from '../store/runs/evaluated-images'
import { insertRating, type RatingImage } from '../store/labels/ratings'
import { getRun } from '../store/runs/runs'
import type { Db } from '../store/statement'

export interface NewRating {
  readonly runId: number
  /** '' takes that of the run. */
  readonly name: string
  readonly choice: RatingChoice
  readonly shown: Shown
  readonly controls: number
}

/** Images that are looked up between two pauses. */
const imagesAtOnce = 1000

/** Throws 'not-found' where the run has no predictions or the query finds none, 'bad-input' where the query is not understood or finds too many. */
export async function startRating(
  db: Db,
  columns: Columns,
  nowMs: number,
  { runId, name, choice, shown, controls }: NewRating,
): Promise<number> {
  const run = getRun(db, runId)
  if (run.evaluatedOn === null || run.wrongCount === null)
    throw new WorkbenchError(
      'not-found',
      `The run "${run.name}" has not been evaluated.`,
      'Rate it once it has predictions.',
    )
  const asked = await columns.predictions(runId, choice.query)
  const right = await columns.predictions(runId, 'is:right')
  const wrong = await columns.predictions(runId, 'is:wrong')
  const chosen = new Set(drawn(asked.rows, choice.sample, choice.seed, 0))
  const rest = new Set(drawn(right.rows, choice.rest, choice.seed, 1))
  const rows = [...new Set([...chosen, ...rest])].sort((a, b) => a - b)
  if (rows.length === 0)
    throw new WorkbenchError('not-found', 'There is no image to rate.', 'Ask for others.')
  if (rows.length > mostRatedImages)
    throw new WorkbenchError(
      'bad-input',
      `A rating of ${rows.length} images is too long: at most ${mostRatedImages}.`,
      'Rate a random sample of them.',
    )
  const images = await frozenImages(db, asked, rows, rest)
  const spec = {
    choice,
    shown,
    controls,
    datasetName: run.datasetName,
    runName: run.name,
    model: startWords(run),
    part: run.evaluatedOn,
    step: run.resultStep ?? run.stepsDone,
    classNames: [...asked.classNames],
    population: { wrong: wrong.rows.length, right: right.rows.length },
  }
  return insertRating(
    db,
    { name: name === '' ? shownName(run.name, 'rating') : name, datasetId: run.datasetId, runId },
    { createdAtMs: nowMs, spec, images },
  )
}

function drawn(rows: Uint32Array, count: number | null, seed: number, stream: number): number[] {
  if (count === null || count >= rows.length) return [...rows]
  const order = permutation(rows.length, seed, purpose.ratingSample, stream)
  return Array.from(order.subarray(0, count), (at) => rows[at] ?? 0)
}

async function frozenImages(
  db: Db,
  { predictions, classNames }: PredictionsFound,
  rows: readonly number[],
  rest: ReadonlySet<number>,
): Promise<RatingImage[]> {
  const { imageIds, numbers } = predictions
  const nameOf = (column: string, row: number): string => {
    const index = numbers.get(column)?.[row] ?? -1
    return classNames[index] ?? `class ${String(index)}`
  }
  const frozen: RatingImage[] = []
  for (let from = 0; from < rows.length; from += imagesAtOnce) {
    const page = rows.slice(from, from + imagesAtOnce)
    const found = new Map(
      evaluatedImages(
        db,
        page.map((row) => imageIds[row] ?? 0),
      ).map((image) => [image.imageId, image]),
    )
    for (const row of page) {
      const image = found.get(imageIds[row] ?? 0)
      if (image === undefined) continue
      frozen.push({
        contentHash: image.contentHash,
        path: image.key,
        aspect: image.aspect,
        prediction: nameOf('predicted', row),
        confidence: numbers.get('confidence')?.[row] ?? 0,
        label: nameOf('label', row),
        isRest: rest.has(row),
      })
    }
    await nextTurn()
  }
  return frozen
}
