/** Real child processes: small scripts that behave as a trainer might. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FromTrainerBody } from '../../src/main/protocol/messages'
import { startTrainer, type Trainer, type TrainerEnd } from '../../src/main/protocol/supervisor'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bitw-supervisor-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Course {
  readonly received: FromTrainerBody[]
  readonly end: TrainerEnd
}

/** Runs the script as a trainer to its end. `n` numbers messages, `send` sends one, `on` hears the core. */
function course(
  script: string,
  onMessage: (body: FromTrainerBody, trainer: Trainer) => void = () => undefined,
): Promise<Course> {
  const path = join(folder, `${String(Math.abs(hash(script)))}.cjs`)
  writeFileSync(
    path,
    `let n = 0
     const send = (body) => process.send({ ...body, messageNumber: ++n })
     const log = (text) => send({ type: 'log', line: { atMs: 0, kind: 'info', text } })
     const measured = () => send({ type: 'measured', msPerImage: 1, peakMemoryBytes: 1, losses: [], operations: [] })
     process.on('message', (message) => {\n${script}\n})`,
  )
  const received: FromTrainerBody[] = []
  return new Promise((resolve) => {
    const trainer = startTrainer({
      trainerPath: path,
      environment: process.env,
      job: {
        kind: 'measure',
        what: 'step',
        microBatchCount: 1,
        learningRate: 1e-6,
        profile: false,
        spec: { units: [1, 1, 1, 1], width: 0.5 },
        classCount: 2,
        microBatchSize: 1,
        cropPx: 32,
        precision: 'float32',
        stepCount: 1,
      },
      onMessage: (body) => {
        received.push(body)
        onMessage(body, trainer)
      },
      onEnd: (end) => resolve({ received, end }),
    })
  })
}

function hash(text: string): number {
  let value = 0
  for (const character of text) value = (value * 31 + (character.codePointAt(0) ?? 0)) | 0
  return value
}

const texts = ({ received }: Course): string[] =>
  received.flatMap((body) => (body.type === 'log' ? [body.line.text] : []))

describe('supervisor', () => {
  it('hands the job over, commits each message before it says so, and sees the exit', async () => {
    const result = await course(`
      if (message.type === 'start') { log(message.job.kind); return }
      if (message.type !== 'committed') return
      if (message.messageNumber === 1) { log('heard 1'); measured() }
      if (message.messageNumber === 3) process.disconnect()`)
    expect(texts(result)).toEqual(['measure', 'heard 1'])
    expect(result.end).toEqual({ kind: 'exit' })
  })

  it('tells a crash from an exit and keeps the last words', async () => {
    const { end } = await course(`
      process.stderr.write('x'.repeat(9000) + 'the driver is gone', () => process.exit(7))`)
    expect(end).toMatchObject({ kind: 'crash', error: { code: 'trainer-died' } })
    if (end.kind !== 'crash') return
    expect(end.error.message).toContain('exit code 7')
    expect(end.lastLines).toMatch(/the driver is gone$/)
    expect(end.lastLines.length).toBeLessThanOrEqual(4096)
  })

  it('calls an exit without a result a death', async () => {
    expect((await course(`process.disconnect()`)).end).toMatchObject({ kind: 'crash' })
  })

  it('says of kill -9 what is known, blames no memory without a reason, and takes every message that was sent before', async () => {
    const result = await course(`
      for (let index = 0; index < 20; index++) log(String(index))
      process.send({ type: 'log', line: { atMs: 0, kind: 'info', text: 'last' }, messageNumber: ++n }, () =>
        process.kill(process.pid, 'SIGKILL'))`)
    expect(texts(result)).toHaveLength(21)
    expect(result.end).toMatchObject({ kind: 'crash', error: { code: 'trainer-died' } })
    const words = result.end.kind === 'crash' ? result.end.error.message : ''
    expect(words).toContain('SIGKILL')
    expect(words).not.toContain('ran out')
    if (process.platform === 'linux')
      expect(words).toMatch(/no out-of-memory kill.*memory were available, and the trainer held/)
  })

  it('ends a trainer whose messages cannot be saved', async () => {
    const { end } = await course(`log('one')`, () => {
      throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
    })
    expect(end).toMatchObject({ kind: 'not-saved', error: { code: 'disk-full' } })
  })

  it('passes the wish to stop on', async () => {
    const result = await course(
      `if (message.type === 'start') log('ready')
       if (message.type === 'stop') { log('stopping'); measured(); }
       if (message.type === 'committed' && message.messageNumber === 3) process.disconnect()`,
      (body, trainer) => {
        if (body.type === 'log' && body.line.text === 'ready') trainer.stop()
      },
    )
    expect(texts(result)).toEqual(['ready', 'stopping'])
    expect(result.end.kind).toBe('exit')
  })

  it('kills on request, even one that does not want to hear', async () => {
    const { end } = await course(
      `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); log('ready')`,
      (_, trainer) => void trainer.kill(),
    )
    expect(end).toEqual({ kind: 'killed' })
  })

  it('says when the trainer cannot be started', async () => {
    const end = await new Promise<TrainerEnd>((resolve) => {
      startTrainer({
        trainerPath: join(folder, 'missing.cjs'),
        environment: process.env,
        job: { kind: 'report' },
        onMessage: () => undefined,
        onEnd: resolve,
      })
    })
    expect(end).toMatchObject({ kind: 'crash', error: { code: 'trainer-died' } })
    expect(end.kind === 'crash' && end.lastLines).toContain('missing.cjs')
  })
})
