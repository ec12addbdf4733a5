import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trainerEnvironment } from '../../../src/main/engine/environment'
import type { FromTrainerBody } from '../../../src/main/protocol/messages'
import { outOfMemory } from '../../../src/main/protocol/out-of-memory'
import { startTrainer } from '../../../src/main/protocol/supervisor'
import { buildTrainer } from '../../support/build-trainer'
import { tinyJob } from '../support/tiny-job'

let folder = ''
let trainerPath = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-room-'))
  trainerPath = await buildTrainer()
})
afterAll(() => rm(folder, { recursive: true }))

interface Course {
  readonly losses: number[]
  readonly warnings: string[]
  readonly end: string
}

/** A whole training in a trainer of its own, in one piece a step at first, whose engine may take `memoryBytes` at most. */
async function train(memoryBytes: number | null, batchSize: number): Promise<Course> {
  const job = await tinyJob(await mkdtemp(join(folder, 'job-')), {
    stepCount: 3,
    batchSize,
    microBatchSize: batchSize,
    resizePx: 64,
    cropPx: 64,
    evaluateEverySteps: 3,
    checkpointEverySteps: 3,
  })
  const messages: FromTrainerBody[] = []
  let end = ''
  const limit = memoryBytes === null ? {} : { TF_MKL_ALLOC_MAX_BYTES: String(memoryBytes) }
  const trainer = startTrainer({
    trainerPath,
    environment: trainerEnvironment({ ...process.env, ...limit }),
    job,
    onMessage: (message) => void messages.push(message),
    // TensorFlow may also abort, which the core takes for the same: training/smaller-pieces.ts
    onEnd: (how) =>
      (end = how.kind === 'crash' ? (outOfMemory(new Error(how.lastLines))?.code ?? 'crash') : how.kind),
  })
  await trainer.gone
  return {
    losses: messages.flatMap((message) => (message.type === 'step' ? [message.metric.loss] : [])),
    warnings: messages.flatMap((message) =>
      message.type === 'log' && message.line.kind === 'warn' ? [message.line.text] : [],
    ),
    end: end !== 'exit' || messages.at(-1)?.type === 'finished' ? end : JSON.stringify(messages.at(-1)),
  }
}

// At the same time: TensorFlow waits ten seconds for memory before it gives up, again for each smaller piece, and does nothing meanwhile.
describe.concurrent('a training whose memory runs out', () => {
  it('goes on in smaller pieces with the same result, and says so', async () => {
    // 128 need 190 MB, 64 need 115: well between them, for where exactly TensorFlow falls short is chance
    const [free, short] = await Promise.all([train(null, 128), train(150e6, 128)])
    expect(free).toMatchObject({ warnings: [], end: 'exit' })
    expect(short.end).toBe('exit')
    expect(short.warnings[0]).toBe(
      'There was not enough memory for micro-batches of 128: repeating with 64. Up to rounding, the result stays the same.',
    )
    expect(short.losses).toHaveLength(3)
    for (const [step, loss] of short.losses.entries()) expect(loss).toBeCloseTo(free.losses[step] ?? NaN, 4)
  })

  it('ends with a plain error where not even one image fits', async () => {
    const none = await train(30e6, 2)
    expect(none.losses).toEqual([])
    expect(none.end).toContain('out-of-memory')
  })
})
