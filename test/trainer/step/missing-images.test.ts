/** Whole runs that lose images on their way: few of them, or so many that they are interrupted. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, renameSync, rmSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Overrides } from '../../../src/contract/entities/run'
import { loadEngine } from '../../../src/main/trainer/engines/load'
import { parseModel } from '../../../src/domain/model/spec'
import type { FromTrainerBody, TrainJob } from '../../../src/main/protocol/messages'
import { runTraining } from '../../../src/main/trainer/step/loop'
import { loadTestEngine } from '../support/engine'
import { Received, tinyJob } from '../support/tiny-job'

let folder = ''
let madeCount = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-missing-'))
  await loadTestEngine()
})
afterAll(() => rm(folder, { recursive: true }))

/** Nothing is kept in memory: each use reads the file. */
async function job(overrides: Overrides = {}): Promise<TrainJob> {
  const rootPath = join(folder, `images ${String(madeCount++)}`)
  return { ...(await tinyJob(rootPath, { evaluateEverySteps: 3, ...overrides })), cacheBytes: 0 }
}

async function run(
  given: TrainJob,
  onMessage: (message: FromTrainerBody) => void = () => undefined,
  saved: readonly Uint8Array[] = [],
): Promise<Received> {
  const received = new Received(onMessage)
  let now = 0
  await runTraining(
    given,
    received,
    { stopRequested: () => false },
    () => (now += 1000),
    () => Readable.from(saved),
  )
  return received
}

const lossesOf = (received: Received): number[] => received.of('step').map(({ metric }) => metric.loss)
const image = (id: number): string => `${String(id)}.png`

/** Everything that must be the same, from two parts of a run or from one. */
function numbers(...parts: Received[]) {
  return {
    losses: parts.flatMap(lossesOf),
    evaluations: parts
      .flatMap((part) => part.of('evaluation'))
      .map(({ evaluation: { stepIndex, part, loss, accuracy } }) => ({ stepIndex, part, loss, accuracy })),
    weights: parts.flatMap((part) => part.of('checkpoint-end')).at(-1)?.sha256,
    predictions: parts.at(-1)?.of('predictions'),
  }
}

/** From its last checkpoint, as the core would. */
async function resumed(given: TrainJob, from: Received, unreadable = given.unreadable): Promise<Received> {
  const begun = from.messages.findLastIndex(({ type }) => type === 'checkpoint-begin')
  const chunks = from.messages
    .slice(begun)
    .flatMap((message) => (message.type === 'checkpoint-chunk' ? [message.bytes] : []))
  const stepIndex = from.of('checkpoint-begin').at(-1)?.stepIndex ?? NaN
  const isValidated = from.of('evaluation').some(({ evaluation }) => evaluation.stepIndex === stepIndex)
  const resume = { stepIndex, trainingMs: 0, waitMs: 0, isValidated, bestAccuracy: null }
  return run({ ...given, unreadable, resume }, undefined, chunks)
}

describe('a run that loses its images', () => {
  it.each<[string, (given: TrainJob) => void, number]>([
    [
      'their folder, between two steps',
      ({ source: { path: rootPath } }) => renameSync(rootPath, `${rootPath} away`),
      2,
    ],
    [
      'a class, between two steps',
      ({ source: { path: rootPath } }) => {
        for (let id = 1; id < 12; id += 2)
          renameSync(join(rootPath, image(id)), join(rootPath, `away ${image(id)}`))
      },
      1,
    ],
  ])(
    '%s, is interrupted after its last whole step and goes on with the bits of an undisturbed one',
    async (_, lose, atStep) => {
      const given = await job()
      const whole = await run(given)
      const away = await run(given, (message) => {
        if (message.type === 'step' && message.metric.stepIndex + 1 === atStep) lose(given)
      })
      expect(away.messages.at(-1)).toMatchObject({
        type: 'interrupted',
        error: {
          code: 'images-missing',
          message: expect.stringMatching(/be read.*interrupted; every completed step was kept/),
          wayOut: expect.stringMatching(/resume the run/),
        },
      })
      // prefetched images may carry it a little further, none is trained on in the place of another
      const taken = lossesOf(away).length
      expect(taken).toBeGreaterThanOrEqual(atStep)
      expect(lossesOf(away)).toEqual(lossesOf(whole).slice(0, taken))
      expect(away.of('checkpoint-begin').at(-1)?.stepIndex).toBe(taken)
      expect([...away.of('finished'), ...away.of('unreadable'), ...away.of('predictions')]).toEqual([])

      await tinyJob(given.source.path)
      const back = await resumed(given, away)
      expect(numbers(away, back)).toEqual(numbers(whole))
      expect(back.of('finished')[0]?.outcome).toBe('done')
    },
  )

  it.runIf(process.platform === 'linux')(
    'to a system that has no more open files, is interrupted, counts none of them as missing, and goes on later',
    async () => {
      const given = await job({ stepCount: 400, evaluateEverySteps: 400 })
      const limit = openFileLimit()
      const away = await run(given, (message) => {
        if (message.type === 'step' && message.metric.stepIndex === 1) limit.lower()
      })
      await limit.restore()
      expect(away.messages.at(-1)).toMatchObject({
        type: 'interrupted',
        error: {
          code: 'images-missing',
          message: expect.stringMatching(/too many files are open.*every completed step was kept/i),
          wayOut: expect.stringMatching(/ulimit -n.*resume the run/),
        },
      })
      expect(away.of('unreadable')).toEqual([])
      expect(away.of('checkpoint-begin').at(-1)?.stepIndex).toBe(lossesOf(away).length)
    },
  )

  it('before it is evaluated, is interrupted with the state of its last step, and has no figure of nothing', async () => {
    const given = await job({ stepCount: 2 })
    const whole = await run(given)
    const away = await run(given, (message) => {
      if (message.type === 'phase' && message.phase === 'evaluating')
        renameSync(given.source.path, `${given.source.path} away`)
    })
    expect(away.messages.at(-1)?.type).toBe('interrupted')
    expect(away.of('evaluation')).toEqual([])
    expect(away.of('checkpoint-begin').at(-1)?.stepIndex).toBe(2)
    await rename(`${given.source.path} away`, given.source.path)
    expect(numbers(away, await resumed(given, away))).toEqual(numbers(whole))
  })

  it('before a validation along the way, makes up for it when it goes on', async () => {
    const given = await job({ stepCount: 4, evaluateEverySteps: 2, checkpointEverySteps: 4 })
    const whole = await run(given)
    const away = await run(given, (message) => {
      if (message.type !== 'step' || message.metric.stepIndex !== 1) return
      for (let id = 12; id < 17; id += 1) rmSync(join(given.source.path, image(id)))
    })
    expect(away.messages.at(-1)).toMatchObject({
      error: { message: expect.stringMatching(/None of the 5 validation images can be read/) as unknown },
    })
    await tinyJob(given.source.path)
    expect(numbers(away, await resumed(given, away))).toEqual(numbers(whole))
  })
})

describe('a run that loses a few images', () => {
  it('trains on the others, names them once, leaves them out of its figures and hands them on', async () => {
    const given = await job()
    await rm(join(given.source.path, image(3)))
    await rm(join(given.source.path, image(20)))
    const received = await run(given)
    const warnings = received.of('log').flatMap(({ line }) => (line.kind === 'warn' ? [line.text] : []))
    expect(warnings.filter((text) => text.startsWith('Could not read: 3.png.'))).toHaveLength(1)
    expect(warnings.filter((text) => text.startsWith('Could not read: 20.png.'))).toHaveLength(1)
    expect(received.of('unreadable').flatMap(({ images }) => images)).toMatchObject([
      { imageId: 3, reason: expect.stringContaining('3.png') as unknown },
      { imageId: 20, fromPosition: 48 },
    ])
    expect(received.of('predictions').flatMap(({ rows }) => rows.map(({ imageId }) => imageId))).toEqual([
      17, 18, 19, 21, 22, 23,
    ])
    expect(received.of('evaluation').at(-1)?.evaluation.accuracy.total).toBe(6)
    // ln 2 over what is there: the head starts at zero
    expect(lossesOf(received)[0]).toBeCloseTo(Math.LN2, 5)
    expect(received.of('finished')[0]?.outcome).toBe('done')
  })

  it('gives its numbers again from the list alone, in other pieces too, and where the files are back half-way', async () => {
    const given = await job({ mixupAlpha: 0.2, checkpointEverySteps: 2 })
    const lost = await run(given, (message) => {
      if (message.type === 'step' && message.metric.stepIndex === 0) rmSync(join(given.source.path, image(3)))
    })
    const unreadable = lost.of('unreadable').flatMap(({ images }) => images)
    expect(unreadable).toHaveLength(1)
    await tinyJob(given.source.path)
    const again = await run({ ...given, unreadable })
    expect(numbers(again)).toEqual(numbers(lost))
    expect(again.of('unreadable')).toEqual([])
    expect(numbers(await run(given)).losses).not.toEqual(numbers(lost).losses)
    const half = await run({
      ...given,
      recipe: { ...given.recipe, stepCount: 2, decayAtSteps: [2, 4, 5] },
      unreadable,
    })
    expect(lossesOf(await resumed(given, half, unreadable))).toEqual(lossesOf(lost).slice(2))
    const pieces = await run({ ...given, recipe: { ...given.recipe, microBatchSize: 3 }, unreadable })
    lossesOf(pieces).forEach((loss, index) => expect(loss).toBeCloseTo(lossesOf(lost)[index] ?? NaN, 3))
  })

  it('takes a step of which nothing is there as none', async () => {
    const given = await job({ batchSize: 1, stepCount: 12, evaluateEverySteps: 50, flip: false })
    await rm(join(given.source.path, image(3)))
    const received = await run(given)
    const [empty] = received.of('empty-step')
    expect(received.of('empty-step')).toHaveLength(1)
    expect(received.of('step').map(({ metric }) => metric.stepIndex)).toEqual(
      Array.from({ length: 12 }, (_, step) => step).filter((step) => step !== empty?.stepIndex),
    )
    expect(received.of('finished')[0]?.outcome).toBe('done')
  })

  it('keeps them out of BatchNorm’s statistics, which mix the images of a micro-batch', async () => {
    const { spec } = parseModel('units:1-1-1-1,width:0.5+bn')
    const given = { ...(await job({ stepCount: 2, microBatchSize: 8 })), spec }
    const whole = await run(given)
    const first = await run({ ...given, unreadable: [{ imageId: 3, fromPosition: 0 }] })
    expect(lossesOf(first)[1]).not.toBe(lossesOf(whole)[1])
    expect(lossesOf(first).every(Number.isFinite)).toBe(true)
    // whatever lies in its file
    await rename(join(given.source.path, image(2)), join(given.source.path, image(3)))
    await tinyJob(join(folder, 'other'))
    await rename(join(folder, 'other', image(2)), join(given.source.path, image(2)))
    const other = await run({ ...given, unreadable: [{ imageId: 3, fromPosition: 0 }] })
    expect(numbers(other)).toEqual(numbers(first))
  })
})

/** Last, since there is no way back: the graphs are stopped with their engine. */
describe('on WebAssembly', () => {
  it('images that cannot be read weigh as little as on TensorFlow', async () => {
    const given = {
      ...(await job({ stepCount: 3, loss: 'sigmoid' })),
      unreadable: [{ imageId: 3, fromPosition: 0 }],
    }
    const expected = lossesOf(await run(given))
    await loadEngine('wasm')
    expect(tf.getBackend()).toBe('wasm')
    lossesOf(await run(given)).forEach((loss, index) => expect(loss).toBeCloseTo(expected[index] ?? NaN, 3))
  })
})

/** Of this process, set from another one: this one cannot start any where it has no more files. */
function openFileLimit() {
  const pid = String(process.pid)
  const most = readFileSync('/proc/self/limits', 'utf8').match(/Max open files\s+(\d+)/)?.[1] ?? ''
  const shell = spawn('sh', ['-c', `while read n; do prlimit --pid ${pid} --nofile=$n:; done`])
  return {
    lower: () => shell.stdin.write('5\n'),
    async restore() {
      shell.stdin.end(`${most}\n`)
      await once(shell, 'exit')
    },
  }
}
