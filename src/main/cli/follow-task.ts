/** Shows a task of the core until its end. */
import { fromWireError, WorkbenchError } from '../../contract/errors'
import type { Task } from '../../contract/events'
import type { Core } from '../host/compose'
import type { CliContext } from './context'
import { count, duration, rate } from './format'

/** Resolves to what the task made. Throws the task's error; 'cancelled' after Ctrl-C. */
export async function followTask(
  context: Pick<CliContext, 'output' | 'onInterrupt'>,
  core: Core,
  taskId: number,
): Promise<number> {
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
    return resultOf(await ended)
  } finally {
    unsubscribe()
    forget()
    output.progress.clear()
  }
}

function resultOf(task: Task): number {
  if (task.state === 'cancelled') {
    throw new WorkbenchError('cancelled', `"${task.label}" was cancelled.`, 'Nothing was kept of it.')
  }
  if (task.error !== null) throw fromWireError(task.error)
  if (task.resultId === null) throw new Error(`The task "${task.label}" made nothing.`)
  return task.resultId
}

function progressLine({ phase, done, total, ratePerSecond, etaMs, note }: Task): string {
  return [
    phase,
    total !== null ? `${count(done)} of ${count(total)}` : done > 0 ? count(done) : '',
    ratePerSecond === null ? '' : `${rate(ratePerSecond)}/s`,
    etaMs === null ? '' : `${duration(etaMs)} left`,
    note,
  ]
    .filter((part) => part !== '')
    .join(' · ')
}
