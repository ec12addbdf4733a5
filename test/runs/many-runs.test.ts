import { expect, it } from 'vitest'
import { manyRunsHandlers } from '../../src/main/runs/many-runs'
import { imageLayout } from '../../src/main/store/datasets/images'
import { addLabelEvents } from '../../src/main/store/labels/label-events'
import { addDataset, addRun, temporaryStore } from '../store/support/home'
import { addPredictionSet, rowOfLogits } from '../store/support/prediction-set'

/** Three runs on six images of elm and oak, of which the first two runs evaluated one more. What each says: e or o. */
function compared() {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const { ids: images } = imageLayout(db, datasetId, {})
  const [elms, oaks] = [images.slice(0, 4), images.slice(20, 23)]
  const shown = [...elms, ...oaks]
  const add = (name: string, says: string): number => {
    const runId = addRun(db, datasetId, name)
    const rows = [...says].map((letter, at) =>
      rowOfLogits(shown[at] ?? 0, at < elms.length ? 0 : 1, letter === 'e' ? [3, 0] : [0, 3]),
    )
    addPredictionSet(db, runId, rows, { step: 1, part: 'test', classCount: 2 })
    return runId
  }
  const ids = [add('a', 'eeooooo'), add('b', 'eeeoeoo'), add('c', 'eoeooo')]
  return { db, datasetId, ids, shown, many: manyRunsHandlers({ db }) }
}

it('holds runs to each other on the images that all evaluated', async () => {
  const { ids, many } = compared()
  const found = await many['many.compare']({ ids })
  expect(found).toMatchObject({ part: 'test', imageCount: 6, rightCounts: [1, 0, 3, 2] })
  expect(found.runs.map(({ accuracy, leftOut }) => [accuracy.correct, leftOut])).toEqual([
    [4, 1],
    [4, 1],
    [4, 0],
  ])
  expect(found.classes).toEqual([
    { name: 'elm', total: 4, right: [2, 3, 2] },
    { name: 'oak', total: 2, right: [2, 1, 2] },
  ])
  expect(found.pairs.map(({ fixed, broken }) => [fixed, broken])).toEqual([
    [1, 1],
    [1, 1],
    [1, 1],
  ])
  await expect(many['many.compare']({ ids, part: 'val' })).rejects.toThrow('val')
})

it('opens what one run has right of a class, by its number or its name', async () => {
  const { ids, many } = compared()
  const { classes } = await many['many.compare']({ ids })
  for (const { name, right } of classes)
    for (const [at, count] of right.entries())
      for (const run of [ids[at], 'abc'[at]]) {
        const query = `label:${name} correct:${String(run)}`
        expect((await many['many.images']({ ids, query, offset: 0, limit: 9 })).total).toBe(count)
      }
})

it('finds images by a query, and judges them by the labels of now', async () => {
  const { db, datasetId, ids, shown, many } = compared()
  const ask = (query: string) => many['many.images']({ ids, query, offset: 0, limit: 10 })
  expect(await ask('right:0')).toMatchObject({
    total: 1,
    images: [{ label: 'elm', said: ['oak', 'oak', 'oak'] }],
  })
  await expect(ask('rihgt:0')).rejects.toMatchObject({ code: 'bad-input', span: { from: 0, to: 5 } })

  const [image = 0, gone = 0] = [shown[3], shown[0]]
  addLabelEvents(db, datasetId, { atMs: 9, byWhom: 'test' }, [
    { imageId: image, change: { kind: 'label', className: 'oak' }, fromClass: 'elm' },
    { imageId: gone, change: { kind: 'exclude' }, fromClass: 'elm' },
  ])
  expect((await ask('right:0')).total).toBe(0)
  expect(await many['many.compare']({ ids })).toMatchObject({ imageCount: 5, rightCounts: [0, 0, 3, 2] })
})
