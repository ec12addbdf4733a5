import { setImmediate as nextTurn } from 'node:timers/promises'
import { WorkbenchError } from '../../../contract/errors'
import { featureChannels } from '../../../domain/model/units'
import type { WeightSet } from '../../weights/weight-set'
import type { TrainJob } from '../../protocol/messages'
import { summarize } from '../step/evaluate'
import type { AnsweredBatch } from '../step/evaluate'
import type { Learner, LearnerTools, StepOutcome } from '../step/learner'
import { createPredictor } from '../predict/predictor'
import { featureBatches } from './probe-batches'
import { openFeatures } from './probe-features'
import type { FeatureTable, Features } from './probe-features'
import { createProbeHead } from './probe-head'
import type { ProbeHead } from './probe-head'
import { countsOf, tooManyFeatures } from '../../../domain/estimate/probe-size'
import { probeStart, probeTensors } from './probe-start'
import { howItRuns, repeatability } from '../step/repeatability'
import { learningRate } from '../../../domain/rules/schedule'
import { notFinite } from '../step/take-step'

/** Rows of a batch that are computed at once; a stop is seen between them. */
const rowsAtOnce = 4096

/**
 * Only the head learns, on features that are computed once, from whole images as in evaluation, and kept in memory (probe-size.ts has the limit).
 * Batches, order, flips and labels are those of an ordinary training without a random crop. To go on from a checkpoint, the features are
 * computed again. Throws 'bad-weights', 'home-broken', 'unsupported', 'dataset-too-few-images'.
 */
export async function openLinearProbe(job: TrainJob, tools: LearnerTools): Promise<Learner> {
  const { recipe, spec } = job
  const { control, log } = tools
  const classCount = job.classNames.length
  refuseTooFewOrTooMany(job)
  const { weights, head: start } = await probeStart(job, tools)
  const predictor = await createPredictor(copyOf(weights), {
    spec,
    classCount,
    cropPx: recipe.cropPx,
    precision: recipe.precision,
    microBatchSize: recipe.microBatchSize,
  })
  const head = createProbeHead(start, recipe)
  const close = (): Promise<void> => {
    predictor.dispose()
    head.dispose()
    return Promise.resolve()
  }
  try {
    await log('info', 'Only the head learns, on features computed once from the whole images.')
    await log('info', repeatability(howItRuns(predictor)))
    const features = openFeatures(predictor, job, tools)
    let batch: Batch | null = null
    return {
      async prepare() {
        batch = await trainBatches(job, features, tools, () => control.stopRequested())
      },
      step: (stepIndex) =>
        batch === null ? Promise.resolve(null) : takeStep(job, tools, head, batch, stepIndex),
      endSteps: () => Promise.resolve(),
      async evaluate(part, _stepsDone, onRows, interrupted = () => false) {
        const table = await features.of(part, false, interrupted)
        if (table === null) return null
        const answers = answered(table, featureChannels(spec), head)
        return summarize(answers, classCount, recipe.loss, onRows, interrupted, tools.clock)
      },
      async scoreTraining(indices, onRows, interrupted) {
        // computed before the first step; after a stop that came earlier there are none
        const table = batch === null ? null : await features.of('train', false, interrupted)
        if (table === null) return
        const answers = answered(
          rowsOf(table, idsAt(job, indices), featureChannels(spec)),
          featureChannels(spec),
          head,
        )
        await summarize(answers, classCount, recipe.loss, onRows, interrupted, tools.clock)
      },
      tensors: probeTensors(job, weights, head),
      close,
    }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

type Batch = ReturnType<typeof featureBatches>

/** null where a stop came before all features were there. */
async function trainBatches(
  job: TrainJob,
  features: Features,
  { missing }: Pick<LearnerTools, 'missing'>,
  stopped: () => boolean,
): Promise<Batch | null> {
  const plain = await features.of('train', false, stopped)
  const mirrored = job.recipe.flip ? await features.of('train', true, stopped) : null
  if (plain === null || (job.recipe.flip && mirrored === null)) return null
  return featureBatches(job, { plain, mirrored, channels: featureChannels(job.spec) }, missing.of('train'))
}

async function takeStep(
  { recipe }: Pick<TrainJob, 'recipe'>,
  { control, clock }: LearnerTools,
  head: ProbeHead,
  batch: Batch,
  stepIndex: number,
): Promise<StepOutcome> {
  const { batchSize } = recipe
  const startMs = clock()
  let [lossSum, correct, presentCount] = [0, 0, 0]
  head.begin()
  for (let first = 0; first < batchSize; first += rowsAtOnce) {
    // each turn of the event loop lets a stop in
    await nextTurn()
    if (control.stopRequested()) return null
    const rows = batch(stepIndex, first, Math.min(rowsAtOnce, batchSize - first))
    const result = await head.accumulate(rows, batchSize)
    lossSum += result.lossSum
    correct += result.correct
    presentCount += rows.presentCount
  }
  if (presentCount === 0) return 'empty'
  // as in take-step.ts: the means are over what is there, the gradient is divided by the batch size
  const loss = lossSum / presentCount
  if (!Number.isFinite(loss)) throw notFinite(loss, stepIndex, recipe)
  const rate = learningRate(recipe, stepIndex)
  head.apply(rate)
  const atMs = clock()
  const batchAccuracy = correct / presentCount
  return { stepIndex, loss, batchAccuracy, learningRate: rate, stepMs: atMs - startMs, waitMs: 0, atMs }
}

async function* answered(
  { ids, labelIndices, featuresNc }: FeatureTable,
  channels: number,
  head: ProbeHead,
): AsyncGenerator<AnsweredBatch> {
  for (let first = 0; first < ids.length; first += rowsAtOnce) {
    const end = Math.min(first + rowsAtOnce, ids.length)
    yield {
      ids: ids.slice(first, end),
      labelIndices: labelIndices.subarray(first, end),
      logits: () => head.logits(featuresNc.subarray(first * channels, end * channels), end - first),
    }
  }
}

const idsAt = ({ images }: TrainJob, indices: readonly number[]): number[] =>
  indices.map((index) => images.train.ids[index] ?? 0)

/** The rows of these images, in their order; those that are not in the table are left out. */
function rowsOf(table: FeatureTable, ids: readonly number[], channels: number): FeatureTable {
  const rowOf = new Map(table.ids.map((id, row) => [id, row]))
  const rows = ids.flatMap((id) => rowOf.get(id) ?? [])
  const featuresNc = new Float32Array(rows.length * channels)
  rows.forEach((row, at) =>
    featuresNc.set(table.featuresNc.subarray(row * channels, (row + 1) * channels), at * channels),
  )
  return {
    ids: rows.map((row) => table.ids[row] ?? 0),
    labelIndices: Int32Array.from(rows, (row) => table.labelIndices[row] ?? 0),
    featuresNc,
  }
}

function refuseTooFewOrTooMany({ spec, images, recipe }: TrainJob): void {
  const counts = countsOf(images)
  if (counts.train === 0) {
    throw new WorkbenchError(
      'dataset-too-few-images',
      'No images are left to train on.',
      'Choose a split with smaller validation and test parts.',
    )
  }
  const tooMany = tooManyFeatures(spec, recipe, counts)
  if (tooMany !== null) throw tooMany
}

/** The predictor empties its own. */
function copyOf(weights: WeightSet): WeightSet {
  return new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]))
}
