import { setImmediate as nextTurn } from 'node:timers/promises'
import { initialWeights } from '../model/initialize'
import type { MeasureJob } from '../trainer/messages'
import { peakMemoryBytes } from './loop'
import type { Out } from './send-checkpoint'
import { createTrainState } from './train-state'
import type { Images, TrainState } from './train-state'

/** The first passes allocate and choose algorithms; they are not counted. */
const warmupCount = 2

/**
 * Times `stepCount` optimizer steps, or predictions, on random pixels, and sends the median as 'measured'. The pictures' decoding is not in
 * it; handing them to the engine is.
 */
export async function measure(job: MeasureJob, out: Out): Promise<void> {
  const { spec, classCount, microBatchSize, microBatchCount, cropPx, precision, stepCount } = job
  const options = { spec, classCount, momentum: 0.9, microBatchSize, cropPx, precision }
  const state = await createTrainState(initialWeights(spec, classCount, 0), options)
  try {
    const pixelsNhwc = Uint8Array.from(
      { length: microBatchSize * cropPx * cropPx * 3 },
      (_, index) => (index * 2654435761) >>> 8,
    )
    const images = { kind: 'pixels', pixelsNhwc, partnersNhwc: null, lambda: 1 } as const
    const labelsNk = new Float32Array(microBatchSize * classCount)
    for (let row = 0; row < microBatchSize; row += 1) labelsNk[row * classCount + (row % classCount)] = 1
    const timesMs: number[] = []
    const losses: number[] = []
    for (let pass = 0; pass < warmupCount + stepCount; pass += 1) {
      const startMs = performance.now()
      if (job.what === 'step') losses.push(await wholeStep(state, images, labelsNk, job))
      else for (let part = 0; part < microBatchCount; part += 1) await state.predict(images, microBatchSize)
      if (pass >= warmupCount) timesMs.push(performance.now() - startMs)
      await nextTurn()
    }
    timesMs.sort((a, b) => a - b)
    const medianMs = timesMs[Math.floor((timesMs.length - 1) / 2)] ?? NaN
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

/** Returns the mean loss, nats. */
async function wholeStep(
  state: TrainState,
  images: Images,
  labelsNk: Float32Array,
  { microBatchSize, microBatchCount, learningRate }: MeasureJob,
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
