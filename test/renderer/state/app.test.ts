/** What every screen shares, where something happens while the core is asked for it. */
import { describe, expect, it } from 'vitest'
import type { Run } from '../../../src/contract/entities/run'
import type { Task } from '../../../src/contract/events'
import { app } from '../../../src/renderer/state/app.svelte'
import { startApp } from '../support/start-app'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const run = (id: number, state: Run['state']): Run => ({ id, state }) as Run
const task = (id: number, state: Task['state']): Task => ({ id, state }) as Task

/** A core whose answers to some calls wait for the test. */
function core(late: readonly string[]) {
  const world = { active: [1, 2], runs: [run(1, 'training'), run(2, 'training')], tasks: [] as Task[] }
  const waiting: (() => void)[] = []
  const answer = (name: string, { id = 0 }: { id?: number }): unknown => {
    if (name === 'history.find')
      return { ids: Buffer.from(Uint32Array.from(world.active).buffer).toString('base64') }
    if (name === 'runs.get') return world.runs.find((one) => one.id === id)
    if (name === 'tasks.list') return world.tasks
    return name === 'app.info' ? { startNotes: [], databaseCheck: { state: 'whole' }, devices: ['CPU'] } : {}
  }
  const line = startApp(async (name, input) => {
    const answered = answer(name, input)
    if (late.includes(name)) await new Promise<void>((resolve) => waiting.push(resolve))
    return answered
  })
  return {
    ...line,
    world,
    waiting,
    async release(): Promise<void> {
      for (const one of waiting.splice(0)) one()
      await turn()
    },
  }
}
const active = (): readonly number[] => app.activeRuns.map(({ id }) => id)

describe('the runs that train', () => {
  it('are without one that ended between the list and the look at it', async () => {
    const { world, release } = core(['history.find'])
    world.runs = [run(1, 'done'), run(2, 'training')]
    await release()
    expect(active()).toEqual([2])
  })

  it('are as what was told while they were asked for says', async () => {
    const { tell, release } = core(['runs.get'])
    await turn()
    tell({ type: 'run', run: run(3, 'starting') })
    tell({ type: 'run', run: run(1, 'done') })
    tell({ type: 'run-deleted', runId: 1 })
    tell({ type: 'run', run: run(2, 'interrupted') })
    await release()
    expect(active()).toEqual([3])
    expect(app.isFull).toBe(true)
  })

  it('are those of the newest answer, whichever comes last', async () => {
    const { world, waiting, again, release } = core(['history.find'])
    const first = waiting.splice(0)
    world.active = [2]
    again()
    await release()
    expect(active()).toEqual([2])
    for (const one of first) one()
    await turn()
    expect(active()).toEqual([2])
  })
})

it('a task that ended while the tasks were asked for has ended', async () => {
  const { world, tell, again, release } = core(['tasks.list'])
  world.tasks = [task(1, 'running'), task(2, 'running')]
  again()
  tell({ type: 'task', task: task(1, 'done') })
  await release()
  expect(app.tasks).toEqual([task(1, 'done'), task(2, 'running')])
})
