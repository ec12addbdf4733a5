/** A real core on a home of its own, with the real trainer, and the means to wait for what it says. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TrainRequest, Run } from '../../src/contract/entities/run'
import type { CoreEvent, Task } from '../../src/contract/events'
import { activeRunStates } from '../../src/contract/entities/run'
import { openCore, type Core } from '../../src/main/host/compose'

/** A folder for a test; `remove` deletes it. */
export function temporaryFolder(purpose: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `bitw-${purpose}-`))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export interface TestCore {
  readonly core: Core
  readonly events: CoreEvent[]
  /** The first event, past or to come, for which `pick` answers with something. */
  until<T>(pick: (event: CoreEvent) => T | null | undefined | false): Promise<T>
  /** The task's end; throws where it did not succeed. */
  taskDone(taskId: number): Promise<Task>
  runEnded(runId: number): Promise<Run>
  /** At its end after what is asked next: events of earlier ends do not count. */
  nextRunEnd(runId: number): Promise<Run>
  /** When so many steps are committed; throws where the run ends before. */
  stepsReached(runId: number, count: number): Promise<void>
}

export async function openTestCore(
  homePath: string,
  trainerPath: string,
  options: { readonly worksQueue?: boolean } = {},
): Promise<TestCore> {
  const core = await openCore({ homePath, trainerPath, purpose: 'a test', ...options })
  const events: CoreEvent[] = []
  const watchers = new Set<(event: CoreEvent) => void>()
  core.subscribe(({ event }) => {
    events.push(event)
    for (const watcher of [...watchers]) watcher(event)
  })
  const until: TestCore['until'] = (pick) =>
    new Promise((resolve) => {
      const watch = (event: CoreEvent): boolean => {
        const found = pick(event)
        if (found === null || found === undefined || found === false) return false
        watchers.delete(watch)
        resolve(found as Exclude<typeof found, false | null | undefined>)
        return true
      }
      watchers.add(watch)
      for (const event of events) if (watch(event)) return
    })
  return {
    core,
    events,
    until,
    taskDone: async (taskId) => {
      const task = await until(
        (event) =>
          event.type === 'task' && event.task.id === taskId && event.task.state !== 'running' && event.task,
      )
      if (task.state !== 'done')
        throw new Error(`The task ended as ${task.state}: ${JSON.stringify(task.error)}`)
      return task
    },
    stepsReached: async (runId, count) => {
      const found = await until((event) => {
        if (event.type === 'run-steps' && event.runId === runId) {
          return event.steps.some(({ stepIndex }) => stepIndex + 1 >= count) && 'reached'
        }
        return (
          event.type === 'run' &&
          event.run.id === runId &&
          !activeRunStates.includes(event.run.state) &&
          JSON.stringify(event.run.error)
        )
      })
      if (found !== 'reached') throw new Error(`The run ended before step ${String(count)}: ${found}`)
    },
    nextRunEnd: (runId) =>
      new Promise((resolve) => {
        const watch = (event: CoreEvent): void => {
          if (event.type !== 'run' || event.run.id !== runId || activeRunStates.includes(event.run.state))
            return
          watchers.delete(watch)
          resolve(event.run)
        }
        watchers.add(watch)
      }),
    runEnded: (runId) =>
      until(
        (event) =>
          event.type === 'run' &&
          event.run.id === runId &&
          !activeRunStates.includes(event.run.state) &&
          event.run,
      ),
  }
}

/** The smallest model on images of 32 px: a step takes milliseconds. */
export function tinyRequest(datasetId: number, overrides: TrainRequest['overrides'] = {}): TrainRequest {
  return {
    datasetId,
    model: 'units:1-1-1-1,width:0.5',
    rule: 'paper',
    budgetMs: null,
    preset: 'small',
    overrides: {
      stepCount: 6,
      batchSize: 8,
      microBatchSize: 4,
      resizePx: 40,
      cropPx: 32,
      checkpointEverySteps: 2,
      evaluateEverySteps: 3,
      ...overrides,
    },
    seed: 7,
    weights: null,
    name: '',
  }
}
