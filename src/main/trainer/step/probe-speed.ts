import { setImmediate as nextTurn } from 'node:timers/promises'
import { initialWeights } from '../network/initialize'
import type { ProbeCase, ProbeJob, ProbeResult } from '../../protocol/messages'
import { median, noise, wholeStep } from './measure'
import type { Out } from './send-checkpoint'
import { createTrainState } from './create-state'

/** Enough for a median on a machine that does other things too, and short enough for a first use. */
const leastPasses = 3
const leastMs = 400
const mostPasses = 40

/** Times each case on random pixels and random weights, and sends all together as 'probed'; 'progress' counts the cases. */
export async function probeSpeed({ cases, ...job }: ProbeJob, out: Out): Promise<void> {
  const results: ProbeResult[] = []
  for (const [index, one] of cases.entries()) {
    const { cropPx, precision } = one
    const phase = `Timing steps at ${String(cropPx)} px, ${precision}`
    await out.send({ type: 'progress', phase, done: index, total: cases.length })
    results.push(await timed(job, one))
  }
  await out.send({ type: 'probed', results })
}

async function timed(
  { spec, classCount }: Pick<ProbeJob, 'spec' | 'classCount'>,
  one: ProbeCase,
): Promise<ProbeResult> {
  const { microBatchSize, cropPx, precision } = one
  const { images, labelsNk } = noise(microBatchSize, cropPx, classCount)
  const startMs = performance.now()
  const state = await createTrainState(initialWeights(spec, classCount, 0), {
    spec,
    classCount,
    momentum: 0.9,
    microBatchSize,
    cropPx,
    precision,
    // as a short training runs; what compiles for 40 s would take minutes to time
    microBatches: 0,
  })
  try {
    const step = { microBatchSize, microBatchCount: 1, learningRate: 1e-6 }
    await wholeStep(state, images, labelsNk, step)
    const firstMs = performance.now() - startMs
    const stepMs = await medianMs(() => wholeStep(state, images, labelsNk, step))
    const predictMs = await medianMs(() => state.predict(images, microBatchSize))
    return {
      ...one,
      stepMsPerImage: stepMs / microBatchSize,
      predictMsPerImage: predictMs / microBatchSize,
      firstStepMs: Math.max(0, firstMs - stepMs),
    }
  } finally {
    state.dispose()
  }
}

/** Of passes after one that is not counted. */
async function medianMs(pass: () => Promise<unknown>): Promise<number> {
  await pass()
  const timesMs: number[] = []
  const startMs = performance.now()
  while (
    timesMs.length < leastPasses ||
    (performance.now() - startMs < leastMs && timesMs.length < mostPasses)
  ) {
    const passMs = performance.now()
    await pass()
    timesMs.push(performance.now() - passMs)
    await nextTurn()
  }
  return median(timesMs)
}
