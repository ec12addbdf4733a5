/** Entry of a core in a process of its own, which the tests of kills and power cuts drive and end: see test/support/killable-core.ts. */
import { activeRunStates } from '../../src/contract/entities/run'
import { openTestCore, tinyRequest } from '../support/test-core'
import type { FromKillable, ToKillable } from '../support/killable-core'

const [homePath = '', trainerPath = ''] = process.argv.slice(2)

function say(message: FromKillable): void {
  process.send?.(message)
}

async function main(): Promise<void> {
  const { core, taskDone } = await openTestCore(homePath, trainerPath)
  core.subscribe(({ event }) => {
    if (event.type !== 'run') return
    const { id, stepsDone, checkpointStep, state, error } = event.run
    say({
      type: 'run',
      id,
      stepsDone,
      checkpointStep,
      isActive: activeRunStates.includes(state),
      state,
      error,
    })
  })
  const answer = async (message: ToKillable): Promise<void> => {
    switch (message.type) {
      case 'import': {
        const { taskId } = await core.call('datasets.import', { path: message.path, name: 'tiny' })
        return say({ type: 'imported', datasetId: (await taskDone(taskId)).resultId ?? 0 })
      }
      case 'start': {
        const run = await core.call('training.start', tinyRequest(message.datasetId, message.overrides))
        return say({ type: 'started', id: run.id, trainerProcessId: core.trainerProcessId() })
      }
      case 'resume': {
        const run = await core.call('training.resume', { id: message.id })
        return say({ type: 'started', id: run.id, trainerProcessId: core.trainerProcessId() })
      }
      case 'look': {
        const { startNotes } = await core.call('app.info', {})
        const steps = await core.call('runs.steps', { id: message.id, fromStep: 0 })
        const verified: boolean[] = []
        for (const { id } of await core.call('checkpoints.list', { runId: message.id }))
          verified.push((await core.call('checkpoints.verify', { id })).isSound)
        return say({
          type: 'looked',
          startNotes,
          steps: steps.map(({ stepIndex, loss }) => [stepIndex, loss]),
          verified,
        })
      }
      case 'export': {
        const modelId = `run:${String(message.id)}`
        const { taskId } = await core.call('exports.start', { modelId, format: 'npz', path: message.path })
        await taskDone(taskId)
        return say({ type: 'exported' })
      }
      case 'close':
        await core.close()
        process.disconnect()
    }
  }
  process.on('message', (message: ToKillable) => {
    answer(message).catch((thrown: unknown) => say({ type: 'refused', reason: String(thrown) }))
  })
  say({ type: 'ready' })
}

void main()
