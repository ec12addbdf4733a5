/** A dataset whose folder changes after the import, with the real core and real files. */
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DatasetDetail, DifferenceKind } from '../../src/contract/entities/dataset'
import type { Run } from '../../src/contract/entities/run'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const home = temporaryFolder('changes-home')
const place = temporaryFolder('changes-images')
const rootPath = join(place.path, 'tiny')
let test: TestCore
let id = 0
let firstRun: Run
let stoppedRun: Run
/** Of the images of the first version. */
let firstIds: ReadonlyMap<string, number>

beforeAll(async () => {
  test = await openTestCore(home.path, await buildTrainer())
  await drawTinyDataset(rootPath)
  const { taskId } = await test.core.call('datasets.import', { path: rootPath, name: 'tiny' })
  id = (await test.taskDone(taskId)).resultId ?? 0
  const begun = await test.core.call('training.start', tinyRequest(id))
  firstRun = await test.runEnded(begun.id)
  const long = await test.core.call('training.start', tinyRequest(id, { stepCount: 200, batchSize: 8 }))
  await test.stepsReached(long.id, 3)
  await test.core.call('training.stop', { id: long.id })
  stoppedRun = await test.runEnded(long.id)
  test.events.length = 0 // a resumed run has a second end
  firstIds = await idsNow()
})
afterAll(async () => {
  await test.core.close()
  home.remove()
  place.remove()
})

const dataset = (): Promise<DatasetDetail> => test.core.call('datasets.get', { id })
async function check() {
  await test.taskDone((await test.core.call('datasets.check', { id })).taskId)
  return test.core.call('datasets.checked', { id })
}
async function takeIn(): Promise<string> {
  return (await test.taskDone((await test.core.call('datasets.takeIn', { id })).taskId)).note
}
async function keysOf(kind: DifferenceKind): Promise<string[]> {
  const page = { id, kind, offset: 0, limit: 1000 }
  return (await test.core.call('datasets.differences', page)).differences.map(({ key }) => key)
}
/** Path and part of every image of the current version. */
async function partsNow(): Promise<Map<string, string>> {
  const { ids } = await test.core.call('images.layout', { datasetId: id, filter: {} })
  const images = await Promise.all(ids.map((imageId) => test.core.call('images.get', { id: imageId })))
  return new Map(images.map(({ path, part }) => [path, part]))
}
/** Of every image of the current version, by its path. */
async function idsNow(): Promise<Map<string, number>> {
  const { ids } = await test.core.call('images.layout', { datasetId: id, filter: {} })
  const images = await Promise.all(ids.map((imageId) => test.core.call('images.get', { id: imageId })))
  return new Map(images.map((image) => [image.path, image.id]))
}
const nothing = { new: 0, gone: 0, changed: 0, moved: 0, relabelled: 0 }

describe('a dataset that is checked again', () => {
  it('has not changed where only the times of its files have', async () => {
    for (const name of ['00.png', '01.png']) utimesSync(join(rootPath, 'red bars', name), 1, 1)
    expect(await check()).toMatchObject({ versionNumber: 1, sameCount: 30, counts: nothing })
    expect(await takeIn()).toBe('Nothing has changed')
    expect((await dataset()).versionCount).toBe(1)
  })

  it('finds new, gone, changed and moved files, and changes nothing by itself', async () => {
    const discs = join(rootPath, 'green discs')
    cpSync(join(rootPath, 'red bars', '09.png'), join(place.path, 'kept.png'))
    rmSync(join(rootPath, 'red bars', '09.png')) // gone
    renameSync(join(discs, '03.png'), join(discs, 'moved.png'))
    cpSync(join(discs, '04.png'), join(discs, 'copy.png')) // new
    await sharp(join(discs, '05.png')).negate().png().toFile(join(place.path, 'edited.png'))
    renameSync(join(place.path, 'edited.png'), join(discs, '05.png')) // changed
    writeFileSync(join(discs, '06.png'), 'no image') // there, and of no use
    expect(await check()).toMatchObject({
      sameCount: 26,
      counts: { new: 1, gone: 2, changed: 1, moved: 1, relabelled: 0 },
    })
    expect(await keysOf('new')).toEqual(['green discs/copy.png'])
    expect(await keysOf('gone')).toEqual(['green discs/06.png', 'red bars/09.png'])
    expect(await keysOf('changed')).toEqual(['green discs/05.png'])
    const { differences } = await test.core.call('datasets.differences', {
      id,
      offset: 0,
      limit: 1000,
    })
    expect(differences.find(({ kind }) => kind === 'moved')).toMatchObject({
      key: 'green discs/moved.png',
      wasKey: 'green discs/03.png',
    })
    expect(differences.find(({ key }) => key === 'green discs/06.png')?.note).toBe('It is not an image.')
    expect(await dataset()).toMatchObject({ versionCount: 1, imageCount: 30 })
  })
})

describe('a dataset that takes changes in', () => {
  it('has a new version in which every image that stays keeps its part, and a copy goes with its original', async () => {
    const before = await partsNow()
    expect(await takeIn()).toBe('1 new, 2 gone, 1 changed, 1 moved')
    const after = await partsNow()
    expect(await dataset()).toMatchObject({ versionNumber: 2, versionCount: 2, imageCount: 29 })
    for (const [path, part] of before)
      if (after.has(path)) expect([path, after.get(path)]).toEqual([path, part])
    expect(after.get('green discs/moved.png')).toBe(before.get('green discs/03.png'))
    expect(after.get('green discs/copy.png')).toBe(before.get('green discs/04.png'))
    expect(await test.core.call('datasets.versions', { id })).toMatchObject([
      { number: 1, madeBy: 'import', imageCount: 30, runCount: 2, isCurrent: false, changes: null },
      { number: 2, madeBy: 'take-in', imageCount: 29, runCount: 0, isCurrent: true, changes: { gone: 2 } },
    ])
    expect(await test.core.call('datasets.checked', { id })).toBeNull()
    expect(await check()).toMatchObject({ versionNumber: 2, sameCount: 29, counts: nothing })
  })

  it('shows the images that each version has', async () => {
    const versions = await test.core.call('datasets.versions', { id })
    const [first, second] = await Promise.all(
      versions.map(({ id: versionId }) =>
        test.core.call('images.layout', { datasetId: id, filter: { versionId } }),
      ),
    )
    expect([...(first?.ids ?? [])].sort((a, b) => a - b)).toEqual(
      [...firstIds.values()].sort((a, b) => a - b),
    )
    expect(first?.aspects).toHaveLength(30)
    expect(second).toEqual(await test.core.call('images.layout', { datasetId: id, filter: {} }))
    const filter = { versionId: versions[0]?.id ?? 0, part: 'test' as const }
    const { ids } = await test.core.call('images.layout', { datasetId: id, filter })
    expect(ids).toHaveLength(firstRun.heldOut.test)
  })

  it('leaves a run its version, its predictions and its images, those that moved from where they are now', async () => {
    const run = await test.core.call('runs.get', { id: firstRun.id })
    expect(run).toMatchObject({ datasetVersion: 1, currentVersion: 2, accuracy: firstRun.accuracy })
    const { total, predictions } = await test.core.call('predictions.list', {
      runId: run.id,
      filter: { which: 'all' },
      order: 'path',
      offset: 0,
      limit: 1000,
    })
    expect(total).toBe(firstRun.heldOut.test)
    for (const { imageId } of predictions) await test.core.call('images.get', { id: imageId })
    const moved = firstIds.get('green discs/03.png') ?? 0
    expect((await test.core.image({ imageId: moved }, 128)).bytes.length).toBeGreaterThan(0)
    const edited = firstIds.get('green discs/05.png') ?? 0
    await expect(test.core.image({ imageId: edited }, 128)).rejects.toMatchObject({
      code: 'path-not-found',
      message: expect.stringContaining('has another content now') as unknown,
    })
  })

  it('lets a run of the old version go on with its own images, and says which are gone and which have changed', async () => {
    await test.core.call('training.resume', { id: stoppedRun.id })
    const run = await test.until(
      (event) =>
        event.type === 'run' && event.run.id === stoppedRun.id && event.run.state === 'training' && event.run,
    )
    expect(run).toMatchObject({ datasetVersion: 1, exampleCount: stoppedRun.exampleCount })
    expect(run.unreadable.first.map(({ path }) => path).sort()).toEqual(['red bars/09.png'])
    expect(run.changedFirst).toMatchObject([
      { path: 'green discs/05.png', fromStep: stoppedRun.stepsDone },
      { path: 'green discs/06.png', fromStep: stoppedRun.stepsDone },
    ])
    await test.core.call('training.stop', { id: run.id })
    await test.until(
      (event) =>
        event.type === 'run' && event.run.id === run.id && event.run.state === 'stopped' && event.run,
    )
  })

  it('trains the next run on the new version', async () => {
    const begun = await test.core.call('training.start', tinyRequest(id))
    const run = await test.runEnded(begun.id)
    expect(run).toMatchObject({ state: 'done', datasetVersion: 2, currentVersion: 2, changedCount: 0 })
    expect(run.exampleCount + run.heldOut.val + run.heldOut.test).toBe(29)
  })

  it('is the older version again where everything is put back', async () => {
    const discs = join(rootPath, 'green discs')
    const squares = join(rootPath, 'blue squares')
    mkdirSync(join(place.path, 'drawn'))
    await drawTinyDataset(join(place.path, 'drawn'))
    for (const name of ['05.png', '06.png'])
      cpSync(join(place.path, 'drawn', 'green discs', name), join(discs, name))
    rmSync(join(discs, 'copy.png'))
    renameSync(join(discs, 'moved.png'), join(discs, '03.png'))
    cpSync(join(place.path, 'kept.png'), join(rootPath, 'red bars', '09.png'))
    await takeIn()
    expect(await dataset()).toMatchObject({ versionNumber: 1, versionCount: 2, imageCount: 30 })
    // a class that is new comes after the others, so that the runs' classes keep their numbers
    mkdirSync(join(rootPath, 'a first class'))
    for (const name of ['00.png', '01.png', '02.png'])
      writeFileSync(join(rootPath, 'a first class', name), readFileSync(join(squares, name)))
    writeFileSync(join(rootPath, 'a first class', '02.png'), readFileSync(join(place.path, 'kept.png')))
    expect(await takeIn()).toBe('3 new; 6 images have the same bytes as an image of another class')
    const { classes, classCount, sameBytes } = await dataset()
    expect(sameBytes).toEqual({ classes: 6, parts: 0 })
    expect(classes.map(({ name }) => name)).toEqual([
      'blue squares',
      'green discs',
      'red bars',
      'a first class',
    ])
    expect(classCount).toBe(4)
    const confusion = await test.core.call('predictions.confusion', { runId: firstRun.id })
    expect(confusion.classNames).toEqual(['blue squares', 'green discs', 'red bars'])
  })
})

describe('a list whose lines change', () => {
  it('gives images another class without a change of their files, and takes that in', async () => {
    const list = join(rootPath, 'all.txt')
    const lines = (label: string): string =>
      ['0', '1', '2', '3', '4', '5']
        .flatMap((name) => [
          `green discs/0${name}.png\tgreen`,
          `red bars/0${name}.png\t${name === '0' ? label : 'red'}`,
        ])
        .join('\n')
    writeFileSync(list, lines('red'))
    const { taskId } = await test.core.call('datasets.import', { path: list, name: 'list' })
    const listId = (await test.taskDone(taskId)).resultId ?? 0
    writeFileSync(list, lines('green'))
    await test.taskDone((await test.core.call('datasets.takeIn', { id: listId })).taskId)
    const { differences } = await test.core.call('datasets.differences', { id: listId, offset: 0, limit: 9 })
    expect(differences).toMatchObject([
      { kind: 'relabelled', key: 'red bars/00.png', wasClassName: 'red', className: 'green' },
    ])
    const { classes } = await test.core.call('datasets.get', { id: listId })
    const sizes = classes.map(({ counts }) => counts.train + counts.val + counts.test)
    expect(sizes).toEqual([7, 5])
    rmSync(list)
  })
})

describe('a class whose folder was renamed', () => {
  it('keeps its number under its new name; runs and the next split keep the names that they had', async () => {
    const before = await dataset()
    const index = before.classes.find(({ name }) => name === 'red bars')?.index ?? -1
    renameSync(join(rootPath, 'red bars'), join(rootPath, 'crimson'))
    expect(await takeIn()).toMatch(/^\d+ moved; 6 images have the same bytes/)
    const after = await dataset()
    expect(after.classCount).toBe(before.classCount)
    expect(after.classes[index]).toEqual({ ...before.classes[index], name: 'crimson' })
    const { ids } = await test.core.call('images.layout', { datasetId: id, filter: { classIndex: index } })
    expect(await test.core.call('images.get', { id: ids[0] ?? 0 })).toMatchObject({ className: 'crimson' })
    const split = { ...after.split.options, seed: 5 }
    const divided = await test.core.call('datasets.setSplit', { id, split })
    expect(divided.classes[index]?.name).toBe('crimson')
    const confusion = await test.core.call('predictions.confusion', { runId: firstRun.id })
    expect(confusion.classNames[index]).toBe('red bars')
    expect(await check()).toMatchObject({ counts: nothing })
  })
})

describe('a dataset whose folder was moved', () => {
  it('is found at its new place, where the same images are, and nowhere else', async () => {
    const newPath = join(place.path, 'elsewhere', 'tiny')
    mkdirSync(join(place.path, 'elsewhere'))
    renameSync(rootPath, newPath)
    const lost = await test.core.call('datasets.check', { id })
    const failed = await test.until(
      (event) => event.type === 'task' && event.task.id === lost.taskId && event.task.error,
    )
    expect(failed).toMatchObject({
      code: 'images-missing',
      message: expect.stringContaining(rootPath) as unknown,
    })

    const other = await test.core.call('datasets.move', { id, path: join(place.path, 'drawn') })
    const refused = await test.until(
      (event) => event.type === 'task' && event.task.id === other.taskId && event.task.error,
    )
    expect(refused.code).toBe('images-differ')
    expect(refused.message).toContain('20 of 33 images are in')
    expect((await dataset()).rootPath).toBe(rootPath)

    // the folder that it is in will do
    const { taskId } = await test.core.call('datasets.move', { id, path: join(place.path, 'elsewhere') })
    expect((await test.taskDone(taskId)).note).toContain(
      '33 of 33 images are in ' + newPath + ' with the same path and size',
    )
    expect((await dataset()).rootPath).toBe(newPath)
    expect(await check()).toMatchObject({ sameCount: 33, counts: nothing })
  })
})
