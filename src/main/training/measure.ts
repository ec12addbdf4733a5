import { initialWeights } from '../model/initialize'
import type { MeasureJob } from '../trainer/messages'
import { nextTurn, peakMemoryBytes } from './loop'
import type { Out } from './send-checkpoint'
import { createTrainState } from './train-step'

/** The first steps allocate and choose algorithms; they are not counted. */
const warmupSteps = 2

/**
 * Times `stepCount` micro-batches of random pixels, forward, backward and update, and sends the median as 'measured'. The pictures' decoding
 * is not in it.
 */
export async function measure(job: MeasureJob, out: Out): Promise<void> {
  const { spec, classCount, microBatchSize, cropPx, stepCount } = job
  const state = createTrainState(initialWeights(spec, classCount, 0), spec, { momentum: 0.9 }, classCount)
  try {
    const imagesNhwc = Float32Array.from(
      { length: microBatchSize * cropPx * cropPx * 3 },
      (_, index) => (((index * 2654435761) >>> 8) % 2001) / 1000 - 1,
    )
    const labelsNk = new Float32Array(microBatchSize * classCount)
    for (let row = 0; row < microBatchSize; row += 1) labelsNk[row * classCount + (row % classCount)] = 1
    const timesMs: number[] = []
    for (let step = 0; step < warmupSteps + stepCount; step += 1) {
      const startMs = performance.now()
      state.accumulate(imagesNhwc, labelsNk, microBatchSize, microBatchSize)
      state.apply(1e-6)
      state.readTensor('resnet/head/conv2d/bias') // waits for a device that works asynchronously
      if (step >= warmupSteps) timesMs.push(performance.now() - startMs)
      await nextTurn()
    }
    timesMs.sort((a, b) => a - b)
    const medianMs = timesMs[Math.floor((timesMs.length - 1) / 2)] ?? NaN
    await out.send({
      type: 'measured',
      msPerImage: medianMs / microBatchSize,
      peakMemoryBytes: peakMemoryBytes(),
    })
  } finally {
    state.dispose()
  }
}
