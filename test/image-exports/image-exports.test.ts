/** Chosen images written out, through the calls of the core. */
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ImageChoice } from '../../src/contract/entities/image-choice'
import type { ImageExportFormat } from '../../src/contract/entities/image-export'
import type { Task } from '../../src/contract/events'
import { openTestCore, temporaryFolder, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const place = temporaryFolder('image-exports')
const images = join(place.path, 'images')
let test: TestCore
let datasetId: number

beforeAll(async () => {
  await drawTinyDataset(images, 6)
  test = await openTestCore(join(place.path, 'home'), 'no trainer')
  datasetId = await imported(images, 'tiny')
})
afterAll(async () => {
  await test.core.close()
  place.remove()
})

async function imported(path: string, name: string): Promise<number> {
  const { taskId } = await test.core.call('datasets.import', { path, name })
  return (await test.taskDone(taskId)).resultId ?? 0
}

async function write(
  format: ImageExportFormat,
  name: string,
  choice: ImageChoice,
  id = datasetId,
): Promise<string> {
  const path = join(place.path, name)
  const { taskId } = await test.core.call('imageExports.start', { datasetId: id, choice, format, path })
  await test.taskDone(taskId)
  return path
}

async function ended(taskId: number): Promise<Task> {
  return await test.until(
    (event) =>
      event.type === 'task' && event.task.id === taskId && event.task.state !== 'running' && event.task,
  )
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}

const reds: ImageChoice = { query: 'class:"red bars" sort:path' }
const redNames = Array.from({ length: 6 }, (_, index) => `0${String(index)}.png`)

describe('chosen images', () => {
  it('are a list of paths in the order of the query', async () => {
    const path = await write('paths', 'reds.txt', reds)
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(lines).toEqual(redNames.map((name) => join(images, 'red bars', name)))
  })

  it('are a table with what was said of them', async () => {
    const change = { kind: 'label', className: 'green discs' } as const
    const choice = { query: 'name:00* class:"red bars"' }
    await test.core.call('labels.applyTo', { datasetId, choice, change })
    const path = await write('csv', 'reds.csv', reds)
    const [head, first, second] = readFileSync(path, 'utf8').split('\r\n')
    expect(head).toContain('path,class,part,width,height,bytes,content_hash,class_before,excluded,tags,note')
    expect(first).toMatch(/^red bars\/00\.png,green discs,\w+,48,48,\d+,[0-9a-f]+,red bars,0,,$/)
    expect(second).toMatch(/^red bars\/01\.png,red bars,.*,,0,,$/)
    await test.core.call('labels.undo', { datasetId })
  })

  it('are read again from what COCO has of them', async () => {
    const path = await write('coco', 'all/coco.json', { query: '' })
    const coco = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown[]>
    expect(Object.values(coco).map((list) => list.length)).toEqual([18, 18, 3])
    expect(coco['annotations']?.[0]).toMatchObject({
      id: 1,
      image_id: 1,
      category_id: 1,
      bbox: [0, 0, 48, 48],
    })
    mkdirSync(join(place.path, 'again'))
    execFileSync('cp', [
      '-r',
      ...readdirSync(images).map((name) => join(images, name)),
      join(place.path, 'again'),
    ])
    writeFileSync(join(place.path, 'again', 'coco.json'), readFileSync(path))
    const again = await imported(join(place.path, 'again', 'coco.json'), 'again')
    const { classes } = await test.core.call('datasets.get', { id: again })
    const counts = classes.map(({ name, counts: { train, val, test: held } }) => [name, train + val + held])
    expect(Object.fromEntries(counts)).toEqual({ 'blue squares': 6, 'green discs': 6, 'red bars': 6 })
  })

  it('keep their boxes through COCO, through another label, and through other annotations', async () => {
    const folder = join(place.path, 'boxed')
    cpSync(images, folder, { recursive: true })
    const annotation = (image_id: number, category_id: number, bbox: number[], iscrowd = 0) => ({
      ...{ image_id, category_id, bbox, iscrowd },
    })
    const annotations = [
      annotation(1, 1, [1, 2, 30.5, 20]),
      annotation(1, 2, [0, 0, 8, 8], 1),
      annotation(2, 2, [4, 4, 40, 40]),
      annotation(3, 2, [4, 4, 40, 40]),
    ]
    const names = ['red bars/00.png', 'green discs/00.png', 'green discs/01.png']
    const file = (all: typeof annotations): string =>
      JSON.stringify({
        images: names.map((file_name, index) => ({ id: index + 1, file_name })),
        annotations: all,
        categories: ['bar', 'disc'].map((name, index) => ({ id: index + 1, name })),
      })
    writeFileSync(join(folder, 'boxes.json'), file(annotations))
    const boxed = await imported(join(folder, 'boxes.json'), 'boxed')
    const boxesOf = async (id: number) => {
      const { ids } = await test.core.call('images.layout', { datasetId: id, filter: {} })
      const found = await Promise.all(ids.map((imageId) => test.core.call('images.get', { id: imageId })))
      return Object.fromEntries(
        found.map(({ path, boxes }) => [
          path,
          boxes.map(
            (box) => `${box.className} ${String(box.xPx)}+${String(box.widthPx)} ${String(box.isCrowd)}`,
          ),
        ]),
      )
    }
    const before = {
      'red bars/00.png': ['bar 1+30.5 false', 'disc 0+8 true'],
      'green discs/00.png': ['disc 4+40 false'],
      'green discs/01.png': ['disc 4+40 false'],
    }
    expect(await boxesOf(boxed)).toEqual(before)
    cpSync(await write('coco', 'boxed.json', { query: '' }, boxed), join(folder, 'again.json'))
    expect(await boxesOf(await imported(join(folder, 'again.json'), 'boxed again'))).toEqual(before)

    // An image with another label is another row, with the same boxes; its largest box is written with that label.
    const change = { kind: 'label', className: 'bar' } as const
    await test.core.call('labels.applyTo', { datasetId: boxed, choice: { query: 'name:01*' }, change })
    await test.core.call('labels.takeIn', { datasetId: boxed })
    expect(await boxesOf(boxed)).toEqual(before)
    const written = await write('coco', 'corrected.json', { query: 'name:01*' }, boxed)
    expect(readFileSync(written, 'utf8')).toContain('"bbox":[4,4,40,40],"area":1600,"iscrowd":0')
    expect(readFileSync(written, 'utf8')).toContain('"categories":[{"id":1,"name":"bar"}]')

    // Other boxes alone are a difference, which a new version takes in.
    writeFileSync(join(folder, 'boxes.json'), file([...annotations, annotation(2, 2, [0, 0, 2, 2])]))
    await test.taskDone((await test.core.call('datasets.takeIn', { id: boxed })).taskId)
    const discs = ['disc 4+40 false', 'disc 0+2 false']
    expect(await boxesOf(boxed)).toEqual({ ...before, 'green discs/00.png': discs })
  })

  it('are copied into a folder of each class, and stay as they are', async () => {
    const path = await write('copies', 'copies', { query: 'sort:path' })
    expect(filesIn(path)).toHaveLength(18)
    const copy = join(path, 'red bars', '03.png')
    const own = join(images, 'red bars', '03.png')
    expect(readFileSync(copy).equals(readFileSync(own))).toBe(true)
    expect(statSync(copy).ino).not.toBe(statSync(own).ino)
    // A folder that the import reads, with the classes that the images have now.
    const again = await imported(path, 'copies')
    expect(await test.core.call('datasets.get', { id: again })).toMatchObject({
      imageCount: 18,
      classCount: 3,
    })
  })

  it('are linked, hard or by name', async () => {
    const hard = await write('hard-links', 'hard', reds)
    const own = join(images, 'red bars', '01.png')
    expect(statSync(join(hard, 'red bars', '01.png')).ino).toBe(statSync(own).ino)
    const soft = await write('links', 'soft', reds)
    expect(filesIn(soft)).toEqual(redNames.map((name) => join('red bars', name)))
    expect(lstatSync(join(soft, 'red bars', '01.png')).isSymbolicLink()).toBe(true)
    expect(readlinkSync(join(soft, 'red bars', '01.png'))).toBe(own)
  })

  it('never leave the folder that was named, whatever their classes are called', async () => {
    const choice = { query: 'class:"red bars" (name:00* or name:01*)' }
    for (const className of ['../../up', '..', 'C:\\con', '/etc']) {
      await test.core.call('labels.applyTo', { datasetId, choice, change: { kind: 'label', className } })
      const name = `odd ${String(className.length)}`
      const path = await write('copies', name, choice)
      const found = filesIn(path)
      expect(found.map((file) => basename(file))).toEqual(['00.png', '01.png'])
      expect(new Set(found.map((file) => dirname(file))).size).toBe(1)
      expect(readdirSync(path)).toHaveLength(1)
      await test.core.call('labels.undo', { datasetId })
    }
    expect(existsSync(join(place.path, 'up'))).toBe(false)
  })

  it('of one name in one class all get a file', async () => {
    const both = { query: 'name:02*' }
    const change = { kind: 'label', className: 'second' } as const
    await test.core.call('labels.applyTo', { datasetId, choice: both, change })
    expect(filesIn(await write('copies', 'second', both))).toEqual(
      ['02-2.png', '02-3.png', '02.png'].map((name) => join('second', name)),
    )
    await test.core.call('labels.undo', { datasetId })
  })
})

describe('an export of images', () => {
  it('never replaces what is there', async () => {
    writeFileSync(join(place.path, 'mine.csv'), 'mine')
    mkdirSync(join(place.path, 'mine'))
    for (const [format, name] of [
      ['csv', 'mine.csv'],
      ['copies', 'mine'],
    ] as const)
      await expect(write(format, name, reds)).rejects.toMatchObject({ code: 'name-taken' })
    expect(readFileSync(join(place.path, 'mine.csv'), 'utf8')).toBe('mine')
    expect(readdirSync(join(place.path, 'mine'))).toEqual([])
  })

  it('leave out what cannot be looked at, and nothing is written where that is all of them', async () => {
    const lost = join(place.path, 'lost')
    cpSync(images, lost, { recursive: true })
    const id = await imported(lost, 'lost')
    const first = join(lost, 'red bars', '00.png')
    rmSync(first)
    symlinkSync(first, first)
    for (const format of ['copies', 'links', 'hard-links'] as const)
      expect(filesIn(await write(format, `some-${format}`, reds, id))).toHaveLength(5)

    renameSync(lost, `${lost}-away`)
    for (const format of ['copies', 'links'] as const) {
      const path = join(place.path, `none-${format}`)
      const { taskId } = await test.core.call('imageExports.start', {
        datasetId: id,
        choice: reds,
        format,
        path,
      })
      expect(await ended(taskId)).toMatchObject({ state: 'failed', error: { code: 'images-missing' } })
      expect(existsSync(path)).toBe(false)
    }
  })

  it('counts images of another dataset as left out, and is refused where that is all of them', async () => {
    const other = await imported(images, 'of another')
    const idsOf = async (id: number) =>
      (await test.core.call('images.layout', { datasetId: id, filter: {} })).ids
    const [own, others] = [await idsOf(datasetId), await idsOf(other)]
    for (const format of ['paths', 'csv', 'coco', 'copies'] as const) {
      const path = join(place.path, `of-another-${format}`)
      const choice = { imageIds: others }
      const { taskId } = await test.core.call('imageExports.start', { datasetId, choice, format, path })
      expect(await ended(taskId)).toMatchObject({ state: 'failed', error: { code: 'bad-input' } })
      expect(existsSync(path)).toBe(false)
    }
    const choice = { imageIds: [...others.slice(0, 2), ...own.slice(0, 3)] }
    const path = join(place.path, 'mixed.txt')
    const { taskId } = await test.core.call('imageExports.start', {
      ...{ datasetId, choice, format: 'paths', path },
    })
    expect((await ended(taskId)).note).toBe('2 left out')
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(3)
  })

  it('leaves nothing where it cannot be written', async () => {
    await expect(write('csv', 'mine.csv/in-a-file.csv', reds)).rejects.toThrow(/not a folder/)
    const none = { query: 'width>9000' }
    await expect(write('paths', 'none.txt', none)).rejects.toMatchObject({ code: 'bad-input' })
    expect(readdirSync(place.path).filter((name) => name.includes('.partial'))).toEqual([])
  })

  it('of images in an archive copies them, and says that it cannot link them', async () => {
    const archive = join(place.path, 'tiny.tar')
    execFileSync('tar', ['-cf', archive, '-C', images, ...readdirSync(images)])
    const id = await imported(archive, 'tar')
    expect(filesIn(await write('copies', 'from tar', reds, id))).toHaveLength(6)
    for (const format of ['links', 'hard-links'] as const) {
      await expect(write(format, 'linked', reds, id)).rejects.toThrow(/within another file/)
      expect(existsSync(join(place.path, 'linked'))).toBe(false)
    }
    const lines = readFileSync(await write('paths', 'tar.txt', reds, id), 'utf8')
      .trimEnd()
      .split('\n')
    expect(lines).toEqual(redNames.map((name) => `red bars/${name}`))
  })
})
