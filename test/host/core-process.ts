/** Entry of a core in a process of its own, for tests that kill it: imports a folder and trains until it is ended. */
import { openTestCore, tinyRequest } from '../support/test-core'

async function main(): Promise<void> {
  const [homePath = '', trainerPath = '', imagesPath = ''] = process.argv.slice(2)
  const { core, until, taskDone } = await openTestCore(homePath, trainerPath)
  const { taskId } = await core.call('datasets.import', { path: imagesPath, name: 'tiny' })
  const task = await taskDone(taskId)
  const run = await core.call('training.start', tinyRequest(task.resultId ?? 0, { stepCount: 100_000 }))
  // Some steps and a checkpoint are committed: now there is something to lose.
  await until(
    (event) => event.type === 'run' && event.run.id === run.id && (event.run.checkpointStep ?? 0) >= 4,
  )
  const { stepsDone } = await core.call('runs.get', { id: run.id })
  process.send?.({ runId: run.id, stepsDone, trainerProcessId: core.trainerProcessId() })
}

void main()
