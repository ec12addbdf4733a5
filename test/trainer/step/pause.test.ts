import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AfterStop, TrainJob } from '../../../src/main/protocol/messages'
import { runTraining } from '../../../src/main/trainer/step/loop'
import { loadTestEngine } from '../support/engine'
import { Received, tinyJob } from '../support/tiny-job'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-pause-'))
  await loadTestEngine()
})
afterAll(() => rm(folder, { recursive: true }))

function ticking(): () => number {
  let now = 0
  return () => (now += 1000)
}

/** Of six steps, with a validation and a checkpoint as the tiny job has them; a stop comes after `stopAfter` of them. */
async function run(
  job: TrainJob,
  stopAfter = Infinity,
  then: AfterStop = 'evaluate',
  resumeBytes?: () => AsyncIterable<Uint8Array>,
): Promise<Received> {
  let steps = 0
  const received = new Received(({ type }) => (steps += type === 'step' ? 1 : 0))
  const control = { stopRequested: () => steps >= stopAfter, afterStop: () => then }
  await runTraining(job, received, control, ticking(), resumeBytes)
  return received
}

function course(received: Received): string[] {
  return received.messages.flatMap((message) => {
    if (message.type === 'evaluation')
      return [`${message.evaluation.part} ${String(message.evaluation.stepIndex)}`]
    if (message.type === 'checkpoint-begin') return [`checkpoint ${String(message.stepIndex)}`]
    return ['step', 'paused', 'finished'].includes(message.type) ? [message.type] : []
  })
}

/** What the run is after it went on from the last checkpoint of another training. */
function goOn(
  job: TrainJob,
  { messages }: Received,
  changes: Partial<TrainJob['resume']> & object = {},
): Promise<Received> {
  const from = messages.findLastIndex(({ type }) => type === 'checkpoint-begin')
  const begin = messages[from]
  const stepIndex = begin?.type === 'checkpoint-begin' ? begin.stepIndex : 0
  const resume = { stepIndex, trainingMs: 0, waitMs: 0, isValidated: true, bestAccuracy: null, ...changes }
  async function* bytes() {
    for (const message of messages.slice(from)) {
      if (message.type === 'checkpoint-chunk') yield await Promise.resolve(message.bytes)
    }
  }
  return run({ ...job, resume }, Infinity, 'evaluate', bytes)
}

describe('a training that is paused', () => {
  it('saves the state of its last whole step and evaluates nothing', async () => {
    expect(course(await run(await tinyJob(folder), 3, 'pause'))).toEqual([
      ...['step', 'step', 'val 2', 'step', 'checkpoint 3', 'paused'],
    ])
  })

  it('goes on with the numbers as if it had never paused', async () => {
    const job = await tinyJob(folder, { mixupAlpha: 0.2, dropout: 0.2 })
    const whole = await run(job)
    const resumed = await goOn(job, await run(job, 3, 'pause'))
    const numbers = (received: Received) => ({
      losses: received.of('step').map(({ metric }) => [metric.stepIndex, metric.loss]),
      last: received.of('checkpoint-end').at(-1)?.sha256,
      predictions: received.of('predictions'),
    })
    expect(numbers(resumed)).toEqual({ ...numbers(whole), losses: numbers(whole).losses.slice(3) })
  })

  it('is evaluated on the validation images first where that was asked for, once', async () => {
    expect(course(await run(await tinyJob(folder), 3, 'validate'))).toEqual([
      ...['step', 'step', 'val 2', 'step', 'val 3', 'checkpoint 3', 'paused'],
    ])
    expect(course(await run({ ...(await tinyJob(folder)), pauseAtStep: 2 }))).toEqual([
      ...['step', 'step', 'val 2', 'checkpoint 2', 'paused'],
    ])
  })

  it('ends as any other where its last step is done by then', async () => {
    expect(course(await run(await tinyJob(folder), 6, 'pause')).slice(-3)).toEqual([
      ...['val 6', 'test 6', 'finished'],
    ])
  })
})

describe('a training from a checkpoint', () => {
  it('that only evaluates takes no step, and says of which step its result is', async () => {
    const job = await tinyJob(folder)
    const evaluated = await goOn({ ...job, onlyEvaluates: true }, await run(job, 3, 'pause'))
    expect(course(evaluated)).toEqual(['val 3', 'test 3', 'finished'])
    expect(evaluated.of('finished')[0]).toMatchObject({ resultStep: 3, outcome: 'stopped' })
  })

  it('of another run saves a copy of its own before its first step', async () => {
    const job = await tinyJob(folder)
    const paused = await run(job, 3, 'pause')
    const branched = await goOn(job, paused, { isAnothers: true })
    expect(course(branched).slice(0, 2)).toEqual(['checkpoint 3', 'step'])
    expect(branched.of('checkpoint-end')[0]?.sha256).toBe(paused.of('checkpoint-end').at(-1)?.sha256)
  })
})
