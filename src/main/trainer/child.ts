/**
 * The trainer process. It waits for one job, works, sends what it found and ends. It alone loads TensorFlow, so whatever
 * TensorFlow does to a process is done to this one.
 */
import { toWireError } from '../../contract/errors'
import { useResizer } from '../images/resizer'
import { graphEngine } from './engines/tensorflow/graph-engine'
import { loadEngine } from './engines/load'
import { nativeResizer } from './engines/tensorflow/native-resizer'
import { exportModel } from './export/export-model'
import { noGpu, watchGpu, type GpuWatch } from './step/gpu-watch'
import { runTraining } from './step/loop'
import { measure } from './step/measure'
import { probeSpeed } from './step/probe-speed'
import { servePredictions, type ImageRequests } from './predict/serve-predictions'
import { openChannel, type Channel } from '../protocol/channel'
import { engineWanted } from '../protocol/engine-wanted'
import type { AfterStop, Job, ImageRequest, ToTrainer, TrainJob } from '../protocol/messages'
import { outOfMemory } from '../protocol/out-of-memory'
import { endWithParent } from './parent-watch'

let stopAsked = false
let afterStop: AfterStop = 'evaluate'
const imageRequests = createImageRequests()

function main(): void {
  endWithParent()
  // Ctrl-C in a terminal reaches every process there. The core decides what it means, and asks for a stop that keeps all.
  process.on('SIGINT', () => undefined)
  const channel = openChannel(process)
  let started = false
  process.on('message', (message: ToTrainer) => {
    if (message.type === 'stop') {
      stopAsked = true
      afterStop = message.then
    }
    if (message.type === 'images') imageRequests.take(message)
    if (message.type === 'start' && !started) {
      started = true
      work(message.job, channel).then(
        () => channel.close(),
        (thrown: unknown) => fail(channel, thrown),
      )
    }
  })
  // What escapes every await (a native callback, a stray promise) must be told as well.
  process.on('uncaughtException', (thrown) => void fail(channel, thrown))
  process.on('unhandledRejection', (thrown) => void fail(channel, thrown))
}

async function work(job: Job, channel: Channel): Promise<void> {
  const engine = await loadEngine(engineWanted(process.env))
  const graphs = graphEngine()
  if (graphs !== null) useResizer(nativeResizer(graphs))
  await channel.send({ type: 'engine', engine })
  switch (job.kind) {
    case 'report':
      return
    case 'measure':
      return measure(job, channel)
    case 'probe':
      return probeSpeed(job, channel)
    case 'predict':
      return servePredictions(job, channel, imageRequests)
    case 'export':
      return exportModel(job, channel, { engine, clock: () => Date.now() })
    case 'train':
      return trained(job, channel, engine.device === 'gpu' ? watchGpu(process.env) : noGpu)
  }
}

async function trained(job: TrainJob, channel: Channel, gpu: GpuWatch): Promise<void> {
  try {
    await runTraining(
      job,
      channel,
      { stopRequested: () => stopAsked, afterStop: () => afterStop },
      () => Date.now(),
      () => channel.resumeBytes(),
      gpu,
    )
  } finally {
    gpu.close()
  }
}

/** Each waits until it is asked for; a stop counts for the one that is worked on. */
function createImageRequests(): ImageRequests & { take(request: ImageRequest): void } {
  const waiting: ImageRequest[] = []
  let wake = (): void => undefined
  return {
    take(request) {
      stopAsked = false
      waiting.push(request)
      wake()
    },
    async next() {
      for (;;) {
        const request = waiting.shift()
        if (request !== undefined) return request
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
    stopRequested: () => stopAsked,
  }
}

async function fail(channel: Channel, thrown: unknown): Promise<void> {
  // The stack goes to stderr, whose last lines the core keeps; the message goes to the user.
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`)
  await channel.send({ type: 'failed', error: toWireError(outOfMemory(thrown) ?? thrown) })
  await channel.close()
}

main()
