/**
 * kill -9 at random moments from a seed, of the core and of the trainer, checkpoints in flight or not: no committed step is lost, and the run ends bit for bit as
 * one that nobody disturbed. `npm run bench -- kill` does the same 200 times.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { randomStream } from '../../src/domain/random'
import { readWeights } from '../../src/main/weights/read'
import { startKillableCore, type KillableCore } from '../support/killable-core'
import { temporaryFolder } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const killCount = Number(process.env['BITW_KILLS'] ?? 20)
/** Some steps are done again after each kill; enough that there is always one to kill in. */
const stepCount = 20 + 3 * killCount
const overrides = { stepCount, checkpointEverySteps: 4, evaluateEverySteps: 10 }
const place = temporaryFolder('random-kills')
const home = (name: string): string => join(place.path, name)

let tries = 0
let calm: Awaited<ReturnType<typeof result>>

async function begin(core: KillableCore): Promise<number> {
  core.tell({ type: 'import', path: join(place.path, 'images') })
  const { datasetId } = await core.hear('imported')
  core.tell({ type: 'start', datasetId, overrides })
  return (await core.hear('started')).id
}

async function result(core: KillableCore, runId: number, name: string) {
  core.tell({ type: 'export', id: runId, path: home(name) })
  await core.hear('exported')
  core.tell({ type: 'look', id: runId })
  const { steps } = await core.hear('looked')
  const weights = await readWeights(join(home(name), 'model.npz'))
  return {
    steps,
    weights: [...weights].map(([tensor, { data }]) => [tensor, Buffer.from(data.buffer).toString('hex')]),
  }
}

beforeAll(async () => {
  await drawTinyDataset(join(place.path, 'images'))
  const core = await startKillableCore(home('calm'))
  const runId = await begin(core)
  expect((await core.hear('run', ({ isActive }) => !isActive)).state).toBe('done')
  calm = await result(core, runId, 'calm-export')
  await core.close()
})
afterAll(() => place.remove())

it('loses no committed step and changes no number', async () => {
  const random = randomStream(20_264)
  const homePath = home(`killed-${String(tries++)}`)
  let core = await startKillableCore(homePath)
  onTestFinished(() => core.kill())
  const runId = await begin(core)
  let trainer: number | null = null
  let stepsDone = 0
  let [coreKills, trainerKills, atWholeEnd] = [0, 0, 0]
  const resume = async (): Promise<void> => {
    core.tell({ type: 'resume', id: runId })
    trainer = (await core.hear('started')).trainerProcessId
  }
  for (let kill = 0; kill < killCount; kill++) {
    // some while after a number of steps, so that it falls between any two messages
    const atStep = Math.min(stepsDone + 1 + Math.floor(random() * 6), stepCount - 1)
    const ended = await core.hear('run', (run) => run.stepsDone >= atStep || !run.isActive)
    if (!ended.isActive) {
      atWholeEnd++
      break
    }
    for (let turn = 0; turn < random() * 3e6; turn++) Math.sqrt(turn)
    if (random() < 0.4 && trainer !== null) {
      trainerKills++
      process.kill(trainer, 'SIGKILL')
      await core.hear('run', ({ isActive }) => !isActive)
    } else {
      coreKills++
      await core.kill()
      const said = core.stepsSaid()
      core = await startKillableCore(homePath)
      core.tell({ type: 'look', id: runId })
      const { steps, verified, startNotes } = await core.hear('looked')
      expect(steps.length).toBeGreaterThanOrEqual(said)
      expect(steps.map(([stepIndex]) => stepIndex)).toEqual(steps.map((_, index) => index))
      expect(steps).toEqual(calm.steps.slice(0, steps.length))
      expect(verified).toEqual(verified.map(() => true))
      expect(startNotes.join('\n')).toContain('was interrupted')
    }
    await resume()
    stepsDone = (await core.hear('run', (run) => run.isActive && run.state !== 'starting')).stepsDone
  }
  if (atWholeEnd === 0) expect((await core.hear('run', ({ isActive }) => !isActive)).state).toBe('done')
  expect(await result(core, runId, `export-${String(tries)}`)).toEqual(calm)
  await core.close()
  console.log(
    `${String(coreKills)} kills of the core, ${String(trainerKills)} of the trainer: ${String(stepCount)} steps, bit for bit`,
  )
})
