/** Long work other than runs: imports, the drawing of the sample, measurements. Kept in memory, ended with the core. */
import { toWireError, WorkbenchError } from '../../contract/errors'
import type { CoreEvent, Task } from '../../contract/events'
import type { Clock } from '../app/clock'
import type { DomainHandlers } from '../app/handlers'
import { createRate } from './rate'
import { createThrottle } from './throttle'

export interface TaskProgress {
  readonly phase: string
  readonly done: number
  readonly total: number | null
  readonly note?: string
}

export interface TaskWork {
  readonly signal: AbortSignal
  progress(progress: TaskProgress): void
}

export interface Tasks {
  /** Starts the work and answers with the task's id. `work` resolves to the id of what it made. */
  start(kind: Task['kind'], label: string, work: (task: TaskWork) => Promise<number | null>): number
  list(): Task[]
  cancel(id: number): void
  /** Cancels everything and waits for its end. */
  close(): Promise<void>
}

/** A client draws ten times a second at most. */
const eventIntervalMs = 100
/** Finished tasks that are still listed, so that a client that reconnects sees how they ended. */
const keptFinishedTasks = 50

/** Begun by a screen or a training, not by someone who waits for it. */
const unasked: readonly Task['kind'][] = ['probe', 'measure', 'features', 'map']

/** `record`: keeps a word of the work, for the case that this process is killed, until what it returns is called. */
export function createTasks(
  emit: (event: CoreEvent) => void,
  clock: Clock,
  record: (label: string) => () => void = () => () => undefined,
): Tasks {
  const tasks = new Map<number, Task>()
  const running = new Map<number, { abort: AbortController; ended: Promise<void> }>()
  let lastId = 0

  const forgetOld = (): void => {
    const finished = [...tasks.values()].filter((task) => task.state !== 'running')
    for (const task of finished.slice(0, Math.max(0, finished.length - keptFinishedTasks)))
      tasks.delete(task.id)
  }

  return {
    start(kind, label, work) {
      const id = ++lastId
      const abort = new AbortController()
      const rate = createRate()
      let task: Task = { ...newTask, id, kind, label }
      tasks.set(id, task)
      const forget = unasked.includes(kind) ? () => undefined : record(label)
      const events = createThrottle(eventIntervalMs, clock, () => emit({ type: 'task', task }))
      const change = (part: Partial<Task>): void => {
        task = { ...task, ...part }
        tasks.set(id, task)
      }
      const end = (part: Partial<Task>): void => {
        change({ ...part, etaMs: null })
        running.delete(id)
        forget()
        forgetOld()
        events.cancel()
        emit({ type: 'task', task })
      }
      const progress = (now: TaskProgress): void => {
        if (abort.signal.aborted) return
        // Another phase counts other things: its rate starts anew.
        if (now.phase !== task.phase) rate.restart()
        rate.observe(now.done, clock())
        change({
          ...now,
          note: now.note ?? task.note,
          ratePerSecond: rate.perSecond(),
          etaMs: rate.etaMs(now.total),
        })
        events.call()
      }
      // The work starts after this call has answered, so that a client knows the task before its first event.
      const ended = Promise.resolve()
        .then(() => work({ signal: abort.signal, progress }))
        .then(
          (resultId) => end({ state: 'done', resultId }),
          (thrown: unknown) => {
            const cancelled =
              abort.signal.aborted || (thrown instanceof WorkbenchError && thrown.code === 'cancelled')
            end(cancelled ? { state: 'cancelled' } : { state: 'failed', error: toWireError(thrown) })
          },
        )
      running.set(id, { abort, ended })
      emit({ type: 'task', task })
      return id
    },
    list: () => [...tasks.values()],
    cancel(id) {
      if (!tasks.has(id)) throw new WorkbenchError('not-found', `There is no task ${id}.`)
      running.get(id)?.abort.abort()
    },
    async close() {
      const all = [...running.values()]
      for (const { abort } of all) abort.abort()
      await Promise.all(all.map(({ ended }) => ended))
    },
  }
}

export function tasksHandlers(tasks: Tasks): DomainHandlers<'tasks'> {
  return {
    'tasks.list': async () => tasks.list(),
    'tasks.cancel': async ({ id }) => {
      tasks.cancel(id)
      return {}
    },
  }
}

const newTask: Omit<Task, 'id' | 'kind' | 'label'> = {
  state: 'running',
  phase: 'Starting',
  done: 0,
  total: null,
  ratePerSecond: null,
  etaMs: null,
  note: '',
  resultId: null,
  error: null,
}
