import { describe, expect, it } from 'vitest'
import type { Task } from '../../src/contract/events'
import { taskWords } from '../../src/renderer/ui/task-words'

const task: Task = {
  id: 1,
  kind: 'import',
  label: 'flowers',
  state: 'running',
  phase: 'Reading',
  done: 312,
  total: 4000,
  ratePerSecond: 8.42,
  etaMs: 438_000,
  note: '',
  resultId: null,
  error: null,
}

describe('a task in words', () => {
  it('counts pieces', () => {
    expect(taskWords(task)).toEqual({
      done: '312 of 4,000',
      rate: '8.42 per second',
      left: '7 min 18 s left',
      share: 0.078,
    })
  })

  it('counts the bytes of a download', () => {
    const words = taskWords({ ...task, kind: 'download', done: 12e6, total: 94.2e6, ratePerSecond: 3.1e6 })
    expect(words.done).toBe('12.0 MB of 94.2 MB')
    expect(words.rate).toBe('3.1 MB per second')
  })

  it('leaves out what is not known yet', () => {
    expect(taskWords({ ...task, total: null, ratePerSecond: null, etaMs: null })).toEqual({
      done: '312',
      rate: '',
      left: '',
      share: null,
    })
    expect(taskWords({ ...task, done: 0, total: null }).done).toBe('')
    expect(taskWords({ ...task, done: 0, total: 0 }).share).toBeNull()
  })
})
