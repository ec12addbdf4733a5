/** The end of a task. */
import type { Task } from '../../contract/events'
import { app } from './app.svelte'

/** Once; at once where it ended before its number was here. */
export function whenTaskEnds(taskId: number, then: (task: Task) => void): void {
  const known = app.tasks.find(({ id }) => id === taskId)
  if (known !== undefined && known.state !== 'running') return then(known)
  const stop = app.onEvent((event) => {
    if (event.type !== 'task' || event.task.id !== taskId || event.task.state === 'running') return
    stop()
    then(event.task)
  })
}
