/** The whole course of a training: weights, steps, evaluations, checkpoints, predictions. Everything it finds goes out as messages. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SplitPart } from '../../contract/entities/dataset'
import type { LogLine } from '../../contract/entities/run'
import { openPictureStore } from '../data/picture-store'
import type { TrainJob } from '../trainer/messages'
import type { Control, Learner } from './learner'
import { openLinearProbe } from './linear-probe'
import { sendCheckpoint } from './send-checkpoint'
import type { Out } from './send-checkpoint'
import { openWholeNetwork } from './whole-network'

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
  const { recipe } = job
  const log = (kind: LogLine['kind'], text: string): Promise<void> =>
    out.send({ type: 'log', line: { atMs: clock(), kind, text } })
  const problems = new Problems(log)
  const pictures = openPictureStore({ ...job, diskCache: job.pictureCache, onProblem: problems.note })
  const course = new Course(job, problems, out, log, clock)
  let learner: Learner | null = null
  try {
    const open = recipe.linearProbe ? openLinearProbe : openWholeNetwork
    learner = await open(job, { pictures, control, log, clock })
    if (job.resume !== null)
      await log('info', `Goes on from the checkpoint after step ${String(job.resume.stepIndex)}.`)
    await out.send({ type: 'phase', phase: 'training' })
    let stepsDone = job.resume?.stepIndex ?? 0
    let savedStep = job.resume?.stepIndex ?? -1
    let savedAtMs = clock()
    while (stepsDone < recipe.stepCount) {
      const step = await learner.step(stepsDone)
      if (step === null) break
      stepsDone += 1
      course.addStep(step)
      await out.send({ type: 'step', metric: step, peakMemoryBytes: peakMemoryBytes() })
      await problems.tell()
      const last = stepsDone === recipe.stepCount
      if (!last && stepsDone % recipe.evaluateEverySteps === 0)
        await course.validate(learner, stepsDone, control)
      if (
        last ||
        stepsDone % recipe.checkpointEverySteps === 0 ||
        clock() - savedAtMs > checkpointAtLeastEveryMs
      ) {
        await sendCheckpoint(learner.tensors, stepsDone, out)
        await log('save', `Saved the state after step ${String(stepsDone)}.`)
        savedStep = stepsDone
        savedAtMs = clock()
      }
    }
    await learner.endSteps()
    if (savedStep !== stepsDone) await sendCheckpoint(learner.tensors, stepsDone, out)
    await course.finish(learner, stepsDone)
  } finally {
    await learner?.close()
    await pictures.close()
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
  async validate(learner: Learner, stepsDone: number, control: Control): Promise<void> {
    if (this.job.images.val.ids.length === 0) return
    await this.evaluatePart(learner, stepsDone, 'val', false, () => control.stopRequested())
  }

  /** The last weights: val for the curve, then every image of the evaluated part, with its predictions. */
  async finish(learner: Learner, stepsDone: number): Promise<void> {
    await this.out.send({ type: 'phase', phase: 'evaluating' })
    const evaluatedOn = this.evaluatedPart()
    if (evaluatedOn !== 'val') {
      if (this.job.images.val.ids.length > 0) await this.evaluatePart(learner, stepsDone, 'val', false)
    }
    if (evaluatedOn === 'train') {
      await this.log(
        'warn',
        'The split has no test and no validation images: the accuracy is that on the training images.',
      )
    }
    await this.evaluatePart(learner, stepsDone, evaluatedOn, true)
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
    learner: Learner,
    stepIndex: number,
    part: SplitPart,
    keepPredictions: boolean,
    interrupted?: () => boolean,
  ): Promise<void> {
    const result = await learner.evaluate(
      part,
      // awaited even without rows to send: messages to this process are read between the batches
      (rows) => (keepPredictions ? this.out.send({ type: 'predictions', rows }) : nextTurn()),
      interrupted,
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
