/** Plan, measure, start, resume, stop. */
import { type LogLine, restartedLead, type Run, type TrainRequest } from '../../contract/entities/run'
import { fromWireError, toWireError, WorkbenchError } from '../../contract/errors'
import { formatPx } from '../../domain/figures'
import { sizeWords } from '../../domain/model/model-names'
import { typedName } from '../../domain/names'
import { readCheckpoint, verifyCheckpoint } from '../store/checkpoints/checkpoint-read'
import { checkpointOf } from '../store/checkpoints/checkpoints'
import { jobImages } from '../store/datasets/datasets'
import { insertLog } from '../store/runs/metrics'
import { checkResumable, findRunName, getRun, insertRun, rewindRun, updateRun } from '../store/runs/runs'
import { inTransaction } from '../store/statement'
import { listUnreadable } from '../store/datasets/unreadable-images'
import type { TrainJob } from '../protocol/messages'
import { countsOf } from '../../domain/estimate/probe-size'
import { checkCanKeepBest, findBest } from './best-checkpoint'
import { branchOf } from './continued'
import { checkImages, recordImages } from './check-images'
import type { ServiceContext } from '../app/context'
import type { EngineService } from '../engine/engine'
import { takeInLabels } from '../labels/look-for-returning'
import type { DomainHandlers } from '../app/handlers'
import { measureModel } from './measure-model'
import { busyError } from './obstacles'
import { memoryAvailable } from '../engine/memory-available'
import { openModelFile, type ModelFile } from '../models/model-source'
import { findLastSound } from './last-sound'
import { recordTwins } from './leak'
import { newRun } from './new-run'
import { refuseChangedStart } from './changed-start'
import { makePlan, type Planned } from './plan'
import type { Runner } from './runner'
import type { SpeedProbe } from './speed-probe'
import { sameAgain } from './same-again'
import { memoryNeeded } from '../costs/training-cost'

/** What the queue asks of a start beside the request. */
export interface StartOptions {
  /** Of repeats or of a sweep. */
  readonly groupId?: number | null
  /** In the transaction that makes the run. */
  readonly onMade?: (runId: number) => void
  /** It pauses there, validated. */
  readonly pauseAtStep?: number | undefined
}

export interface Training {
  start(request: TrainRequest, options?: StartOptions): Promise<Run>
  resume(id: number, options?: Pick<StartOptions, 'pauseAtStep' | 'onMade'>): Promise<Run>
  readonly handlers: DomainHandlers<'training'>
}

export function createTraining(
  context: ServiceContext,
  engine: EngineService,
  runner: Runner,
  probe: SpeedProbe,
  /** What decoded images may take on disk. */
  imageCacheBytes: () => number,
): Training {
  const { db, checkpoints, clock, emit, tasks, ordered } = context

  function refuseWhileBusy(): void {
    const busy = runner.inTheWay()
    if (busy !== null) throw fromWireError(busy)
  }

  async function start(request: TrainRequest, options: StartOptions = {}): Promise<Run> {
    const { groupId = null, onMade, pauseAtStep } = options
    const typed = request.name.trim() === '' ? null : typedName(request.name, 'run')
    await runner.free()
    // The micro-batch depends on the engine's memory; and where no engine works, nothing shall start in vain.
    if (runner.inTheWay() === null) await engine.report()
    // a budget rests on the measurement; what has none need not wait for it
    if (request.budgetMs === null) await probe.cancel()
    else await probe.ended()
    let planned = await makePlan(context, engine, runner.inTheWay(), request)
    // Another start may have come first while this one looked at the disk.
    const obstacle = runner.inTheWay() ?? planned.plan.obstacles[0]
    if (obstacle !== undefined) throw fromWireError(obstacle)
    // what goes on from a checkpoint stays on the split of its run
    const takenIn =
      planned.parent === null
        ? await ordered(request.datasetId, () => takeInLabels(db, request.datasetId, clock()))
        : null
    if (takenIn !== null) {
      emit({ type: 'datasets-changed' })
      planned = await makePlan(context, engine, runner.inTheWay(), request)
    }
    const { plan, dataset } = planned

    const checked = await checkImages(context, dataset.split.id, `Check the images of "${dataset.name}"`)
    const files: ModelFile[] = []
    let runId: number | null = null
    try {
      const from = await openStart(planned, files)
      refuseWhileBusy()
      runId = inTransaction(db, () => {
        const made = insertRun(db, newRun(typed, planned, request.budgetMs, clock(), groupId))
        onMade?.(made)
        return made
      })
      emit({ type: 'datasets-changed' }) // its count of runs
      const { batchSize } = plan.recipe
      recordImages(context, runId, checked, { fromStep: planned.parent?.stepIndex ?? 0, batchSize })
      const leak = recordTwins(db, runId, dataset)
      if (leak !== null) tell(runId, { kind: 'warn', text: leak })
      return startTrainer(runId, files, { ...from.job, pauseAtStep }, from.bytes)
    } catch (thrown) {
      if (runId !== null) {
        runner.end(runId, 'failed', toWireError(thrown))
      }
      await closeAll(files)
      throw thrown
    }
  }

  /** The files that its first step needs: weights, or the checkpoint that it goes on from. They are put into `files`. */
  async function openStart(
    { plan, parent }: Planned,
    files: ModelFile[],
  ): Promise<{ readonly job: Pick<TrainJob, 'weightsPath' | 'resume'>; readonly bytes: ResumeBytes | null }> {
    const needsWeights = parent === null || plan.recipe.decayTowardInitial !== 0
    const source = plan.weights === null || !needsWeights ? null : await openModelFile(context, plan.weights)
    if (source !== null) files.push(source)
    const weightsPath = source?.path ?? null
    if (parent === null) return { job: { weightsPath, resume: null }, bytes: null }
    const { runId, stepIndex } = parent
    const checkpoint = checkpointOf(db, runId, stepIndex)
    if (checkpoint === null)
      throw new WorkbenchError('not-found', 'The checkpoint was deleted before the run could start.')
    await verifyCheckpoint(db, checkpoints, checkpoint.id)
    return {
      job: { weightsPath, resume: { stepIndex, ...noWork } },
      bytes: readCheckpoint(db, checkpoints, checkpoint.id),
    }
  }

  /** A run that has ended, evaluated with its best checkpoint, which is then its last. */
  async function keepBest(id: number): Promise<void> {
    await runner.free(id)
    if (runner.inTheWay() === null) await engine.report()
    refuseWhileBusy()
    runner.saveEnds()
    checkCanKeepBest(db, id)
    const { splitId, name } = getRun(db, id)
    await checkImages(context, splitId, `Check the images of "${name}"`)
    await probe.cancel()
    refuseWhileBusy()
    if (findRunName(db, id) === null) throw runDeleted(name)
    // another may have begun to keep its best, or to resume it
    checkCanKeepBest(db, id)
    const disclaim = runner.claim(id)
    try {
      updateRun(db, id, { state: 'starting', error: null })
      emit({ type: 'run', run: getRun(db, id) })
      const { resume: from, bytes } = await findBest(context, id, (line) => tell(id, line))
      startTrainer(id, [], { weightsPath: null, resume: from, onlyEvaluates: true }, bytes)
    } catch (thrown) {
      runner.end(id, 'interrupted', toWireError(thrown))
      throw thrown
    } finally {
      disclaim()
    }
  }

  async function resume(
    id: number,
    { pauseAtStep, onMade }: Pick<StartOptions, 'pauseAtStep' | 'onMade'> = {},
  ): Promise<Run> {
    await runner.free(id)
    if (runner.inTheWay() === null) await engine.report()
    refuseWhileBusy()
    runner.saveEnds()
    checkResumable(db, id)
    const { splitId, name, recipe: resumed, weights } = getRun(db, id)
    if (weights !== null) refuseChangedStart(db, id)
    // before anything of the run is changed
    const checked = await checkImages(context, splitId, `Check the images of "${name}"`)
    refuseWhileBusy()
    await probe.cancel()
    refuseWhileBusy()
    if (findRunName(db, id) === null) throw runDeleted(name)
    checkResumable(db, id)
    // its files are opened before it has a trainer: nothing else may begin meanwhile
    const disclaim = runner.claim(id)
    const files: ModelFile[] = []
    try {
      updateRun(db, id, { state: 'starting', error: null })
      emit({ type: 'run', run: getRun(db, id) }) // from here on it can be stopped
      const checkpoint = await findLastSound(context, id, (line) => tell(id, line))
      // after a checkpoint, only what pulls toward the initial weights needs them again
      const needsStart = checkpoint === null || resumed.decayTowardInitial !== 0
      const source = weights === null || !needsStart ? null : await openModelFile(context, weights)
      if (source !== null) files.push(source)
      // only now: where no file can be opened or written, the steps after the checkpoint stay
      const from = inTransaction(db, () => {
        const fromStep = checkpoint?.stepIndex ?? 0
        recordImages(context, id, checked, { fromStep, batchSize: resumed.batchSize })
        onMade?.(id)
        return rewindRun(db, id)
      })
      if (checkpoint === null) tell(id, { kind: 'info', text: restartedText })
      const { stepIndex, trainingMs, waitMs, isValidated, bestAccuracy, isAnothers } = from
      return startTrainer(
        id,
        files,
        {
          weightsPath: source?.path ?? null,
          resume:
            checkpoint === null
              ? null
              : { stepIndex, trainingMs, waitMs, isValidated, bestAccuracy, isAnothers },
          pauseAtStep,
        },
        checkpoint?.bytes ?? null,
      )
    } catch (thrown) {
      runner.end(id, 'interrupted', toWireError(thrown))
      await closeAll(files)
      throw thrown
    } finally {
      disclaim()
    }
  }

  function tell(runId: number, said: Pick<LogLine, 'kind' | 'text'>): void {
    const line = { atMs: clock(), ...said }
    insertLog(db, runId, line)
    emit({ type: 'run-log', runId, line })
  }

  function startTrainer(
    runId: number,
    files: readonly ModelFile[],
    from: Pick<TrainJob, 'weightsPath' | 'resume' | 'pauseAtStep' | 'onlyEvaluates'>,
    resumeBytes: ResumeBytes | null,
  ): Run {
    const run = getRun(db, runId)
    const { spec, recipe, classCount, splitId } = run
    const list = jobImages(db, splitId)
    // of the machine, where copies and decoded images are; what a card computes with is its own
    const needed =
      engine.known()?.device === 'gpu' ? 0 : memoryNeeded(spec, classCount, recipe, countsOf(list.images))
    const free = memoryAvailable(null) - needed
    const job: TrainJob = {
      kind: 'train',
      spec,
      recipe,
      ...list,
      ...from,
      unreadable: listUnreadable(db, runId),
      checkpointCopyBytes: Math.max(0, Math.min(free / 4, checkpointCopyLimitBytes)),
      cacheBytes: cacheBytes(free),
      imageCache: {
        folder: context.paths.imageCachePath,
        limitBytes: imageCacheBytes(),
        keepFreeBytes: imageCacheKeepFreeBytes,
      },
    }
    emit({ type: 'run', run })
    runner.start(runId, job, resumeBytes, () => void closeAll(files))
    return run
  }

  const handlers: DomainHandlers<'training'> = {
    'training.plan': async (request) => {
      probe.beginQuietly()
      return (await makePlan(context, engine, runner.inTheWay(), request)).plan
    },
    'training.probe': async () => ({ taskId: await probe.begin() }),
    'training.measure': async (request) => {
      await runner.free()
      await probe.ended()
      const active = runner.active()
      // beside a training it would measure too long, and make the training slower, also on another device
      const inTheWay = active.length === 0 ? null : busyError(active, 1)
      const { plan, model, dataset } = await makePlan(context, engine, inTheWay, request)
      const busy = plan.obstacles.find(({ code }) => code === 'busy')
      if (busy !== undefined) throw fromWireError(busy)
      const label = `Measure ${sizeWords(model.name)} at ${formatPx(plan.recipe.cropPx)}`
      return {
        taskId: tasks.start('measure', label, (task) =>
          measureModel(context, engine, task, model, dataset.classCount, plan.recipe),
        ),
      }
    },
    'training.start': (request) => start(request),
    'training.again': async ({ id }) => ({ ...sameAgain(getRun(db, id)), again: id }),
    'training.resume': ({ id }) => resume(id),
    'training.branch': async (from) => branchOf(db, from),
    'training.stop': async ({ id, keep }) => {
      if (keep === 'last' || runner.active().some((run) => run.id === id))
        runner.stop(id, keep === 'best' ? 'best' : 'evaluate')
      else await keepBest(id)
      return {}
    },
    'training.pause': async ({ id }) => {
      runner.stop(id, 'pause')
      return {}
    },
  }
  return { start, resume, handlers }
}

/** Of a run that goes on from the checkpoint of another. */
const noWork = { trainingMs: 0, waitMs: 0, isValidated: true, bestAccuracy: null, isAnothers: true } as const

type ResumeBytes = AsyncGenerator<Uint8Array, void, undefined>

async function closeAll(files: readonly ModelFile[]): Promise<void> {
  await Promise.all(files.map((file) => file.close()))
}

const restartedText = `${restartedLead}: the run has no checkpoint to go on from. Its seed and settings are the same, so its result is too.`

function runDeleted(name: string): WorkbenchError {
  return new WorkbenchError(
    'not-found',
    `The run "${name}" was deleted before it could resume. No run was started.`,
    'Start a new run.',
  )
}

/** On the disk of the decoded images, whose folder may be deleted at any time: for checkpoints and whatever else the disk is for. */
const imageCacheKeepFreeBytes = 5e9

/** More is sent without a copy: steps wait for that, which in such large models take seconds themselves. */
const checkpointCopyLimitBytes = 2e9

/** A third of what the model leaves free, but never so little that nothing is kept, nor more than decoding can fill. */
function cacheBytes(freeBytes: number): number {
  return Math.round(Math.min(Math.max(freeBytes / 3, 64 * 1024 ** 2), 16 * 1024 ** 3))
}
