/** Power cuts, whose disk has only what was synced, and a drive that is away for a while: the next start says what happened, and the run goes on at its exact step. */
import { existsSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { randomStream } from '../../src/domain/random'
import { readWeights } from '../../src/main/weights/read'
import { startKillableCore, type KillableCore } from '../support/killable-core'
import { createPowerCut } from '../support/power-cut/power-cut'
import { temporaryFolder } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const cutCount = 3
const overrides = { stepCount: 32, checkpointEverySteps: 4, evaluateEverySteps: 16 }
const place = temporaryFolder('power-cut')
let tries = 0
let calm: Awaited<ReturnType<typeof result>>

async function begin(core: KillableCore): Promise<number> {
  core.tell({ type: 'import', path: join(place.path, 'images') })
  const { datasetId } = await core.hear('imported')
  core.tell({ type: 'start', datasetId, overrides })
  return (await core.hear('started')).id
}

async function look(core: KillableCore, runId: number) {
  core.tell({ type: 'look', id: runId })
  return core.hear('looked')
}

async function result(core: KillableCore, runId: number) {
  const path = join(place.path, `export-${String(tries++)}`)
  core.tell({ type: 'export', id: runId, path })
  await core.hear('exported')
  const weights = await readWeights(join(path, 'model.npz'))
  return {
    steps: (await look(core, runId)).steps,
    weights: [...weights].map(([name, { data }]) => [name, Buffer.from(data.buffer).toString('hex')]),
  }
}

async function resumed(core: KillableCore, runId: number): Promise<void> {
  core.tell({ type: 'resume', id: runId })
  await core.hear('started')
}

beforeAll(async () => {
  await drawTinyDataset(join(place.path, 'images'))
  const core = await startKillableCore(join(place.path, 'calm'))
  const runId = await begin(core)
  expect((await core.hear('run', ({ isActive }) => !isActive)).state).toBe('done')
  calm = await result(core, runId)
  await core.close()
})
afterAll(() => place.remove())

const canCut = createPowerCut(join(place.path, 'probe'), place.path) !== null
if (!canCut) console.log('Skipped: a power cut is simulated on Linux, with a C compiler.')

describe.runIf(canCut)('a power cut', () => {
  it.each(['all that was not synced is gone', 'of what was not synced, any block is gone'])(
    'after which %s loses no committed step and no checkpoint, and changes no number',
    async (how) => {
      const random = randomStream(20_265)
      const folder = join(place.path, `cut-${String(tries++)}`)
      const homePath = join(folder, 'home')
      const power = createPowerCut(folder, homePath)
      if (power === null) throw new Error('It could be simulated a moment ago.')
      let core = await startKillableCore(homePath, power.environment)
      onTestFinished(() => core.kill())
      const runId = await begin(core)
      let cuts = 0
      for (let cut = 0, stepsDone = 0; cut < cutCount; cut++) {
        const atStep = stepsDone + 2 + Math.floor(random() * 6)
        const { isActive } = await core.hear('run', (run) => run.stepsDone >= atStep || !run.isActive)
        if (!isActive) break
        for (let turn = 0; turn < random() * 3e6; turn++) Math.sqrt(turn)
        await core.kill()
        const said = core.stepsSaid()
        power.cut(how.startsWith('all') ? null : random)
        cuts++
        core = await startKillableCore(homePath, power.environment)
        const { steps, verified, startNotes } = await look(core, runId)
        expect(steps.length).toBeGreaterThanOrEqual(said)
        expect(steps).toEqual(calm.steps.slice(0, steps.length))
        expect(verified).toEqual(verified.map(() => true))
        expect(startNotes.join('\n')).toContain('was interrupted')
        await resumed(core, runId)
        ;({ stepsDone } = await core.hear('run', (run) => run.isActive && run.state !== 'starting'))
      }
      expect((await core.hear('run', ({ isActive }) => !isActive)).state).toBe('done')
      expect(await result(core, runId)).toEqual(calm)
      expect(cuts).toBeGreaterThan(1)
      await core.close()
    },
  )
})

describe('a drive that is lost', () => {
  it('with the whole home is used again when it is back, and the run goes on at its exact step', async () => {
    const homePath = join(place.path, 'drive', 'home')
    let core = await startKillableCore(homePath)
    onTestFinished(() => core.kill())
    const runId = await begin(core)
    await core.hear('run', ({ checkpointStep }) => (checkpointStep ?? 0) >= 8)
    renameSync(join(place.path, 'drive'), join(place.path, 'drive-away'))
    await core.kill()
    const said = core.stepsSaid()
    expect(existsSync(homePath)).toBe(false)
    renameSync(join(place.path, 'drive-away'), join(place.path, 'drive'))
    core = await startKillableCore(homePath)
    const { steps, startNotes, verified } = await look(core, runId)
    expect(steps.length).toBeGreaterThanOrEqual(said)
    expect(startNotes.join('\n')).toContain('was interrupted')
    expect(verified).not.toContain(false)
    await resumed(core, runId)
    expect((await core.hear('run', ({ isActive }) => !isActive)).state).toBe('done')
    expect(await result(core, runId)).toEqual(calm)
    await core.close()
  })

  it('with the checkpoints alone is told at the start, and the run begins again with the same result', async () => {
    const homePath = join(place.path, 'without')
    let core = await startKillableCore(homePath)
    onTestFinished(() => core.kill())
    const runId = await begin(core)
    await core.hear('run', ({ checkpointStep }) => (checkpointStep ?? 0) >= 8)
    await core.kill()
    for (const name of readdirSync(homePath).filter((each) => each.startsWith('checkpoints.db')))
      renameSync(join(homePath, name), join(place.path, `${name}-lost`))
    core = await startKillableCore(homePath)
    const { startNotes, verified } = await look(core, runId)
    expect(startNotes.join('\n')).toContain('is missing')
    expect(verified).not.toContain(true)
    await resumed(core, runId)
    expect((await core.hear('run', ({ isActive }) => !isActive)).state).toBe('done')
    expect(await result(core, runId)).toEqual(calm)
    await core.close()
  })
})
