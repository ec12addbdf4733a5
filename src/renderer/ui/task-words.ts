/** A task's figures in words; a download counts bytes, all others pieces. Pure. */
import type { Task } from '../../contract/events'
import { formatBytes, formatCount, formatDuration, formatRate } from '../format'

export interface TaskWords {
  /** '312 of 4,000' or '12.0 MB of 94.2 MB'; '' while nothing is counted yet. */
  readonly done: string
  /** '8.4 per second', '3.1 MB per second'; '' while it is not known. */
  readonly rate: string
  /** '4 min left' */
  readonly left: string
  /** In [0, 1]; null while it is not known. */
  readonly share: number | null
}

export function taskWords(task: Task): TaskWords {
  const bytes = task.kind === 'download'
  const amount = bytes ? formatBytes : formatCount
  const rate = task.ratePerSecond
  const counted = task.done === 0 ? '' : amount(task.done)
  return {
    done: task.total === null ? counted : `${amount(task.done)} of ${amount(task.total)}`,
    rate: rate === null ? '' : `${bytes ? formatBytes(rate) : formatRate(rate)} per second`,
    left: task.etaMs === null ? '' : `${formatDuration(task.etaMs)} left`,
    share: task.total === null || task.total === 0 ? null : task.done / task.total,
  }
}
