import type { Overrides } from '../../../src/contract/entities/run'
import { runTraining } from '../../../src/main/trainer/step/loop'
import { Received, tinyJob } from './tiny-job'

/** Every number that a whole tiny run brings out, with the hashes of its checkpoints, and its log without times. */
export async function numbersOf(folder: string, overrides: Overrides, seed?: number) {
  const job = await tinyJob(folder, overrides)
  const recipe = seed === undefined ? job.recipe : { ...job.recipe, seed }
  const received = new Received()
  await runTraining({ ...job, recipe }, received, { stopRequested: () => false }, () => 0)
  return {
    losses: received.of('step').map(({ metric }) => metric.loss),
    evaluations: received.of('evaluation').map(({ evaluation }) => evaluation),
    predictions: received.of('predictions').flatMap(({ rows }) => rows),
    checkpoints: received.of('checkpoint-end').map(({ sha256 }) => sha256),
    log: received.of('log').map(({ line }) => line.text.replace(/recorded now|from the cache/, 'recorded')),
  }
}
