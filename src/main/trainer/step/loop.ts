/** The whole course of a training: weights, steps, evaluations, checkpoints, predictions. Everything it finds goes out as messages. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SplitPart } from '../../../contract/entities/dataset'
import { resumedLead, type LogLine, type StepMetric } from '../../../contract/entities/run'
import { toWireError, WorkbenchError } from '../../../contract/errors'
import { isBetter, type OnVal } from '../../../domain/checkpoint-kinds'
import { keepsScores, type PredictedRow } from '../../../domain/prediction-set/block'
import { openImageStore } from '../data/image-store'
import { readingRefused } from '../../images/missing-words'
import { openSource } from '../../sources/sources'
import { watched } from '../../sources/watched'
import type { TrainJob } from '../../protocol/messages'
import type { Control, Learner, RunControl } from './learner'
import { openLinearProbe } from '../probe/linear-probe'
import { createCheckpointSaver } from './checkpoint-saver'
import { noGpu, type GpuWatch } from './gpu-watch'
import type { Out } from './send-checkpoint'
import { SetSender } from './send-predictions'
import { notFinite } from './take-step'
import { scoringLimit, trainingSample } from './training-sample'
import { Unreadable } from './unreadable'
import { openWholeNetwork } from './whole-network'

/** A run may take hours between two checkpoints of the recipe; this much work may be lost at most. They change no number of the run. */
const checkpointAtLeastEveryMs = 10 * 60_000

/**
 * `clock` gives milliseconds. Throws WorkbenchError: 'bad-weights', 'dataset-too-few-images', 'loss-not-finite'. A stop ends the training
 * after the whole steps taken so far; evaluation, predictions and checkpoint follow as usual, unless it asked for a pause: then 'paused' is sent
 * after the checkpoint. Where too many images cannot be read
 * (images/missing-rule.ts), the state of the last whole step is saved and 'interrupted' is sent: nothing is evaluated on what is left.
 */
export async function runTraining(
  job: TrainJob,
  out: Out,
  control: RunControl,
  clock: () => number,
  resumeBytes: () => AsyncIterable<Uint8Array> = noBytes,
  gpu: GpuWatch = noGpu,
): Promise<void> {
  const { recipe } = job
  const log = (kind: LogLine['kind'], text: string): Promise<void> =>
    out.send({ type: 'log', line: { atMs: clock(), kind, text } })
  const source = watched(openSource(job.source), readingRefused)
  const unreadable = new Unreadable(job, out, log, {
    stopped: () => control.stopRequested(),
    refused: source.refused,
  })
  const store = openImageStore({
    ...job,
    source,
    diskCache: job.imageCache,
    onProblem: unreadable.note,
  })
  const course = new Course(job, unreadable, out, log, clock, gpu)
  let learner: Learner | null = null
  let stepsDone = job.resume?.stepIndex ?? 0
  let validatedStep = job.resume?.isValidated === true ? job.resume.stepIndex : -1
  let best: OnVal = { valAccuracy: job.resume?.bestAccuracy ?? null, valLoss: Infinity }
  const startStep = job.resume === null || job.resume.isAnothers === true ? -1 : job.resume.stepIndex
  const saver = createCheckpointSaver(out, job.checkpointCopyBytes, clock)
  const save = (from: Learner): Promise<void> => {
    const text = `Saved the state after step ${String(stepsDone)}.`
    return saver.save(from.tensors, stepsDone, () => log('save', text))
  }
  const isSaved = (): boolean => stepsDone === (saver.savedStep ?? startStep)
  try {
    const open = recipe.linearProbe ? openLinearProbe : openWholeNetwork
    const { missing } = unreadable
    learner = await open(job, { store, missing, control, log, clock, resumeBytes })
    if (job.resume !== null) await log('info', `${resumedLead}${String(job.resume.stepIndex)}.`)
    if (job.onlyEvaluates === true) return await course.finish(learner, stepsDone)
    if (job.resume?.isAnothers === true) await save(learner)
    await learner.prepare()
    await out.send({ type: 'phase', phase: 'training' })
    const lastStep = Math.min(job.pauseAtStep ?? recipe.stepCount, recipe.stepCount)
    /** Whether it is the best so far. */
    const validate = async (from: Learner, until: Control): Promise<boolean> => {
      const found = await course.validate(from, stepsDone, until)
      if (found === null) return false
      validatedStep = stepsDone
      if (!isBetter(found, best)) return false
      best = found
      return true
    }
    const isDue = (): boolean =>
      stepsDone > 0 && stepsDone < recipe.stepCount && stepsDone % recipe.evaluateEverySteps === 0
    if (job.resume?.isValidated === false && isDue()) await validate(learner, control)
    while (stepsDone < lastStep) {
      const step = await learner.step(stepsDone)
      if (step === null) break
      stepsDone += 1
      await unreadable.tell('train', stepsDone * recipe.batchSize)
      await course.tellStep(step, stepsDone)
      const isBest = isDue() && (await validate(learner, control))
      if (
        stepsDone === recipe.stepCount ||
        stepsDone % recipe.checkpointEverySteps === 0 ||
        clock() - saver.savedAtMs > checkpointAtLeastEveryMs ||
        // changes no number of the run, and may cost nothing: another of the recipe is near
        (isBest && saver.isCheap(learner.tensors))
      )
        await save(learner)
    }
    await learner.endSteps()
    const stop = control.stopRequested() ? control.afterStop?.() : undefined
    const wish = stepsDone === job.pauseAtStep ? 'validate' : stop
    const pauses = stepsDone < recipe.stepCount && (wish === 'pause' || wish === 'validate')
    if (pauses && wish === 'validate' && validatedStep !== stepsDone) await validate(learner, unstoppable)
    if (!isSaved()) await save(learner)
    await saver.settled()
    if (pauses) return await out.send({ type: 'paused' })
    await course.finish(learner, stepsDone)
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError) || thrown.code !== 'images-missing' || learner === null)
      throw thrown
    await learner.endSteps()
    if (!isSaved()) await save(learner)
    await saver.settled()
    await log('error', thrown.message)
    await out.send({ type: 'interrupted', error: toWireError(thrown) })
  } finally {
    // where the run ends otherwise: what is on its way may still be saved
    await saver.settled().catch(() => undefined)
    await learner?.close()
    await store.close()
  }
}

/** Peak resident memory of this process so far; on a GPU the card's own memory is not in it. */
export function peakMemoryBytes(): number {
  return process.resourceUsage().maxRSS * 1024
}

const noBytes = (): never => {
  throw new Error('This training goes on from nothing.')
}

const unstoppable: Control = { stopRequested: () => false }

/** What is summed up over the course, and the evaluations along it. */
class Course {
  private trainingMs: number
  private waitMs: number
  private imageCount: number
  private readonly startMs: number

  constructor(
    private readonly job: TrainJob,
    private readonly unreadable: Unreadable,
    private readonly out: Out,
    private readonly log: (kind: LogLine['kind'], text: string) => Promise<void>,
    private readonly clock: () => number,
    private readonly gpu: GpuWatch,
  ) {
    const { resume, recipe } = job
    this.startMs = clock() - (resume?.trainingMs ?? 0)
    this.trainingMs = resume?.trainingMs ?? 0
    this.waitMs = resume?.waitMs ?? 0
    this.imageCount = resume === null || resume.isAnothers === true ? 0 : resume.stepIndex * recipe.batchSize
  }

  async tellStep(step: StepMetric | 'empty', stepsDone: number): Promise<void> {
    if (step === 'empty') {
      await this.out.send({ type: 'empty-step', stepIndex: stepsDone - 1 })
      const what = 'had no image that can be read: the weights stayed as they were.'
      return this.log('warn', `Step ${String(stepsDone)} ${what}`)
    }
    this.trainingMs += step.stepMs
    this.waitMs += step.waitMs
    this.imageCount += this.job.recipe.batchSize
    const gpuUse = this.gpu.use()
    const memoryBytes = residentBytes()
    const metric = {
      ...step,
      ...(memoryBytes !== null && { memoryBytes }),
      ...(gpuUse !== null && { gpuUse }),
    }
    await this.out.send({ type: 'step', metric, peakMemoryBytes: peakMemoryBytes() })
  }

  /** On val, while training. A stop breaks it off. null where there is none. */
  async validate(learner: Learner, stepsDone: number, control: Control): Promise<OnVal | null> {
    if (this.job.images.val.ids.length === 0) return null
    return this.evaluatePart(learner, stepsDone, 'val', 'along the way', () => control.stopRequested())
  }

  /** The last weights: val for the curve, then every image of the evaluated part, then what time allows of the training part. */
  async finish(learner: Learner, stepsDone: number): Promise<void> {
    await this.out.send({ type: 'phase', phase: 'evaluating' })
    const evaluatedOn = this.evaluatedPart()
    if (evaluatedOn !== 'val') {
      if (this.job.images.val.ids.length > 0) await this.evaluatePart(learner, stepsDone, 'val', 'last')
    }
    if (evaluatedOn === 'train') {
      await this.log(
        'warn',
        'The split has no test and no validation images: the accuracy is that on the training images.',
      )
    }
    const startMs = this.clock()
    await this.evaluatePart(learner, stepsDone, evaluatedOn, 'result')
    const msPerImage = (this.clock() - startMs) / this.job.images[evaluatedOn].ids.length
    if (evaluatedOn !== 'train') await this.scoreTraining(learner, stepsDone, msPerImage)
    await this.out.send({
      type: 'finished',
      outcome: stepsDone < this.job.recipe.stepCount ? 'stopped' : 'done',
      ...(this.job.onlyEvaluates === true && { resultStep: stepsDone }),
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
    which: 'along the way' | 'last' | 'result',
    interrupted?: () => boolean,
  ): Promise<OnVal | null> {
    const { stepCount, evaluateEverySteps } = this.job.recipe
    const setCount = which === 'along the way' ? Math.ceil(stepCount / evaluateEverySteps) : 1
    const set = this.openSet(part, stepIndex, setCount)
    const result = await learner.evaluate(
      part,
      stepIndex,
      async (rows, logitsNk) => {
        this.refuseNotFinite(rows, stepIndex)
        await set.add(rows, logitsNk)
        if (which === 'result') await this.out.send({ type: 'predictions', rows })
        // messages to this process are read between the batches
        else await nextTurn()
      },
      interrupted,
    )
    if (result === null) return null
    await this.unreadable.tell(part, stepIndex * this.job.recipe.batchSize + 1)
    // before the evaluation: where one is there, its set is
    await set.end()
    const { loss, accuracy } = result
    const measures = { partCount: this.job.images[part].ids.length, ...result.measures }
    await this.out.send({
      type: 'evaluation',
      evaluation: { stepIndex, part, loss, accuracy, measures, atMs: this.clock() },
      waitMs: result.waitMs,
    })
    await this.log(
      'eval',
      `After step ${String(stepIndex)}, ${part}: ${String(accuracy.correct)} of ${String(accuracy.total)} right, loss ${loss.toFixed(4)}.`,
    )
    return { valAccuracy: accuracy.value, valLoss: loss }
  }

  /** As many training images as a twentieth of the run's time allows, drawn evenly; no figure of the run is made of them. */
  private async scoreTraining(learner: Learner, stepIndex: number, msPerImage: number): Promise<void> {
    const { recipe, images } = this.job
    const sample = trainingSample(this.job, this.unreadable.missing.of('train'), stepIndex)
    const firstBatchMs = msPerImage * Math.min(recipe.microBatchSize, sample.length)
    const isOver = scoringLimit(this.clock() - this.startMs, firstBatchMs, this.clock)
    if (isOver()) return
    const set = this.openSet('train', stepIndex, 1)
    let correct = 0
    await learner.scoreTraining(
      sample,
      async (rows, logitsNk) => {
        this.refuseNotFinite(rows, stepIndex)
        correct += rows.filter(({ labelRank }) => labelRank === 1).length
        await set.add(rows, logitsNk)
        await nextTurn()
      },
      isOver,
    )
    await set.end()
    if (set.rowCount === 0) return
    const counts = `${String(set.rowCount)} of ${String(images.train.ids.length)}`
    await this.log(
      'info',
      `Kept predictions of ${counts} training images; of these ${String(correct)} are right.`,
    )
  }

  /** A step may have a loss from before its update, and weights after it that have none. */
  private refuseNotFinite(rows: readonly PredictedRow[], stepsDone: number): void {
    const lost = rows.find(({ loss }) => !Number.isFinite(loss))
    if (lost !== undefined) throw notFinite(lost.loss, stepsDone - 1, this.job.recipe)
  }

  /** `setCount`: how many of this size the run will keep. */
  private openSet(part: SplitPart, stepIndex: number, setCount: number): SetSender {
    const classCount = this.job.classNames.length
    const partCount = this.job.images[part].ids.length
    const shape = {
      classCount,
      loss: this.job.recipe.loss,
      hasScores: keepsScores(partCount * setCount, classCount),
    }
    return new SetSender({ stepIndex, part, partCount, shape }, this.out)
  }
}

/** null where the system does not say: it opens a file for that, and a run does not end for want of a figure. */
function residentBytes(): number | null {
  try {
    return process.memoryUsage.rss()
  } catch {
    return null
  }
}
