/** A real disk that is really full: a small tmpfs. Where nothing can be mounted this is skipped, and test/training/run-ends.test.ts stands alone. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { activeRunStates, type Run } from '../../src/contract/entities/run'
import { toWireError } from '../../src/contract/errors'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const place = temporaryFolder('full-disk')
const disk = join(place.path, 'disk')

function mounted(): boolean {
  mkdirSync(disk)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', disk], { stdio: 'ignore' })
    return true
  } catch {
    console.log('Skipped: this user cannot mount a tmpfs.')
    return false
  }
}

function resize(bytes: number): void {
  execFileSync('mount', ['-o', `remount,size=${String(Math.ceil(bytes / 1024))}k`, disk])
}

/** Leaves `spareBytes` free. */
function fill(spareBytes: number): void {
  const { blocks, bfree, bsize } = statfsSync(disk)
  resize((blocks - bfree) * bsize + spareBytes)
}

const canMount = mounted()

describe.runIf(canMount)('a run on a disk that fills up', () => {
  let test: TestCore
  let datasetId = 0
  let keptCount = 0
  beforeAll(async () => {
    await drawTinyDataset(join(place.path, 'images'))
    test = await openTestCore(join(disk, 'home'), await buildTrainer())
    const { taskId } = await test.core.call('datasets.import', {
      path: join(place.path, 'images'),
      name: 'tiny',
    })
    datasetId = (await test.taskDone(taskId)).resultId ?? 0
  })
  afterAll(async () => {
    console.log(`${String(keptCount)} of 3 ends found no room at first`)
    resize(400e6)
    await test.core.close()
    execFileSync('umount', [disk])
    place.remove()
  })

  afterEach(() => resize(400e6))

  it.each([0, 40_000, 1_500_000])(
    'with %i bytes left ends at once, blocks nothing, and is saved when there is room',
    async (spareBytes) => {
      const { id } = await test.core.call(
        'training.start',
        // its first checkpoint finds no room, if a step does not come to that before
        tinyRequest(datasetId, { stepCount: 100_000, checkpointEverySteps: 40, evaluateEverySteps: 100_000 }),
      )
      await test.stepsReached(id, 5)
      test.events.length = 0
      fill(spareBytes)
      const ended = await test.runEnded(id)
      expect(ended.state).toBe('interrupted')
      expect(ended.error).toMatchObject({ code: 'disk-full' })
      expect(ended.error?.wayOut).toContain('Free some space')
      const runs = await test.core.call('runs.list', {})
      expect(runs.some(({ state }) => activeRunStates.includes(state))).toBe(false)
      // it can be asked to go on, and is refused in words or ends again; "is still training" it is not
      test.events.length = 0
      const again = await test.core
        .call('training.resume', { id })
        .catch((thrown: unknown) => toWireError(thrown))
      if ('state' in again) expect((await test.runEnded(id)).error).toMatchObject({ code: 'disk-full' })
      else expect(again).toMatchObject({ code: 'disk-full' })

      const isKept = ({ error }: Run): boolean => error?.message.includes('kept in memory') === true
      const wasKept = isKept(await test.core.call('runs.get', { id }))
      keptCount += Number(wasKept)
      test.events.length = 0
      resize(400e6)
      if (wasKept)
        await test.until((event) => event.type === 'run' && event.run.id === id && !isKept(event.run))
      expect(await test.core.call('runs.get', { id })).toMatchObject({
        state: 'interrupted',
        error: { code: 'disk-full', message: expect.not.stringContaining('kept in memory') as string },
      })
      const { state } = await test.core.call('training.resume', { id })
      expect(state).toBe('starting')
      test.events.length = 0
      await test.stepsReached(id, (ended.checkpointStep ?? 0) + 3)
      await test.core.call('training.stop', { id })
      expect(await test.runEnded(id)).toMatchObject({ state: 'stopped', error: null })
      await test.core.call('runs.delete', { id })
    },
  )

  it('leaves every task an end in words, the core alive, and a run that can be deleted to make room', async () => {
    const { id } = await test.core.call('training.start', tinyRequest(datasetId))
    expect((await test.runEnded(id)).state).toBe('done')
    const modelId = `run:${String(id)}`
    const images = join(place.path, 'images')
    const starts = {
      import: () => test.core.call('datasets.import', { path: images, name: 'second' }),
      export: () => test.core.call('exports.start', { modelId, format: 'npz', path: join(disk, 'export') }),
      predict: () => test.core.call('predict.start', { modelId, paths: [images] }),
      embed: () =>
        test.core.call('predict.embed', { modelId, paths: [images], file: join(disk, 'features.csv') }),
      measure: () => test.core.call('training.measure', tinyRequest(datasetId)),
    }
    fill(0)
    const ends: Record<string, string> = {}
    for (const [name, start] of Object.entries(starts)) {
      try {
        const { taskId } = await start()
        const task = await test.until(
          (event) =>
            event.type === 'task' && event.task.id === taskId && event.task.state !== 'running' && event.task,
        )
        ends[name] = task.error?.code ?? task.state
      } catch (thrown) {
        ends[name] = toWireError(thrown).code
      }
    }
    console.log('on the full disk:', ends)
    // what the write-ahead log still has room for is done, and all else is told as what it is
    for (const end of Object.values(ends)) expect(['disk-full', 'done']).toContain(end)
    expect(ends['export']).toBe('disk-full')
    expect(readdirSync(disk).filter((name) => name !== 'home')).toEqual([])
    await test.core.call('runs.delete', { id })
    expect(await test.core.call('runs.list', {})).toEqual([])
  })
})
