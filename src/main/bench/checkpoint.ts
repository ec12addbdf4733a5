/**
 * What a checkpoint costs: a trainer that only sleeps for its steps and saves synthetic tensors through the real channel, supervisor, thread and file. Says how
 * long the core could do nothing else, how long the steps waited, and how fast a resume streams. One JSON line.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { openChannel } from '../protocol/channel'
import type { FromTrainerBody, TrainJob } from '../protocol/messages'
import { startTrainer } from '../protocol/supervisor'
import {
  startCheckpointThread,
  type CheckpointWriter,
  type StoredBytes,
} from '../store/checkpoints/checkpoint-bytes'
import { createCheckpointSaver } from '../trainer/step/checkpoint-saver'

interface Asked {
  readonly homePath: string
  readonly megabytes: number
  /** 0: steps wait for the whole of it. */
  readonly copyMegabytes: number
  readonly saves: number
  readonly stepsBetween: number
  readonly stepMs: number
}

/** As many numbers as a large kernel. */
const tensorElements = 2_359_296

if (process.env['BITW_BENCH_CHECKPOINT'] === undefined) void main()
else void train(JSON.parse(process.env['BITW_BENCH_CHECKPOINT']) as Asked)

async function main(): Promise<void> {
  const asked = JSON.parse(process.argv[2] ?? '') as Asked
  const threadPath = join(dirname(__filename), 'checkpointer.cjs')
  if (!existsSync(threadPath)) throw new Error(`${threadPath} is missing`)
  const checkpoints = startCheckpointThread(threadPath, asked.homePath)
  await checkpoints.space() // the thread is there, as after the start of a core
  const delay = monitorEventLoopDelay({ resolution: 1 })
  let writer: CheckpointWriter | null = null
  let tensors: Extract<FromTrainerBody, { type: 'checkpoint-begin' }>['tensors'] = []
  let last: StoredBytes | null = null
  let said = ''
  let resumeBlockMs = 0
  let saveBlockMs = 0
  let saveBusyMs = 0
  const busy = watchBusy()

  async function* resumeBytes(): AsyncGenerator<Uint8Array, void, undefined> {
    saveBlockMs = delay.max / 1e6
    saveBusyMs = busy.most()
    delay.reset()
    busy.reset()
    if (last !== null) yield* checkpoints.read(last)
    resumeBlockMs = delay.max / 1e6
  }
  function take(body: FromTrainerBody): void | Promise<void> {
    if (body.type === 'engine') busy.reset()
    if (body.type === 'engine') delay.enable() // from here on: what comes before is the start of two processes
    if (body.type === 'log') said = body.line.text
    if (body.type === 'checkpoint-begin') {
      writer = checkpoints.begin()
      tensors = body.tensors
    }
    if (body.type === 'checkpoint-chunk') return writer?.append(body.bytes)
    if (body.type === 'checkpoint-end') return end(body.sha256)
  }
  async function end(sha256: string): Promise<void> {
    if (writer === null) return
    last = await writer.finish(tensors, sha256)
    writer.release()
    void checkpoints.keepOnly([last.name])
  }
  const trainer = startTrainer({
    trainerPath: __filename,
    environment: { ...process.env, BITW_BENCH_CHECKPOINT: JSON.stringify(asked) },
    job: { kind: 'train' } as TrainJob,
    resumeBytes: resumeBytes(),
    onMessage: take,
    onEnd: (ended) => {
      if (ended.kind !== 'exit') process.stderr.write(`${JSON.stringify(ended)}\n`)
    },
  })
  await trainer.gone
  const facts = {
    ...(JSON.parse(said) as object),
    saveBlockMs,
    saveBusyMs,
    resumeBlockMs,
    resumeBusyMs: busy.most(),
    corePeakBytes: process.resourceUsage().maxRSS * 1024,
  }
  await checkpoints.close()
  process.stdout.write(`${JSON.stringify(facts)}\n`)
}

/** The most time on a processor between two turns of the event loop: what is left of a block on a machine that others use, too. Linux tells; elsewhere 0. */
function watchBusy(): { most(): number; reset(): void } {
  const path = `/proc/self/task/${String(process.pid)}/schedstat`
  const onProcessorMs = (): number =>
    existsSync(path) ? Number(readFileSync(path, 'utf8').split(' ')[0]) / 1e6 : 0
  let before = onProcessorMs()
  let most = 0
  setInterval(() => {
    const now = onProcessorMs()
    most = Math.max(most, now - before)
    before = now
  }, 1).unref()
  return { most: () => most, reset: () => void (most = 0) }
}

async function train({ megabytes, copyMegabytes, saves, stepsBetween, stepMs }: Asked): Promise<void> {
  const channel = openChannel(process)
  const count = Math.max(1, Math.round((megabytes * 1e6) / (4 * tensorElements)))
  const values = Float32Array.from({ length: tensorElements }, (_, index) => Math.sin(index))
  const headers = Array.from({ length: count }, (_, index) => ({
    name: `tensor/${String(index)}`,
    shape: [tensorElements],
  }))
  const state = {
    tensorHeaders: () => headers,
    async *readTensors() {
      for (const { name } of headers) yield await Promise.resolve({ name, data: values.slice() })
    },
  }
  const saver = createCheckpointSaver(channel, copyMegabytes * 1e6, () => performance.now())
  await new Promise<void>((resolve) => process.once('message', () => resolve()))
  await channel.send({ type: 'engine', engine: {} as never })
  const startMs = performance.now()
  let waitMs = 0
  for (let save = 1; save <= saves; save++) {
    for (let step = 0; step < stepsBetween; step++) await sleep(stepMs)
    const beganMs = performance.now()
    await saver.save(state, save, () => Promise.resolve())
    waitMs += performance.now() - beganMs
  }
  const trainingMs = performance.now() - startMs
  await saver.settled()
  const savedMs = performance.now() - startMs
  const resumeStartMs = performance.now()
  let resumedBytes = 0
  for await (const bytes of channel.resumeBytes()) resumedBytes += bytes.length
  const facts = {
    checkpointBytes: 4 * tensorElements * count,
    trainingMs,
    waitMs,
    savedMs,
    resumeMs: performance.now() - resumeStartMs,
    resumedBytes,
    trainerPeakBytes: process.resourceUsage().maxRSS * 1024,
  }
  await channel.send({ type: 'log', line: { atMs: 0, kind: 'info', text: JSON.stringify(facts) } })
  await channel.send({
    ...{ type: 'finished', outcome: 'done', imagesPerSecond: 0, waitFraction: 0, trainingMs },
    ...{ peakMemoryBytes: 0, evaluatedOn: 'val' },
  } as const)
  await channel.close()
}
