import { setImmediate as nextTurn } from 'node:timers/promises'
import { initialWeights } from '../network/initialize'
import type { MeasureJob } from '../../protocol/messages'
import { peakMemoryBytes } from './loop'
import type { Out } from './send-checkpoint'
import { createTrainState } from './create-state'
import type { Images, TrainState } from './train-state'

/** The first passes allocate and choose algorithms; they are not counted. */
const warmupCount = 2

/**
 * Times `stepCount` optimizer steps, or predictions, on random pixels, and sends the median as 'measured'. The images' decoding is not in
 * it; handing them to the engine is.
 */
export async function measure(job: MeasureJob, out: Out): Promise<void> {
  const { spec, classCount, microBatchSize, microBatchCount, cropPx, precision, stepCount } = job
  const options = { spec, classCount, momentum: 0.9, microBatchSize, cropPx, precision }
  const state = await createTrainState(initialWeights(spec, classCount, 0), options)
  try {
    const { images, labelsNk } = noise(microBatchSize, cropPx, classCount)
    const timesMs: number[] = []
    const losses: number[] = []
    for (let pass = 0; pass < warmupCount + stepCount; pass += 1) {
      const startMs = performance.now()
      if (job.what === 'step') losses.push(await wholeStep(state, images, labelsNk, job))
      else for (let part = 0; part < microBatchCount; part += 1) await state.predict(images, microBatchSize)
      if (pass >= warmupCount) timesMs.push(performance.now() - startMs)
      await out.send({
        type: 'progress',
        phase: 'Timing steps',
        done: pass + 1,
        total: warmupCount + stepCount,
      })
      await nextTurn()
    }
    const medianMs = median(timesMs)
    const peak = peakMemoryBytes()
    const profiledLabels = job.what === 'step' ? labelsNk : null
    const operations = job.profile ? await state.profile(images, profiledLabels, microBatchSize) : null
    await out.send({
      type: 'measured',
      msPerImage: medianMs / (microBatchSize * microBatchCount),
      peakMemoryBytes: peak,
      losses,
      operations: operations ?? [],
    })
  } finally {
    state.dispose()
  }
}

/** Pixels and labels as good as any: the time of a step does not depend on them. */
export function noise(
  count: number,
  cropPx: number,
  classCount: number,
): { images: Images; labelsNk: Float32Array } {
  const pixelsNhwc = Uint8Array.from(
    { length: count * cropPx * cropPx * 3 },
    (_, index) => (index * 2654435761) >>> 8,
  )
  const labelsNk = new Float32Array(count * classCount)
  for (let row = 0; row < count; row += 1) labelsNk[row * classCount + (row % classCount)] = 1
  return { images: { kind: 'pixels', pixelsNhwc, partnersNhwc: null, lambda: 1 }, labelsNk }
}

/** The lower of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN
}

/** Returns the mean loss, nats. */
export async function wholeStep(
  state: TrainState,
  images: Images,
  labelsNk: Float32Array,
  {
    microBatchSize,
    microBatchCount,
    learningRate,
  }: Pick<MeasureJob, 'microBatchSize' | 'microBatchCount' | 'learningRate'>,
): Promise<number> {
  const batchSize = microBatchSize * microBatchCount
  let lossSum = 0
  await state.begin()
  for (let part = 0; part < microBatchCount; part += 1) {
    lossSum += (await state.accumulate(images, labelsNk, microBatchSize, batchSize)).lossSum
  }
  await state.apply(learningRate)
  await state.readTensor('resnet/head/conv2d/bias') // waits for a device that works asynchronously
  return lossSum / batchSize
}
