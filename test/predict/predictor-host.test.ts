/** Real child processes: a small script that behaves as a trainer that predicts might. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PredictModel } from '../../src/main/predict/predict-model'
import {
  createPredictorHost,
  type PredictorHost,
  type PredictorRequest,
} from '../../src/main/predict/predictor-host'

let folder = ''
let trainerPath = ''
/** A line for each thing that any of the processes did. */
let logPath = ''

/** What it does depends on the name of its weights. Paths named "wait" are answered when the request is stopped. */
const script = (log: string): string => `
  const { appendFileSync } = require('node:fs')
  const log = (text) => appendFileSync(${JSON.stringify(log)}, text + '\\n')
  let n = 0
  const send = (body) => process.send({ ...body, messageNumber: ++n })
  const answer = (index) => ({ index, widthPx: 1, heightPx: 1, topIndices: [0], topProbabilities: [1], features: null, problem: null })
  let weights = ''
  process.on('message', (message) => {
    if (message.type === 'start') {
      weights = message.job.weightsPath
      log('load ' + weights + ' ' + process.pid)
      if (weights.endsWith('crash')) { process.stderr.write('std::bad_alloc'); process.exit(1) }
      if (weights.endsWith('bad')) {
        send({ type: 'failed', error: { code: 'bad-weights', message: 'bad', wayOut: '' } })
        process.disconnect()
        return
      }
      if (!weights.endsWith('slow')) send({ type: 'predictor-ready' })
    }
    if (message.type === 'images') {
      if (message.paths.includes('die')) process.exit(7)
      send({ type: 'predicted', answers: [answer(0)] })
      if (!message.paths.includes('wait')) send({ type: 'images-done' })
    }
    if (message.type === 'stop') send({ type: 'images-done' })
  })`

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bitw-host-'))
  logPath = join(folder, 'log')
  trainerPath = join(folder, 'trainer.cjs')
  writeFileSync(trainerPath, script(logPath))
})
afterAll(() => rmSync(folder, { recursive: true }))

const loads = (): string[] =>
  readFileSync(logPath, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
const lastProcess = (): number => Number(readFileSync(logPath, 'utf8').trimEnd().split(' ').at(-1))

let host: PredictorHost
const openFiles = new Set<string>()
const hosts = (keptIdleMs?: number): PredictorHost => {
  writeFileSync(logPath, '')
  const engine = { known: () => null, learn: () => undefined }
  host = createPredictorHost({ trainerPath, trainerEnvironment: process.env }, engine, keptIdleMs)
  return host
}
afterEach(async () => {
  await host.close()
  expect([...openFiles]).toEqual([])
})

function model(name: string): PredictModel {
  return {
    name,
    spec: { units: [1, 1, 1, 1], width: 0.5 },
    classCount: 2,
    classNames: null,
    cropPx: 32,
    precision: 'float32',
    loss: 'softmax',
    weightsKey: name,
    open: async () => {
      openFiles.add(name)
      return { path: `/weights/${name}`, close: async () => void openFiles.delete(name) }
    },
  }
}

interface Asked {
  readonly done: Promise<void>
  readonly abort: AbortController
  readonly phases: string[]
  /** Resolves with the first answers. */
  readonly answered: Promise<void>
}

function ask(name: string, paths: string[] = ['a'], changes: Partial<PredictorRequest> = {}): Asked {
  const abort = new AbortController()
  const phases: string[] = []
  let tell = (): void => undefined
  const answered = new Promise<void>((resolve) => (tell = resolve))
  const done = host.run({
    model: model(name),
    cropPx: 32,
    want: 'top',
    paths,
    signal: abort.signal,
    onPhase: (phase) => phases.push(phase),
    onAnswers: tell,
    ...changes,
  })
  done.catch(() => undefined)
  return { done, abort, phases, answered }
}

describe('the process that predicts', () => {
  it('loads a model once, and the next one when it is asked for, never two at a time', async () => {
    hosts()
    const first = ask('one')
    await first.done
    expect(first.phases).toEqual(['Loading one'])
    expect(openFiles.size).toBe(0)
    const again = ask('one')
    await again.done
    expect(again.phases).toEqual([])
    const process1 = lastProcess()
    await ask('two').done
    expect(() => process.kill(process1, 0)).toThrow() // it has gone
    await ask('two', ['a'], { cropPx: 64 }).done
    expect(loads()).toEqual(['/weights/one', '/weights/two', '/weights/two'])
  })

  it('takes one request after another', async () => {
    hosts()
    const first = ask('one', ['wait'])
    await first.answered
    const second = ask('one')
    const third = ask('two')
    expect(second.phases).toEqual(['Waiting for another prediction'])
    first.abort.abort()
    await expect(first.done).rejects.toMatchObject({ code: 'cancelled' })
    await second.done
    await third.done
    expect(loads()).toEqual(['/weights/one', '/weights/two'])
  })

  it('leaves most of the processor to others', async () => {
    hosts()
    await ask('one').done
    expect(getPriority(lastProcess())).toBeGreaterThan(getPriority())
  })

  it('ends when nothing was asked for a while, or its memory is wanted, but not in the midst of its work', async () => {
    hosts(1)
    await ask('one').done
    await new Promise((resolve) => setTimeout(resolve, 1)) // after the timer that was set before
    await ask('one').done
    expect(loads()).toEqual(['/weights/one', '/weights/one'])
    await host.close()
    hosts()
    const busy = ask('one', ['wait'])
    await busy.answered
    host.endIdle()
    busy.abort.abort()
    await expect(busy.done).rejects.toMatchObject({ code: 'cancelled' })
    await ask('one').done
    expect(loads()).toEqual(['/weights/one'])
    host.endIdle()
    await ask('one').done
    expect(loads()).toEqual(['/weights/one', '/weights/one'])
  })

  it('ends with a request that is cancelled while it loads; one that waits is only taken off', async () => {
    hosts()
    const loading = ask('slow')
    const waiting = ask('one')
    waiting.abort.abort()
    await expect(waiting.done).rejects.toMatchObject({ code: 'cancelled' })
    loading.abort.abort()
    await expect(loading.done).rejects.toMatchObject({ code: 'cancelled' })
    await ask('one').done
  })

  it('says why a model could not be loaded, or why it died, and serves the next request', async () => {
    hosts()
    await expect(ask('bad').done).rejects.toMatchObject({ code: 'bad-weights', message: 'bad' })
    await expect(ask('crash').done).rejects.toMatchObject({ code: 'out-of-memory' })
    await expect(ask('one', ['die']).done).rejects.toMatchObject({ code: 'trainer-died' })
    const broken = ask('one', ['a'], {
      onAnswers: () => {
        throw new Error('the disk is full')
      },
    })
    await expect(broken.done).rejects.toThrow('the disk is full')
    await ask('one').done
  })

  it('ends everything when it is closed', async () => {
    hosts()
    const working = ask('one', ['wait'])
    const waiting = ask('two')
    await working.answered
    await host.close()
    await expect(working.done).rejects.toMatchObject({ code: 'cancelled' })
    await expect(waiting.done).rejects.toMatchObject({ code: 'cancelled' })
    expect(() => process.kill(lastProcess(), 0)).toThrow()
  })
})
