/** Images that corrections bring back, after their files changed: what the source lost stays out. */
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FolderChoice } from '../../src/contract/entities/dataset'
import type { LabelChange } from '../../src/contract/entities/label'
import { openTestCore, temporaryFolder, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const home = temporaryFolder('returning-home')
const place = temporaryFolder('returning-images')
let test: TestCore
let folders = 0

beforeAll(async () => {
  await drawTinyDataset(join(place.path, 'drawn'))
  test = await openTestCore(home.path, 'no trainer')
})
afterAll(async () => {
  await test.core.close()
  for (const folder of [home, place]) folder.remove()
})

/** `flat`: all images in one folder that says nothing of classes. */
async function imported(flat = false): Promise<{ id: number; root: string }> {
  const root = join(place.path, String(++folders))
  const drawn = join(place.path, 'drawn')
  if (flat) {
    mkdirSync(root)
    for (const name of readdirSync(drawn))
      for (const file of readdirSync(join(drawn, name)))
        cpSync(join(drawn, name, file), join(root, `${name} ${file}`))
  } else cpSync(drawn, root, { recursive: true })
  const choice: { folders?: FolderChoice } = flat ? { folders: 'unlabelled' } : {}
  const { taskId } = await test.core.call('datasets.import', { path: root, name: root.slice(-20), ...choice })
  return { id: (await test.taskDone(taskId)).resultId ?? 0, root }
}

async function say(datasetId: number, imageIds: number[], change: LabelChange): Promise<number> {
  return (await test.core.call('labels.apply', { datasetId, imageIds, change })).summary.pending
}
const named = async (datasetId: number, text: string): Promise<number[]> =>
  (await test.core.call('images.layout', { datasetId, filter: { text } })).ids
async function takeInFiles(id: number): Promise<string> {
  return (await test.taskDone((await test.core.call('datasets.takeIn', { id })).taskId)).note
}
const takeInLabels = async (datasetId: number) =>
  (await test.core.call('labels.takeIn', { datasetId })).counts
const pending = async (datasetId: number): Promise<number> =>
  (await test.core.call('labels.summary', { datasetId })).pending
const imageCount = async (id: number): Promise<number> =>
  (await test.core.call('datasets.get', { id })).imageCount

describe('an image with a correction whose file is gone', () => {
  it('stays out of the dataset where it was excluded and restored before', async () => {
    const { id, root } = await imported()
    await say(id, await named(id, 'red bars/00'), { kind: 'exclude' })
    await test.core.call('labels.undo', { datasetId: id })
    rmSync(join(root, 'red bars/00.png'))
    expect(await takeInFiles(id)).toBe('1 gone')
    expect(await pending(id)).toBe(0)
    expect(await takeInLabels(id)).toBeNull()
    expect(await imageCount(id)).toBe(29)
  })

  it('stays out where it went while it was excluded, until it is there again', async () => {
    const { id, root } = await imported()
    const [image = 0] = await named(id, 'red bars/01')
    await say(id, [image], { kind: 'exclude' })
    expect(await takeInLabels(id)).toMatchObject({ gone: 1 })
    renameSync(join(root, 'red bars/01.png'), join(place.path, 'away.png'))
    expect(await say(id, [image], { kind: 'restore' })).toBe(0)
    expect(await takeInLabels(id)).toBeNull()
    renameSync(join(place.path, 'away.png'), join(root, 'red bars/01.png'))
    expect(await takeInLabels(id)).toMatchObject({ new: 1 })
    expect(await imageCount(id)).toBe(30)
  })

  it('stays out where it came without a label and got one, whatever number of them', async () => {
    const { id, root } = await imported(true)
    const bars = await named(id, 'red bars')
    await say(id, bars, { kind: 'label', className: 'bars' })
    await say(id, await named(id, 'green discs'), { kind: 'label', className: 'discs' })
    expect(await takeInLabels(id)).toMatchObject({ relabelled: 20, gone: 10 })
    for (const file of readdirSync(root)
      .filter((name) => name.startsWith('red bars 0'))
      .slice(1))
      rmSync(join(root, file))
    expect(await takeInFiles(id)).toBe('9 gone')
    expect(await pending(id)).toBe(0)
    expect(await takeInLabels(id)).toBeNull()
    expect(await imageCount(id)).toBe(11)
  })
})

describe('an image with a correction whose file has another content', () => {
  it('does not stand beside the new one', async () => {
    const { id, root } = await imported(true)
    await say(id, await named(id, 'red bars'), { kind: 'label', className: 'bars' })
    await say(id, await named(id, 'green discs'), { kind: 'label', className: 'discs' })
    await takeInLabels(id)
    const path = join(root, 'red bars 00.png')
    await sharp(path).negate().png().toFile(join(place.path, 'edited.png'))
    renameSync(join(place.path, 'edited.png'), path)
    expect(await takeInFiles(id)).toBe('1 changed')
    await say(id, await named(id, 'red bars 00'), { kind: 'label', className: 'bars' })
    expect(await takeInLabels(id)).toMatchObject({ new: 0, relabelled: 1 })
    expect(await named(id, 'red bars 00')).toHaveLength(1)
  })
})
