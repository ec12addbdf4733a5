/** What waits to be trained: the next one begins when the one before has ended, also after the workbench was closed in between. */
import { activeRunStates, type TrainRequest } from '../../contract/entities/run'
import type { Queue, QueuedWork } from '../../contract/entities/queue'
import { fromWireError, toWireError, type ErrorCode, type WireError } from '../../contract/errors'
import type { CoreEvent } from '../../contract/events'
import type { DomainHandlers } from '../app/handlers'
import type { ServiceContext } from '../app/context'
import type { EngineService } from '../engine/engine'
import {
  entryOfRun,
  getQueued,
  insertQueued,
  listQueue,
  moveQueued,
  nextQueued,
  queuedFailed,
  queuedStarted,
  queueState,
  setQueueState,
  skipQueued,
  takeLeftRun,
} from '../store/runs/queue'
import { checkResumable, getRun } from '../store/runs/runs'
import type { GroupCourse } from './group-course'
import { makePlan } from './plan'
import type { Runner } from './runner'
import type { Training } from './training'

export interface QueueService {
  readonly handlers: DomainHandlers<'queue'>
  /** Throws what stands in the way of this start by itself. */
  add(work: QueuedWork, datasetId: number): Promise<number>
  /** Lets the next one begin where none trains, if this core works through the queue. */
  goOn(): void
  close(): Promise<void>
}

export interface QueueOptions {
  /** Not for a command that soon ends: what it began would end with it. */
  readonly works: boolean
  subscribe(listener: (event: { readonly event: CoreEvent }) => void): () => void
}

/** What would stop the ones after it just the same: the queue holds, and says why. */
const everyonesTrouble: readonly ErrorCode[] = [
  'disk-full',
  'engine-missing',
  'home-read-only',
  'home-broken',
  'home-unreachable',
]

/** It waits on: a measurement runs, or the core closes. */
const laterOn: readonly ErrorCode[] = ['busy', 'cancelled']
/** Then it looks again, though nothing said that a measurement had ended. */
const lookAgainMs = 2000

export function createQueue(
  context: ServiceContext,
  engine: EngineService,
  runner: Runner,
  training: Training,
  course: GroupCourse,
  { works, subscribe }: QueueOptions,
): QueueService {
  const { db, clock, emit } = context
  let closing = false
  let pumping: Promise<void> | null = null
  let again = false
  let timer: NodeJS.Timeout | undefined
  /** Runs that have not ended since. */
  const seenActive = new Set<number>()

  const changed = (): void => emit({ type: 'queue-changed' })
  const state = (): Queue => ({
    ...queueState(db),
    isBusy: pumping !== null || runner.active().length > 0,
    entries: listQueue(db),
  })

  function hold(because: WireError | null): void {
    setQueueState(db, false, because)
    changed()
  }

  function goOn(): void {
    if (!works || closing) return
    again = true
    pumping ??= pump()
      .catch((thrown: unknown) => {
        process.stderr.write(`The queue cannot go on: ${toWireError(thrown).message}\n`)
      })
      .finally(() => {
        pumping = null
        if (closing) return
        if (again) goOn()
        else changed()
      })
  }

  async function pump(): Promise<void> {
    while (again) {
      again = false
      await runner.free()
      while (!closing && queueState(db).isRunning && runner.inTheWay() === null)
        if (!(await beginNext())) return
    }
  }

  /** Whether there may be another one to begin. */
  async function beginNext(): Promise<boolean> {
    const left = takeLeftRun(db)
    if (left !== null) return begin(null, () => training.resume(left, course.limitsOfRun(left)))
    const promoted = course.nextPromotion()
    if (promoted !== null)
      return begin(null, () => training.resume(promoted.runId, { pauseAtStep: promoted.pauseAtStep }))
    const next = nextQueued(db)
    if (next === null) return false
    const { id, work, groupId } = next
    return begin(id, () => {
      const onMade = (runId: number): void => queuedStarted(db, id, runId)
      return work.kind === 'resume'
        ? training.resume(work.runId, { onMade })
        : training.start(work.request, { groupId, onMade, ...course.limitsOf(next) })
    })
  }

  async function begin(id: number | null, start: () => Promise<unknown>): Promise<boolean> {
    try {
      await start()
      changed()
      return true
    } catch (thrown) {
      const error = toWireError(thrown)
      if (closing) return false
      if (laterOn.includes(error.code)) {
        clearTimeout(timer)
        timer = setTimeout(goOn, lookAgainMs).unref()
        return false
      }
      if (everyonesTrouble.includes(error.code)) {
        hold(error)
        return false
      }
      // where the run was made, it says itself why it failed
      if (id !== null && getQueued(db, id).state === 'waiting') queuedFailed(db, id, error)
      changed()
      return true
    }
  }

  const unsubscribe = subscribe(({ event }) => {
    if (event.type !== 'run') return
    const { run } = event
    if (activeRunStates.includes(run.state)) {
      seenActive.add(run.id)
      return
    }
    // one that is renamed or restored long after its pause is told of, too
    const hasPaused = seenActive.delete(run.id) && run.state === 'paused'
    if (hasPaused && !course.restsAtRung(run) && queueState(db).isRunning && nextQueued(db) !== null)
      hold(pausedHolds(run.name))
    if (entryOfRun(db, run.id) !== null) changed()
    goOn()
  })

  async function add(work: QueuedWork, datasetId: number): Promise<number> {
    if (work.kind === 'start') await refuseHopeless(work.request)
    else checkResumable(db, work.runId)
    const id = insertQueued(db, { work, datasetId, addedAtMs: clock() })
    changed()
    goOn()
    return id
  }

  /** Now, not hours later in the night. */
  async function refuseHopeless(request: TrainRequest): Promise<void> {
    const { plan } = await makePlan(context, engine, null, request)
    const obstacle = plan.obstacles.find(({ code }) => code !== 'busy')
    if (obstacle !== undefined) throw fromWireError(obstacle)
  }

  const handlers: DomainHandlers<'queue'> = {
    'queue.list': async () => state(),
    'queue.add': async (request) => getQueued(db, await add({ kind: 'start', request }, request.datasetId)),
    'queue.addResume': async ({ id }) =>
      getQueued(db, await add({ kind: 'resume', runId: id }, getRun(db, id).datasetId)),
    'queue.move': async ({ id, to }) => {
      moveQueued(db, id, to)
      changed()
      return state()
    },
    'queue.remove': async ({ id }) => {
      getQueued(db, id)
      skipQueued(db, id)
      changed()
      return state()
    },
    'queue.start': async ({ id }) => {
      if (id !== undefined) moveQueued(db, id, 0)
      setQueueState(db, true)
      changed()
      goOn()
      return state()
    },
    'queue.pause': async () => {
      hold(null)
      return state()
    },
  }

  return {
    handlers,
    add,
    goOn,
    close: async () => {
      closing = true
      clearTimeout(timer)
      unsubscribe()
      await pumping
    },
  }
}

function pausedHolds(name: string): WireError {
  return {
    code: 'busy',
    message: `The queue waits because "${name}" was paused.`,
    wayOut: 'Resume the run, or start the queue.',
  }
}
