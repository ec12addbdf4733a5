/** Shows a task of the core until its end. */
import { fromWireError, WorkbenchError } from '../../contract/errors'
import { formatRate } from '../../domain/figures'
import type { Task } from '../../contract/events'
import type { Core } from '../host/compose'
import type { CliContext } from './context'
import { bytes, count, duration } from './text/format'

/** Resolves to what the task made. Throws the task's error; 'cancelled' after Ctrl-C. */
export async function followTask(
  context: Pick<CliContext, 'output' | 'onInterrupt'>,
  core: FollowedCore,
  taskId: number,
): Promise<number> {
  const { label, resultId } = await followToEnd(context, core, taskId)
  if (resultId === null) throw new Error(`The task "${label}" produced nothing.`)
  return resultId
}

export type FollowedCore = Pick<Core, 'call' | 'subscribe'>

/** The same for a task that makes nothing with an id: resolves to its last state. */
export async function followToEnd(
  context: Pick<CliContext, 'output' | 'onInterrupt'>,
  core: FollowedCore,
  taskId: number,
): Promise<Task> {
  const { output } = context
  const forget = context.onInterrupt(() => {
    output.note('Cancelling …')
    void core.call('tasks.cancel', { id: taskId })
  })
  let unsubscribe = (): void => undefined
  try {
    const ended = new Promise<Task>((resolve) => {
      const see = (task: Task): void => {
        if (task.id !== taskId) return
        if (task.state === 'running') output.progress.show(progressLine(task))
        else resolve(task)
      }
      const end = core.subscribe(({ event }) => {
        if (event.type === 'task') see(event.task)
      })
      unsubscribe = () => void end()
      // It may have ended before anyone listened.
      void core.call('tasks.list', {}).then((tasks) => tasks.forEach(see))
    })
    return doneOrThrow(await ended)
  } finally {
    unsubscribe()
    forget()
    output.progress.clear()
  }
}

function doneOrThrow(task: Task): Task {
  if (task.state === 'cancelled') {
    throw new WorkbenchError('cancelled', `"${task.label}" was cancelled.`, 'Nothing was saved.')
  }
  if (task.error !== null) throw fromWireError(task.error)
  return task
}

/** One line of how far a task is. */
export function progressLine({ kind, phase, done, total, ratePerSecond, etaMs, note }: Task): string {
  const amount = kind === 'download' ? bytes : count
  return [
    phase,
    total !== null ? `${amount(done)} of ${amount(total)}` : done > 0 ? amount(done) : '',
    ratePerSecond === null
      ? ''
      : `${kind === 'download' ? bytes(Math.round(ratePerSecond)) : formatRate(ratePerSecond)}/s`,
    etaMs === null ? '' : `${duration(etaMs)} left`,
    note,
  ]
    .filter((part) => part !== '')
    .join(' · ')
}
