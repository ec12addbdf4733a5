/** The loop, through the calls of the core: correct labels, train again, compare. */
import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LabelChange } from '../../src/contract/entities/label'
import { unpackUint32 } from '../../src/contract/packed'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const home = temporaryFolder('labels-home')
const images = temporaryFolder('labels-images')
let test: TestCore
let trainerPath: string

beforeAll(async () => {
  trainerPath = await buildTrainer()
  await drawTinyDataset(images.path)
  test = await openTestCore(home.path, trainerPath)
})
afterAll(async () => {
  await test.core.close()
  for (const folder of [home, images]) folder.remove()
})

async function imported(name: string, path = images.path): Promise<number> {
  const { taskId } = await test.core.call('datasets.import', { path, name })
  return (await test.taskDone(taskId)).resultId ?? 0
}

async function imageNamed(datasetId: number, path: string): Promise<number> {
  const { ids } = await test.core.call('images.layout', { datasetId, filter: { text: path } })
  return ids[0] ?? 0
}

async function apply(datasetId: number, path: string, change: LabelChange): Promise<number> {
  const imageIds = [await imageNamed(datasetId, path)]
  return (await test.core.call('labels.apply', { datasetId, imageIds, change })).changed
}

const toDiscs: LabelChange = { kind: 'label', className: 'green discs' }

describe('a correction', () => {
  it('that says what holds already is no entry of the log', async () => {
    const id = await imported('same')
    expect(await apply(id, 'red bars/00', { kind: 'label', className: 'red bars' })).toBe(0)
    expect(await apply(id, 'red bars/00', { kind: 'restore' })).toBe(0)
    expect(await apply(id, 'red bars/00', toDiscs)).toBe(1)
    expect(await apply(id, 'red bars/00', toDiscs)).toBe(0)
    expect(await test.core.call('labels.summary', { datasetId: id })).toMatchObject({
      relabelled: 1,
      pending: 1,
      undo: 'class "green discs" for 1 image',
      redo: null,
    })
  })

  it('is counted as a query finds it, before and after a version has it', async () => {
    const id = await imported('counted')
    await apply(id, 'red bars/00', toDiscs)
    for (const path of ['red bars/00', 'red bars/01']) await apply(id, path, { kind: 'exclude' })
    await apply(id, 'red bars/02', toDiscs)
    const found = async (query: string) =>
      unpackUint32((await test.core.call('images.find', { datasetId: id, query })).ids).length
    const holds = async (counts: object): Promise<void> => {
      const summary = await test.core.call('labels.summary', { datasetId: id })
      expect(summary).toMatchObject(counts)
      expect(await found('is:relabelled')).toBe(summary.relabelled)
      expect(await found('is:excluded')).toBe(summary.excluded)
      expect(await found('is:relabelled or is:excluded')).toBe(summary.corrected)
    }
    await holds({ relabelled: 2, excluded: 2, corrected: 3, excludedGone: 0 })
    await test.core.call('labels.takeIn', { datasetId: id })
    await holds({ relabelled: 1, excluded: 0, corrected: 1, excludedGone: 2 })
  })

  it('is undone and done again, and all clients hear of it', async () => {
    const id = await imported('undone')
    await apply(id, 'red bars/01', { kind: 'exclude' })
    const undone = await test.core.call('labels.undo', { datasetId: id })
    expect(undone).toMatchObject({ text: 'excluding 1 image', summary: { excluded: 0, undo: null } })
    expect(await test.core.call('labels.undo', { datasetId: id })).toMatchObject({ text: null })
    const again = await test.core.call('labels.redo', { datasetId: id })
    expect(again).toMatchObject({ text: 'excluding 1 image', summary: { excluded: 1, redo: null } })
    expect(test.events).toContainEqual({ type: 'labels-changed', summary: again.summary })
  })

  it('is what an undo is of that was asked for after it, also where it takes longer', async () => {
    const id = await imported('in order')
    await apply(id, 'red bars/01', { kind: 'exclude' })
    const { text } = await test.core.call('labels.patch', { datasetId: id })
    await test.core.call('labels.undo', { datasetId: id })
    await apply(id, 'red bars/02', { kind: 'tag', tag: 'before' })
    const [patched, undone, redone] = await Promise.all([
      test.core.call('labels.applyPatch', { datasetId: id, text }),
      test.core.call('labels.undo', { datasetId: id }),
      test.core.call('labels.redo', { datasetId: id }),
    ])
    expect(patched.changed).toBe(1)
    expect([undone.text, redone.text]).toEqual(['excluding 1 image', 'excluding 1 image'])
    expect(redone.summary).toMatchObject({ excluded: 1, noted: 1, redo: null })
  })

  it('of an image of another dataset, and a class name that nobody could read, are refused whole', async () => {
    const id = await imported('refused')
    const other = await imported('other')
    const imageIds = [await imageNamed(id, 'red bars/00'), await imageNamed(other, 'red bars/00')]
    const call = (className: string) =>
      test.core.call('labels.apply', { datasetId: id, imageIds, change: { kind: 'label', className } })
    await expect(call('green discs')).rejects.toMatchObject({ code: 'not-found' })
    await expect(call('a\u0000b')).rejects.toMatchObject({ code: 'bad-input' })
    expect(await test.core.call('labels.list', { datasetId: id, offset: 0, limit: 10 })).toMatchObject({
      total: 0,
    })
  })

  it('of a test image changes no training, unless it brings a new class', async () => {
    const id = await imported('judged')
    const found = async (part: 'train' | 'test'): Promise<number[]> =>
      (await test.core.call('images.layout', { datasetId: id, filter: { part } })).ids
    const [[first = 0, second = 0], [trained = 0]] = [await found('test'), await found('train')]
    const say = async (imageId: number, change: LabelChange): Promise<boolean> =>
      (await test.core.call('labels.apply', { datasetId: id, imageIds: [imageId], change })).summary
        .changesTraining
    const undo = () => test.core.call('labels.undo', { datasetId: id })
    const { className } = await test.core.call('images.get', { id: first })
    const other = className === 'red bars' ? 'green discs' : 'red bars'
    expect(await say(first, { kind: 'label', className: other })).toBe(false)
    expect(await say(second, { kind: 'exclude' })).toBe(false)
    expect(await say(second, { kind: 'label', className: 'stripes' })).toBe(false) // it is excluded still
    await undo()
    expect(await say(trained, { kind: 'exclude' })).toBe(true)
    expect((await undo()).summary.changesTraining).toBe(false)
    expect(await say(first, { kind: 'label', className: 'stripes' })).toBe(true)
  })

  it('stays when the source is checked again and taken in, also for a file that moved', async () => {
    const own = temporaryFolder('labels-moved')
    await drawTinyDataset(own.path)
    const id = await imported('moved', own.path)
    await apply(id, 'red bars/02', toDiscs)
    await apply(id, 'red bars/03', { kind: 'exclude' })
    renameSync(join(own.path, 'red bars/02.png'), join(own.path, 'red bars/moved.png'))
    const { taskId } = await test.core.call('datasets.takeIn', { id })
    await test.taskDone(taskId)
    const found = await test.core.call('images.get', { id: await imageNamed(id, 'moved') })
    expect(found.className).toBe('green discs')
    expect((await test.core.call('datasets.get', { id })).imageCount).toBe(29)
    expect(await test.core.call('labels.summary', { datasetId: id })).toMatchObject({ pending: 0 })
    const check = await test.core.call('datasets.check', { id })
    await test.taskDone(check.taskId)
    expect((await test.core.call('datasets.checked', { id }))?.sameCount).toBe(29)
    own.remove()
  })
})

describe('a patch', () => {
  it('brings the corrections to another dataset with the same contents, once', async () => {
    const from = await imported('patched from')
    await apply(from, 'red bars/00', toDiscs)
    await apply(from, 'red bars/01', { kind: 'exclude' })
    await apply(from, 'red bars/02', { kind: 'note', text: '=a "thin" bar,\nor two' })
    await apply(from, 'red bars/03', { kind: 'tag', tag: '-hard' })
    const { text, count } = await test.core.call('labels.patch', { datasetId: from })
    expect(count).toBe(4)
    const to = await imported('patched to')
    const patch = (csv: string) => test.core.call('labels.applyPatch', { datasetId: to, text: csv })
    expect(await patch(text)).toMatchObject({ changed: 4, already: 0, misfitCount: 0 })
    expect(await patch(text)).toMatchObject({ changed: 0, already: 4, misfitCount: 0 })
    const labels = async (datasetId: number) =>
      (await test.core.call('labels.list', { datasetId, offset: 0, limit: 10 })).labels.map((label) => ({
        ...label,
        imageId: 0,
      }))
    expect(await labels(to)).toEqual(await labels(from))
    await test.core.call('labels.undo', { datasetId: to })
    expect(await labels(to)).toEqual([])
  })

  it('says which of its lines do not fit, and does the others', async () => {
    const id = await imported('misfits')
    await apply(id, 'red bars/00', toDiscs)
    const { text } = await test.core.call('labels.patch', { datasetId: id })
    await test.core.call('labels.undo', { datasetId: id })
    const [head = '', line = ''] = text.split('\r\n')
    const wrong = [
      line.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
      line.replace(',label,', ',burn,'),
      line.replace(/,label,.*/, `,note,,${'n'.repeat(10_001)}`),
    ]
    const result = await test.core.call('labels.applyPatch', {
      datasetId: id,
      text: [head, ...wrong, line].join('\n'),
    })
    expect(result).toMatchObject({ changed: 1, misfitCount: 3 })
    expect(result.misfits.map(({ line: number }) => number)).toEqual([2, 3, 4])
    expect(result.misfits[2]?.reason).toBe('Its note is too long.')
  })

  it('holds to the last of the lines that say something else of the same, however often it is applied', async () => {
    const id = await imported('two minds')
    await apply(id, 'red bars/00', toDiscs)
    await apply(id, 'red bars/00', { kind: 'exclude' })
    const { text } = await test.core.call('labels.patch', { datasetId: id })
    const twoMinds = [
      text.trimEnd(),
      ...text.trimEnd().split('\r\n').slice(1),
      text.split('\r\n')[1]?.replace(',green discs,', ',blue rings,'),
      text.split('\r\n')[2]?.replace(',exclude,', ',restore,'),
    ].join('\r\n')
    await test.core.call('labels.undo', { datasetId: id })
    for (const changed of [1, 0, 0]) {
      const applied = await test.core.call('labels.applyPatch', { datasetId: id, text: twoMinds })
      expect(applied).toMatchObject({ changed, already: 2 - changed, misfitCount: 0 })
      const { labels } = await test.core.call('labels.list', { datasetId: id, offset: 0, limit: 10 })
      expect(labels).toMatchObject([{ className: 'blue rings', excluded: false }])
    }
  })

  it('that is no patch is refused with the columns that one has', async () => {
    const id = await imported('no patch')
    for (const text of [
      '',
      'a,b\n',
      'a,b\n1,2\n',
      '"never closed',
      readFileSync(join(images.path, 'red bars/00.png'), 'latin1'),
    ])
      await expect(test.core.call('labels.applyPatch', { datasetId: id, text })).rejects.toMatchObject({
        code: 'bad-input',
        wayOut: expect.stringContaining('content_hash,path,kind') as string,
      })
  })
})

describe('a training after corrections', () => {
  it('uses the corrected labels with the settings of the run before, and the two runs are compared', async () => {
    const id = await imported('loop')
    const first = await test.runEnded((await test.core.call('training.start', tinyRequest(id))).id)
    const { images: wrong } = await test.core.call('runs.compared', {
      first: first.id,
      second: first.id,
      group: 'right',
      offset: 0,
      limit: 100,
    })
    const same = await test.core.call('runs.compare', { first: first.id, second: first.id })
    expect(same).toMatchObject({ p: 1, counts: { fixed: 0, broken: 0, right: wrong.length }, relabelled: 0 })

    // a test image is given the class that the run gave it: under the labels of now the run was right
    const { predictions } = await test.core.call('predictions.list', {
      runId: first.id,
      filter: { which: 'all' },
      order: 'loss',
      offset: 0,
      limit: 1,
    })
    const { classNames } = await test.core.call('predictions.confusion', { runId: first.id })
    const [worst] = predictions
    const imageId = worst?.imageId ?? 0
    const predicted = classNames[worst?.predictedIndex ?? 0] ?? ''
    const label = classNames[worst?.labelIndex ?? 0] ?? ''
    const other = classNames.find((name) => name !== label) ?? ''
    const className = predicted === label ? other : predicted
    await test.core.call('labels.apply', {
      datasetId: id,
      imageIds: [imageId],
      change: { kind: 'label', className },
    })
    const rescored = await test.core.call('runs.compare', { first: first.id, second: first.id })
    expect(rescored.relabelled).toBe(1)
    expect(rescored.first.correct).toBe(same.first.correct + (predicted === label ? -1 : 1))

    const again = await test.core.call('training.again', { id: first.id })
    const second = await test.runEnded((await test.core.call('training.start', again)).id)
    expect({ ...second.recipe, microBatchSize: 4 }).toEqual(first.recipe)
    expect(second).toMatchObject({ model: first.model, datasetVersion: 2, weights: null })
    // what the run before set is not the user's
    expect(second.again).toEqual({ id: first.id, name: first.name })
    const setBefore = second.choices.filter(({ because }) => because.includes(`As in ${first.name}`))
    expect(setBefore.length).toBeGreaterThan(0)
    expect(second.choices.filter(({ because }) => because.includes('You set'))).toEqual([])
    const found = unpackUint32((await test.core.call('history.find', { query: `again:${first.id}` })).ids)
    expect([...found]).toEqual([second.id])
    const [dataset] = (await test.core.call('datasets.versions', { id })).slice(-1)
    expect(dataset).toMatchObject({ madeBy: 'labels', changes: { relabelled: 1 } })
    const compared = await test.core.call('runs.compare', { first: first.id, second: second.id })
    const total = Object.values(compared.counts).reduce((sum, count) => sum + count, 0)
    expect([total, compared.onlyFirst, compared.onlySecond]).toEqual([same.first.total, 0, 0])
    const group = await test.core.call('runs.compared', {
      first: first.id,
      second: second.id,
      group: 'right',
      className,
      offset: 0,
      limit: 100,
    })
    expect(group.images.every((image) => image.label === className)).toBe(true)
    expect(group.total).toBe(compared.classes.find(({ name }) => name === className)?.counts.right)
  })

  it('is not compared with a run of other images', async () => {
    const runs = await test.core.call('runs.list', {})
    const [run] = runs
    const others = temporaryFolder('labels-others')
    await drawTinyDataset(others.path, 10, 40)
    const id = await imported('others', others.path)
    const other = await test.runEnded(
      (await test.core.call('training.start', tinyRequest(id, { stepCount: 2 }))).id,
    )
    await expect(test.core.call('runs.compare', { first: run?.id ?? 0, second: other.id })).rejects.toThrow(
      'no image in common',
    )
    others.remove()
  })
})

it('a question that is under way when the core closes is cancelled in words', async () => {
  const own = temporaryFolder('labels-closing')
  const other = await openTestCore(own.path, trainerPath)
  const { taskId } = await other.core.call('datasets.import', { path: images.path, name: 'closing' })
  const datasetId = (await other.taskDone(taskId)).resultId ?? 0
  const { ids } = await other.core.call('images.layout', { datasetId, filter: {} })
  const many = Array.from({ length: 5000 }, (_, index) => ids[index % ids.length] ?? 0)
  const asked = other.core.call('labels.ofImages', { imageIds: many })
  const answer = asked.then(
    () => 'answered',
    (thrown: unknown) => (thrown as { code?: unknown }).code,
  )
  await other.core.close()
  expect(['answered', 'cancelled']).toContain(await answer)
  own.remove()
})
