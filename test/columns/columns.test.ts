import { describe, expect, it } from 'vitest'
import { createColumns, type Columns } from '../../src/main/columns/columns'
import { imagePageSql } from '../../src/main/store/column-pages'
import type { LabelChange } from '../../src/contract/entities/label'
import { addLabelEvents, addUndo } from '../../src/main/store/labels/label-events'
import { imageLayout } from '../../src/main/store/datasets/images'
import { contentHashes } from '../../src/main/store/datasets/stored-images'
import { insertPredictions, publishPredictions } from '../../src/main/store/runs/predictions'
import { nameResultSet } from '../../src/main/store/runs/prediction-sets'
import type { Db } from '../../src/main/store/statement'
import { putDoubts } from '../../src/main/store/labels/label-doubts'
import { addPredictionSet } from '../store/support/prediction-set'
import { addDataset, addRun, queryPlan, syntheticScan, temporaryStore } from '../store/support/home'
import { setSplit } from '../store/support/at-once'

/** Two classes of twenty images, 100 to 119 px wide; every fourth is turned; one of each has the bytes of the other. */
function filled() {
  const { db } = temporaryStore()
  const scan = syntheticScan(['elm', 'Oak tree'], 20)
  const images = scan.images.map((image, index) => ({
    ...image,
    ...(index === 22 && { contentHash: scan.images[3]?.contentHash ?? '' }),
    format: index < 5 ? 'png' : 'jpeg',
    byteCount: 1000 * (index + 1),
  }))
  const datasetId = addDataset(db, 'trees', { ...scan, images })
  const runId = addRun(db, datasetId)
  predict(db, runId, imageLayout(db, datasetId, {}).ids)
  return { db, datasetId, runId, columns: createColumns(db) }
}

/** Every fifth image is wrong, the label second; the loss grows with the id, the confidence falls. */
function predict(db: Db, runId: number, ids: readonly number[]): void {
  insertPredictions(db, runId, predictedRows(ids))
  publishPredictions(db, runId)
}

function predictedRows(ids: readonly number[]) {
  return ids.map((imageId, index) => {
    const labelIndex = index < 20 ? 0 : 1
    const isWrong = index % 5 === 0
    const confidence = 0.95 - index / 100
    return {
      imageId,
      labelIndex,
      loss: index / 10,
      labelRank: isWrong ? 2 : 1,
      labelProbability: isWrong ? 1 - confidence : confidence,
      topIndices: isWrong ? [1 - labelIndex, labelIndex] : [labelIndex, 1 - labelIndex],
      topProbabilities: [confidence, 1 - confidence],
    }
  })
}

describe('queries about images', () => {
  it.each([
    ['', 40],
    ['class:elm', 20],
    ['class:elm width>=110', 10],
    ['width:100..101', 4],
    ['id:1,39..40', 3],
    ['id:1,39..40 class:elm', 1],
    ['is:turned', 10],
    ['-is:turned', 30],
    ['format:png', 5],
    ['bytes>39kB', 1],
    ['aspect>1.15', 8],
    ['oak 00001', 11],
    ['name:*19.jpg or name:000003*', 4],
    ['path:"oak tree/000019"', 1],
    ['same:classes', 2],
    ['split:train or split:val or split:test', 40],
    ['split:train,val,test', 40],
    ['(class:elm or width<102) -format:png', 17],
  ])('%s finds %i', async (text, expected) => {
    const { columns, datasetId } = filled()
    expect((await columns.images(datasetId, text)).rows).toHaveLength(expected)
  })

  it('come class by class, or in the order that was asked for', async () => {
    const { columns, datasetId } = filled()
    const widths = async (text: string): Promise<number[]> => {
      const { images, rows } = await columns.images(datasetId, text)
      return [...rows].map((row) => images.numbers.get('width')?.[row] ?? 0)
    }
    expect((await widths('')).slice(0, 3)).toEqual([100, 101, 102])
    expect((await widths('sort:-width')).slice(0, 4)).toEqual([119, 119, 118, 118])
    expect((await widths('class:elm sort:-path')).slice(0, 2)).toEqual([119, 118])
    expect((await widths('sort:-class,-width')).slice(0, 2)).toEqual([119, 118])
    expect(await widths('same:classes')).toEqual([103, 102])
  })

  it('are read in pages that an index gives in their order', () => {
    const { db } = filled()
    const plan = queryPlan(db, imagePageSql, 1, 1, -1, 0, 10)
    expect(plan).toMatch(/SEARCH images USING INDEX images_layout/)
    expect(plan).not.toContain('TEMP B-TREE')
  })

  it('are answered from the split that the dataset has now', async () => {
    const { db, columns, datasetId } = filled()
    const before = (await columns.images(datasetId, 'split:test')).rows.length
    setSplit(db, datasetId, { valFraction: 0, testFraction: 0.5, seed: 1 })
    expect((await columns.images(datasetId, 'split:test')).rows.length).toBeGreaterThan(before)
  })

  it('know what the log of corrections says, and follow it', async () => {
    const { db, columns, datasetId, runId } = filled()
    const count = async (text: string): Promise<number> => (await columns.images(datasetId, text)).rows.length
    const [first = 0, second = 0] = imageLayout(db, datasetId, {}).ids
    expect(await count('is:excluded or is:noted or is:tagged or is:relabelled')).toBe(0)
    const writer = { atMs: 1, byWhom: 'me' }
    const say = (imageId: number, change: LabelChange): number =>
      addLabelEvents(db, datasetId, writer, [{ imageId, change, fromClass: 'elm' }])
    say(first, { kind: 'tag', tag: 'Hard case' })
    say(first, { kind: 'note', text: 'Two trees' })
    say(second, { kind: 'label', className: 'Oak tree' })
    const excluded = say(second, { kind: 'exclude' })
    expect(await count('tag:"hard *" note:trees is:tagged is:noted')).toBe(1)
    expect(await count('tag:hard')).toBe(0)
    expect(await count('-is:relabelled')).toBe(39)
    say(second, { kind: 'label', className: 'elm' })
    expect(await count('is:relabelled')).toBe(0)
    say(second, { kind: 'label', className: 'Oak tree' })
    expect(await count('is:excluded')).toBe(1)
    expect((await columns.predictions(runId, 'is:any tag:hard*')).rows).toHaveLength(1)
    expect((await columns.predictions(runId, 'is:any -is:excluded')).rows).toHaveLength(39)
    addUndo(db, datasetId, writer, 'undo', excluded)
    expect(await count('is:excluded')).toBe(0)
  })

  it('find the images of one entry of Corrections, also of one that was taken back', async () => {
    const { db, columns, datasetId, runId } = filled()
    const count = async (text: string): Promise<number> => (await columns.images(datasetId, text)).rows.length
    const ids = imageLayout(db, datasetId, {}).ids.slice(0, 3)
    const writer = { atMs: 1, byWhom: 'me' }
    const group = addLabelEvents(
      db,
      datasetId,
      writer,
      ids.map((imageId) => ({ imageId, change: { kind: 'tag', tag: 'hard' }, fromClass: 'elm' })),
    )
    expect(await count(`correction:${String(group)}`)).toBe(3)
    addUndo(db, datasetId, writer, 'undo', group)
    expect(await count(`correction:${String(group)}`)).toBe(3)
    expect(await count(`-correction:${String(group)}`)).toBe(37)
    expect(await columns.countPredictions(runId, `is:any correction:${String(group)}`)).toBe(3)
    await expect(count('correction:99')).rejects.toThrow('There is no correction with the number 99.')
    await expect(count('correction:')).rejects.toThrow('needs a number, such as correction:12')
  })

  it('let others in between their words, and order once by each field', async () => {
    const { columns, datasetId } = filled()
    await columns.images(datasetId, '')
    let [turns, isDone] = [0, false]
    const countTurn = (): void => {
      turns++
      if (!isDone) setImmediate(countTurn)
    }
    setImmediate(countTurn)
    const { rows } = await columns.images(
      datasetId,
      `${'elm -oak or '.repeat(300)}elm sort:-width,width,-width`,
    )
    isDone = true
    expect(turns).toBeGreaterThan(300)
    expect([...rows]).toEqual([...(await columns.images(datasetId, 'elm sort:-width')).rows])
  })

  it('say what is not understood and where, and that there is no such dataset', async () => {
    const { columns, datasetId } = filled()
    await expect(columns.images(datasetId, 'a class:elms')).rejects.toMatchObject({
      code: 'bad-input',
      message: 'There is no class elms. Did you mean class:elm?',
      span: { from: 8, to: 12 },
    })
    await expect(columns.images(99, '')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('queries about predictions', () => {
  it.each([
    ['', 8],
    ['is:any', 40],
    ['is:right', 32],
    ['label:elm', 4],
    ['predicted:elm', 4],
    ['is:any predicted:elm', 20],
    ['loss>2', 3],
    ['confidence:0.7..0.8', 3],
    ['is:any margin>0.8', 5],
    ['is:any margin:0.39..0.5', 6],
    ['rank:top5', 8],
    ['rank:beyond5', 0],
    ['rank:beyond10', 0],
    ['worst<=5', 1],
    ['is:any worst<=3', 3],
    ['is:doubted', 0],
    ['is:any width>=110', 20],
    ['is:any same:classes', 2],
    ['is:any path:elm/', 20],
    ['is:any oak', 24],
    ['is:any -is:turned', 30],
  ])('%s finds %i', async (text, expected) => {
    const { columns, runId } = filled()
    expect((await columns.predictions(runId, text)).rows).toHaveLength(expected)
  })

  it('come with the highest loss first, or in the order that was asked for', async () => {
    const { columns, runId } = filled()
    const losses = async (text: string): Promise<number[]> => {
      const { predictions, rows } = await columns.predictions(runId, text)
      return [...rows].map((row) => Math.round((predictions.numbers.get('loss')?.[row] ?? 0) * 10))
    }
    expect(await losses('')).toEqual([35, 30, 25, 20, 15, 10, 5, 0])
    expect(await losses('sort:loss')).toEqual([0, 5, 10, 15, 20, 25, 30, 35])
    expect((await losses('is:any sort:-width')).slice(0, 2)).toEqual([19, 39])
    expect((await losses('is:any sort:-path')).slice(0, 1)).toEqual([39])
  })

  it('are the same from the blocks of a set, in whichever order it was evaluated', async () => {
    const { db, columns, datasetId, runId } = filled()
    const texts = ['is:any', 'loss>2', 'is:any margin>0.5 sort:-margin', 'rank:2 sort:path', 'confidence<0.7']
    const ids = async (of: Columns, text: string): Promise<number[]> => {
      const { predictions, rows } = await of.predictions(runId, text)
      return [...rows].map((row) => predictions.imageIds[row] ?? 0)
    }
    const fromRows = await Promise.all(texts.map((text) => ids(columns, text)))
    const shuffled = predictedRows(imageLayout(db, datasetId, {}).ids).reverse()
    addPredictionSet(db, runId, shuffled, { step: 4, part: 'test', classCount: 2 })
    nameResultSet(db, runId, 'test', 4)
    const others = createColumns(db)
    expect(await Promise.all(texts.map((text) => ids(others, text)))).toEqual(fromRows)
  })

  it('are of one set where it is named, beside the results', async () => {
    const { db, columns, datasetId, runId } = filled()
    const some = predictedRows(imageLayout(db, datasetId, {}).ids).slice(0, 12)
    const setId = addPredictionSet(db, runId, some, { step: 2, part: 'val', classCount: 2 })
    expect((await columns.predictions(runId, 'is:any', setId)).rows).toHaveLength(12)
    expect((await columns.predictions(runId, 'is:any')).rows).toHaveLength(40)
    expect(await columns.countPredictions(runId, '', setId)).toBe(3)
    await expect(columns.predictions(runId, '', 999)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('know the labels that were doubted, as long as the image has that label', async () => {
    const { db, columns, datasetId, runId } = filled()
    const { ids } = imageLayout(db, datasetId, {})
    const hashes = contentHashes(db, [ids[7] ?? 0, ids[12] ?? 0, ids[30] ?? 0])
    const doubts = hashes.map((contentHash) => ({
      ...{ contentHash, label: 'elm', suggested: 'Oak tree' },
      ...{ labelProbability: 0.01, suggestedProbability: 0.9 },
    }))
    putDoubts(db, datasetId, 1, doubts.reverse())
    const found = async (text: string): Promise<number[]> => {
      const { images, rows } = await columns.images(datasetId, text)
      return [...rows].map((row) => ids.indexOf(images.ids[row] ?? 0))
    }
    expect(await found('is:doubted sort:doubt')).toEqual([12, 7])
    expect(await found('doubt<=2')).toEqual([12])
    expect((await columns.predictions(runId, 'is:any is:doubted')).rows).toHaveLength(2)
    const writer = { atMs: 1, byWhom: 'me' }
    addLabelEvents(db, datasetId, writer, [
      { imageId: ids[12] ?? 0, change: { kind: 'label', className: 'Oak tree' }, fromClass: 'elm' },
    ])
    expect(await found('is:doubted')).toEqual([7])
    putDoubts(db, datasetId, 2, [])
    expect(await found('is:doubted')).toEqual([])
  })

  it('are of the newest results', async () => {
    const { db, columns, datasetId, runId } = filled()
    expect((await columns.predictions(runId, '')).rows).toHaveLength(8)
    db.prepare('UPDATE runs SET result_step = 7 WHERE id = ?').run(runId)
    predict(db, runId, imageLayout(db, datasetId, {}).ids.slice(0, 3))
    expect((await columns.predictions(runId, 'is:any')).rows).toHaveLength(3)
  })
})
