import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '../../src/contract/errors'
import { taskSchema, type CoreEvent, type Task } from '../../src/contract/events'
import { createTasks } from '../../src/main/tasks/tasks'

function collect() {
  const seen: Task[] = []
  let ended: (task: Task) => void
  const end = new Promise<Task>((resolve) => (ended = resolve))
  const emit = (event: CoreEvent): void => {
    if (event.type !== 'task') return
    seen.push(taskSchema.parse(event.task))
    if (event.task.state !== 'running') ended(event.task)
  }
  return { seen, end, emit }
}

describe('tasks', () => {
  it('tells progress with rate and time left, then the result', async () => {
    const { seen, end, emit } = collect()
    let nowMs = 0
    const tasks = createTasks(emit, () => nowMs)
    const id = tasks.start('import', 'Import x', async ({ progress }) => {
      for (let done = 0; done <= 10; done++) {
        nowMs += 1000
        progress({ phase: 'Looking', done, total: 20, note: '1 turned' })
      }
      return 42
    })
    const last = await end
    expect(last).toMatchObject({
      id,
      state: 'done',
      resultId: 42,
      done: 10,
      total: 20,
      note: '1 turned',
      etaMs: null,
    })
    const late = seen.at(-2)
    expect(late?.ratePerSecond).toBeCloseTo(1)
    expect(late?.etaMs).toBeCloseTo(10_000)
    expect(tasks.list()).toEqual([last])
  })

  it('sends at most one event in a tenth of a second', async () => {
    const { seen, end, emit } = collect()
    const tasks = createTasks(emit, () => 5)
    tasks.start('import', 'Import x', async ({ progress }) => {
      for (let done = 0; done < 1000; done++) progress({ phase: 'Looking', done, total: 1000 })
      return 1
    })
    await end
    expect(seen.map(({ state, done }) => `${state} ${String(done)}`)).toEqual([
      'running 0',
      'running 0',
      'done 999',
    ])
  })

  it('keeps a word of work that someone asked for until it has ended, however that is', async () => {
    const { emit } = collect()
    const words = new Set<string>()
    const tasks = createTasks(
      emit,
      () => 0,
      (label) => {
        words.add(label)
        return () => words.delete(label)
      },
    )
    const until = Promise.withResolvers<number>()
    tasks.start('import', 'Import x', () => until.promise)
    tasks.start('bundle', 'Save y', () => until.promise)
    tasks.start('probe', 'Measure this machine', () => until.promise)
    expect([...words]).toEqual(['Import x', 'Save y'])
    until.reject(new Error('broken'))
    await tasks.close()
    expect([...words]).toEqual([])
  })

  it('ends as failed with the error, as cancelled when cancelled', async () => {
    const failing = collect()
    createTasks(failing.emit, () => 0).start('measure', 'Measure', async () => {
      throw new WorkbenchError('dataset-empty', 'No images in /x.', 'Choose another folder.')
    })
    expect(await failing.end).toMatchObject({
      state: 'failed',
      error: { code: 'dataset-empty', message: 'No images in /x.', wayOut: 'Choose another folder.' },
    })

    const cancelled = collect()
    const tasks = createTasks(cancelled.emit, () => 0)
    const id = tasks.start('import', 'Import', ({ signal }) => {
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new WorkbenchError('cancelled', 'Cancelled.')))
      })
    })
    await Promise.resolve()
    tasks.cancel(id)
    expect(await cancelled.end).toMatchObject({ state: 'cancelled', error: null, resultId: null })
    expect(() => tasks.cancel(99)).toThrow('There is no task 99')
  })

  it('shows what was done when it was cancelled, not what the work still reports while it ends', async () => {
    const { seen, end, emit } = collect()
    let nowMs = 0
    const tasks = createTasks(emit, () => nowMs)
    const id = tasks.start('import', 'Import', async ({ signal, progress }) => {
      progress({ phase: 'Looking', done: 3, total: 10 })
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      // Later than the throttle's interval: it is not what keeps these back.
      nowMs += 60_000
      progress({ phase: 'Looking', done: 4, total: 10 })
      progress({ phase: 'Clearing away', done: 0, total: null })
      throw new WorkbenchError('cancelled', 'Cancelled.')
    })
    await Promise.resolve()
    tasks.cancel(id)
    expect(await end).toMatchObject({ state: 'cancelled', phase: 'Looking', done: 3, total: 10 })
    expect(seen.map(({ state, done }) => `${state} ${String(done)}`)).toEqual([
      'running 0',
      'running 3',
      'cancelled 3',
    ])
    expect(tasks.list()).toMatchObject([{ id, phase: 'Looking', done: 3 }])
  })

  it('waits for the end of what it cancels when it closes', async () => {
    const { emit } = collect()
    const tasks = createTasks(emit, () => 0)
    let cleaned = false
    tasks.start('import', 'Import', async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      await new Promise((resolve) => setImmediate(resolve))
      cleaned = true
      return null
    })
    await Promise.resolve()
    await tasks.close()
    expect(cleaned).toBe(true)
  })
})
