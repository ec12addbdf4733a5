import { expect, it } from 'vitest'
import { comparedPageSchema, comparedSliceSchema } from '../../src/contract/entities/comparison'
import { createColumns } from '../../src/main/columns/columns'
import { comparisonHandlers } from '../../src/main/runs/compared'
import { slicesHandlers } from '../../src/main/runs/slices'
import { imageLayout } from '../../src/main/store/datasets/images'
import { addLabelEvents } from '../../src/main/store/labels/label-events'
import { setSplit } from '../store/support/at-once'
import { addDataset, addRun, temporaryStore } from '../store/support/home'
import { addPredictionSet, rowOfLogits } from '../store/support/prediction-set'

/** Two runs on four elms and three oaks. What each says, e or o: of the elms one is fixed, one broken, of the oaks one fixed. */
function twoRuns() {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const { ids: images } = imageLayout(db, datasetId, {})
  const shown = [...images.slice(0, 4), ...images.slice(20, 23)]
  const add = (name: string, says: string): number => {
    const runId = addRun(db, datasetId, name)
    const rows = [...says].map((letter, at) =>
      rowOfLogits(shown[at] ?? 0, at < 4 ? 0 : 1, letter === 'e' ? [3, 0] : [0, 3]),
    )
    addPredictionSet(db, runId, rows, { step: 1, part: 'test', classCount: 2 })
    return runId
  }
  const [first, second] = [add('a', 'eeoooeo'), add('b', 'eoeoooo')]
  const columns = createColumns(db)
  const context = { db, clock: () => 7, emit: () => undefined }
  return {
    ...{ db, datasetId, shown, question: { first, second, part: 'test' as const } },
    columns,
    handlers: comparisonHandlers(context, columns),
    slices: slicesHandlers(context, columns),
  }
}

it('counts the groups of each slice, right and wrong, and opens the images of one', async () => {
  const { datasetId, shown, question, handlers, slices } = twoRuns()
  const save = (name: string, query: string) => slices['slices.save']({ datasetId, name, query, floor: null })
  await save('elms', 'label:elm is:wrong sort:path')
  await save('none', 'width>9999')
  const found = comparedSliceSchema.array().parse(await handlers['runs.compareSlices'](question))
  expect(found.map(({ name, counts }) => [name, counts])).toEqual([
    ['elms', { fixed: 1, broken: 1, 'same-wrong': 1, 'other-wrong': 0, right: 1 }],
    ['none', { fixed: 0, broken: 0, 'same-wrong': 0, 'other-wrong': 0, right: 0 }],
  ])

  const page = { ...question, offset: 0, limit: 10 }
  const fixed = comparedPageSchema.parse(
    await handlers['runs.compared']({ ...page, group: 'fixed', query: found[0]?.query }),
  )
  expect(fixed.images.map(({ imageId }) => imageId)).toEqual([shown[2]])
  expect([fixed.total, fixed.counts]).toEqual([1, found[0]?.counts])
  const all = await handlers['runs.compared']({ ...page, group: 'fixed' })
  expect([all.total, all.counts.right]).toEqual([2, 3])
  await expect(
    handlers['runs.compared']({ ...page, group: 'fixed', query: 'widht<9' }),
  ).rejects.toMatchObject({ code: 'bad-input', span: { from: 0, to: 5 } })
})

it('judges a slice by the labels of now', async () => {
  const { db, datasetId, shown, question, handlers, slices } = twoRuns()
  await slices['slices.save']({ datasetId, name: 'all', query: 'is:any', floor: null })
  addLabelEvents(db, datasetId, { atMs: 9, byWhom: 'test' }, [
    { imageId: shown[1] ?? 0, change: { kind: 'label', className: 'oak' }, fromClass: 'elm' },
  ])
  const [all] = await handlers['runs.compareSlices'](question)
  expect(all?.counts).toEqual({ fixed: 3, broken: 0, 'same-wrong': 1, 'other-wrong': 0, right: 3 })
  const page = { ...question, group: 'fixed' as const, relabelled: true, offset: 0, limit: 10 }
  const { images, counts } = await handlers['runs.compared'](page)
  expect(images.map(({ imageId }) => imageId)).toEqual([shown[1]])
  expect(counts).toEqual({ fixed: 1, broken: 0, 'same-wrong': 0, 'other-wrong': 0, right: 0 })
})

it('says why a slice is not understood, and counts the others', async () => {
  const { db, datasetId, question, handlers, slices } = twoRuns()
  await slices['slices.save']({ datasetId, name: 'elms', query: 'label:elm', floor: null })
  db.prepare("UPDATE saved_queries SET query = 'label:ash'").run()
  expect(await handlers['runs.compareSlices'](question)).toMatchObject([
    { name: 'elms', fault: expect.stringContaining('ash') as string },
  ])
})

it('counts what only one run evaluated as the query of its images does, files of the same bytes too', async () => {
  const { db, datasetId, question, columns, handlers } = twoRuns()
  setSplit(db, datasetId, { valFraction: 0, testFraction: 0.5, seed: 1 })
  const [copy = 0, alone = 0, ...shown] = imageLayout(db, datasetId, { part: 'test' }).ids
  const [original = 0, excluded = 0, ...others] = shown
  // The first run evaluated the copy's bytes under another name.
  db.prepare(
    'UPDATE images SET content_hash = (SELECT content_hash FROM images WHERE id = ?) WHERE id = ?',
  ).run(original, copy)
  const evaluated = (name: string, ids: readonly number[]): number => {
    const runId = addRun(db, datasetId, name)
    const rows = ids.map((id) => rowOfLogits(id, 0, [3, 0]))
    addPredictionSet(db, runId, rows, { step: 1, part: 'test', classCount: 2 })
    return runId
  }
  const [first, second] = [evaluated('c', shown), evaluated('d', [original, excluded, copy, alone])]
  addLabelEvents(db, datasetId, { atMs: 9, byWhom: 'test' }, [
    { imageId: excluded, change: { kind: 'exclude' }, fromClass: 'elm' },
  ])
  const found = await handlers['runs.compare']({ ...question, first, second })
  expect([found.onlyFirst, found.onlySecond, found.excluded]).toEqual([others.length, 1, 1])
  const count = (run: number, set: number | null, query: string) =>
    columns.countPredictions(run, query, set ?? undefined)
  expect(await count(first, found.firstSet, `is:any -evaluated:${String(second)}`)).toBe(others.length)
  expect(await count(second, found.secondSet, 'is:any -evaluated:c')).toBe(1)
  expect(await count(second, found.secondSet, `is:any is:excluded evaluated:${String(first)}`)).toBe(1)
  await expect(count(second, found.secondSet, 'evaluated:99')).rejects.toThrow('There is no run "99".')
})
