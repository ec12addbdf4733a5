/** The whole course of a training: weights, steps, evaluations, checkpoints, predictions. Everything it finds goes out as messages. */
import * as tf from '@tensorflow/tfjs-core'
import type { SplitPart } from '../../contract/entities/dataset'
import type { LogLine } from '../../contract/entities/run'
import { openPictureStore, type PictureStore } from '../data/picture-store'
import { openPipeline } from '../data/pipeline'
import { graphEngine } from '../engine/graph-engine'
import type { TrainJob } from '../trainer/messages'
import { evaluate } from './evaluate'
import { deterministicOps, repeatability } from './repeatability'
import { checkpointTensors } from './checkpoint-file'
import { learningOf } from './learning'
import { createProbeState } from './probe-state'
import { startWeights } from './start-weights'
import { takeStep } from './take-step'
import { createTrainState } from './train-state'
import type { TrainState } from './train-state'
import { sendCheckpoint } from './send-checkpoint'
import type { Out } from './send-checkpoint'

export interface Control {
  stopRequested(): boolean
}

/** A run may take hours between two checkpoints of the recipe; this much work may be lost at most. They change no number of the run. */
const checkpointAtLeastEveryMs = 10 * 60_000

/**
 * `clock` gives milliseconds. Throws WorkbenchError: 'bad-weights', 'dataset-too-few-images', 'loss-not-finite'. A stop ends the training
 * after the whole steps taken so far; evaluation, predictions and checkpoint follow as usual.
 */
export async function runTraining(
  job: TrainJob,
  out: Out,
  control: Control,
  clock: () => number,
): Promise<void> {
  const { recipe, spec } = job
  const log = (kind: LogLine['kind'], text: string): Promise<void> =>
    out.send({ type: 'log', line: { atMs: clock(), kind, text } })
  const warn = (text: string): Promise<void> => log('warn', text)
  const problems = new Problems(log)
  const pictures = openPictureStore({ ...job, diskCache: job.pictureCache, onProblem: problems.note })
  const course = new Course(job, pictures, problems, out, log, clock)
  // not named: the file's copy of the weights may go once the engine has its own
  const tell = (text: string): Promise<void> => (job.resume === null ? log('info', text) : Promise.resolve())
  const makeState = recipe.linearProbe ? createProbeState : createTrainState
  const state = await makeState(await startWeights(job, tell), {
    spec,
    classCount: job.classNames.length,
    momentum: recipe.momentum,
    microBatchSize: recipe.microBatchSize,
    cropPx: recipe.cropPx,
    precision: recipe.precision,
    learning: learningOf(recipe),
  })
  await log(state.note.kind, state.note.text)
  await log(
    'info',
    repeatability({
      backend: tf.getBackend(),
      recordedOn: state.isRecorded ? (graphEngine()?.device ?? null) : null,
      deterministicOps: deterministicOps(process.env),
    }),
  )
  if (job.resume !== null) {
    await state.restore(checkpointTensors(job.resume.path, state.tensorHeaders()))
    await log('info', `Goes on from the checkpoint after step ${String(job.resume.stepIndex)}.`)
  }
  const pipeline = openPipeline({
    pictures,
    train: job.images.train,
    classCount: job.classNames.length,
    recipe,
  })
  try {
    await out.send({ type: 'phase', phase: 'training' })
    let stepsDone = job.resume?.stepIndex ?? 0
    let savedStep = job.resume?.stepIndex ?? -1
    let savedAtMs = clock()
    while (stepsDone < recipe.stepCount) {
      const step = await takeStep({
        state,
        pipeline,
        recipe,
        stepIndex: stepsDone,
        spec,
        control,
        clock,
        warn,
      })
      if (step === null) break
      stepsDone += 1
      course.addStep(step)
      await out.send({ type: 'step', metric: step, peakMemoryBytes: peakMemoryBytes() })
      await problems.tell()
      const last = stepsDone === recipe.stepCount
      if (!last && stepsDone % recipe.evaluateEverySteps === 0)
        await course.validate(state, stepsDone, control)
      if (
        last ||
        stepsDone % recipe.checkpointEverySteps === 0 ||
        clock() - savedAtMs > checkpointAtLeastEveryMs
      ) {
        await sendCheckpoint(state, stepsDone, out)
        await log('save', `Saved the state after step ${String(stepsDone)}.`)
        savedStep = stepsDone
        savedAtMs = clock()
      }
    }
    await pipeline.close()
    if (savedStep !== stepsDone) await sendCheckpoint(state, stepsDone, out)
    await course.finish(state, stepsDone)
  } finally {
    await pipeline.close()
    await pictures.close()
    state.dispose()
  }
}

/** Peak resident memory of this process so far; on a GPU the card's own memory is not in it. */
export function peakMemoryBytes(): number {
  return process.resourceUsage().maxRSS * 1024
}

/** Files that cannot be read: noted from the midst of decoding, each once, and told between steps. */
class Problems {
  private readonly untold: string[] = []
  private readonly paths = new Set<string>()

  constructor(private readonly log: (kind: LogLine['kind'], text: string) => Promise<void>) {}

  readonly note = (path: string, message: string): void => {
    if (this.paths.has(path)) return
    this.paths.add(path)
    this.untold.push(`${path}: ${message}`)
  }

  async tell(): Promise<void> {
    for (const problem of this.untold.splice(0)) await this.log('warn', problem)
  }
}

/** What is summed up over the course, and the evaluations along it. */
class Course {
  private trainingMs: number
  private waitMs: number
  private imageCount: number

  constructor(
    private readonly job: TrainJob,
    private readonly pictures: PictureStore,
    private readonly problems: Problems,
    private readonly out: Out,
    private readonly log: (kind: LogLine['kind'], text: string) => Promise<void>,
    private readonly clock: () => number,
  ) {
    const { resume, recipe } = job
    this.trainingMs = resume?.trainingMs ?? 0
    this.waitMs = resume?.waitMs ?? 0
    this.imageCount = (resume?.stepIndex ?? 0) * recipe.batchSize
  }

  addStep(step: { stepMs: number; waitMs: number }): void {
    this.trainingMs += step.stepMs
    this.waitMs += step.waitMs
    this.imageCount += this.job.recipe.batchSize
  }

  /** On val, while training. A stop breaks it off. */
  async validate(state: TrainState, stepsDone: number, control: Control): Promise<void> {
    if (this.job.images.val.ids.length === 0) return
    await this.evaluatePart(state, stepsDone, 'val', false, () => control.stopRequested())
  }

  /** The last weights: val for the curve, then every image of the evaluated part, with its predictions. */
  async finish(state: TrainState, stepsDone: number): Promise<void> {
    await this.out.send({ type: 'phase', phase: 'evaluating' })
    const evaluatedOn = this.evaluatedPart()
    if (evaluatedOn !== 'val') {
      if (this.job.images.val.ids.length > 0) await this.evaluatePart(state, stepsDone, 'val', false)
    }
    if (evaluatedOn === 'train') {
      await this.log(
        'warn',
        'The split has no test and no validation images: the accuracy is that on the training images.',
      )
    }
    await this.evaluatePart(state, stepsDone, evaluatedOn, true)
    await this.out.send({
      type: 'finished',
      outcome: stepsDone < this.job.recipe.stepCount ? 'stopped' : 'done',
      imagesPerSecond: this.trainingMs > 0 ? (this.imageCount * 1000) / this.trainingMs : 0,
      waitFraction: this.trainingMs > 0 ? this.waitMs / this.trainingMs : 0,
      trainingMs: this.trainingMs,
      peakMemoryBytes: peakMemoryBytes(),
      evaluatedOn,
    })
  }

  private evaluatedPart(): SplitPart {
    const order: SplitPart[] = ['test', 'val', 'train']
    return order.find((part) => this.job.images[part].ids.length > 0) ?? 'train'
  }

  private async evaluatePart(
    state: TrainState,
    stepIndex: number,
    part: SplitPart,
    keepPredictions: boolean,
    interrupted?: () => boolean,
  ): Promise<void> {
    const { job } = this
    const result = await evaluate(
      state,
      {
        pictures: this.pictures,
        images: job.images[part],
        cropPx: job.recipe.cropPx,
        batchSize: state.microBatchSize,
      },
      job.classNames.length,
      job.recipe.loss,
      // awaited even without rows to send: messages to this process are read between the batches
      (rows) => (keepPredictions ? this.out.send({ type: 'predictions', rows }) : nextTurn()),
      interrupted,
      (text) => this.log('warn', text),
    )
    await this.problems.tell()
    if (result === null) return
    const { loss, accuracy } = result
    await this.out.send({
      type: 'evaluation',
      evaluation: { stepIndex, part, loss, accuracy, atMs: this.clock() },
    })
    await this.log(
      'eval',
      `After step ${String(stepIndex)}, ${part}: ${String(accuracy.correct)} of ${String(accuracy.total)} right, loss ${loss.toFixed(4)}.`,
    )
  }
}

/** Lets waiting messages (stop, committed) in. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
