import { describe, expect, it } from 'vitest'
import { slicesSchema } from '../../src/contract/entities/slice'
import { accuracyOf } from '../../src/domain/rules/interval'
import { createColumns } from '../../src/main/columns/columns'
import { slicesHandlers } from '../../src/main/runs/slices'
import { imageLayout } from '../../src/main/store/datasets/images'
import { insertPredictions, publishPredictions } from '../../src/main/store/runs/predictions'
import { updateRun } from '../../src/main/store/runs/runs'
import { addDataset, addRun, syntheticScan, temporaryStore } from '../store/support/home'
import { rowOfLogits } from '../store/support/prediction-set'

/** Two runs over forty images of two classes: the first has every fifth wrong, the second every tenth. */
function filled() {
  const { db } = temporaryStore()
  const datasetId = addDataset(db, 'trees', syntheticScan(['elm', 'oak'], 20))
  const { ids } = imageLayout(db, datasetId, {})
  const runs = [5, 10].map((every) => {
    const runId = addRun(db, datasetId)
    const rows = ids.map((id, index) => {
      const label = index < 20 ? 0 : 1
      return rowOfLogits(id, label, (index % every === 0) === (label === 0) ? [0, 1] : [1, 0])
    })
    insertPredictions(db, runId, rows)
    publishPredictions(db, runId)
    const wrongCount = 40 / every
    updateRun(db, runId, {
      ...{ state: 'done', endedAtMs: 1, resultStep: 1, evaluatedOn: 'test' },
      ...{ wrongCount, accuracy: accuracyOf(40 - wrongCount, 40) },
    })
    return runId
  })
  const emitted: unknown[] = []
  const context = { db, clock: () => 7, emit: (event: unknown) => void emitted.push(event) }
  const handlers = slicesHandlers(context, createColumns(db))
  return { db, datasetId, runs, handlers, emitted }
}

describe('the slices of a run', () => {
  it('say how right it is on their images, right and wrong, and how right the run before was', async () => {
    const { datasetId, runs, handlers, emitted } = filled()
    const save = (name: string, query: string, floor: number | null) =>
      handlers['slices.save']({ datasetId, name, query, floor })
    await save('elms', 'label:elm sort:path', 0.95)
    await save('wide', 'width>=110', null)
    await save('none', 'width>9999', 0.5)
    const found = slicesSchema.parse(await handlers['slices.list']({ runId: runs[1] ?? 0 }))
    expect(found.before?.runId).toBe(runs[0])
    expect(found.all).toMatchObject({ correct: 36, total: 40 })
    expect(found.allSince).toMatchObject({ before: { correct: 32, total: 40 } })
    expect(
      found.slices.map(({ name, accuracy, since, fails }) => [
        ...[name, accuracy?.correct, accuracy?.total, since?.before.correct, fails],
      ]),
    ).toEqual([
      ['elms', 18, 20, 16, true],
      ['none', undefined, undefined, undefined, true],
      ['wide', 18, 20, 16, false],
    ])
    expect(emitted).toContainEqual({ type: 'views-changed', subject: 'predictions', datasetId })
    expect((await handlers['slices.list']({ runId: runs[0] ?? 0 })).before).toBeNull()
  })

  it('hold the run before to the images and the labels of the run in view', async () => {
    const { db, datasetId, runs, handlers } = filled()
    const { ids } = imageLayout(db, datasetId, {})
    // The labels of two elms were corrected since the first run, which said oak of the first of them; one image is new.
    const corrected = new Set(ids.slice(0, 2))
    const seen = ids.slice(0, 10)
    const rows = seen.map((id) => rowOfLogits(id, corrected.has(id) ? 1 : 0, [1, 0]))
    const third = addRun(db, datasetId)
    insertPredictions(db, third, rows)
    publishPredictions(db, third)
    updateRun(db, third, {
      ...{ state: 'done', endedAtMs: 1, resultStep: 1, evaluatedOn: 'test' },
      ...{ wrongCount: 2, accuracy: accuracyOf(8, 10) },
    })
    db.prepare('DELETE FROM predictions WHERE run_id = ? AND image_id = ?').run(runs[1], seen[9])
    await handlers['slices.save']({ datasetId, name: 'oaks', query: 'label:oak', floor: null })
    const { slices, all, allSince } = await handlers['slices.list']({ runId: third })
    // Of the run before, the first image is wrong under its own labels, and right under the corrected ones.
    expect(slices[0]).toMatchObject({
      accuracy: { correct: 0, total: 2 },
      since: { now: { correct: 0, total: 2 }, before: { correct: 1, total: 2 } },
    })
    expect(all).toMatchObject({ correct: 8, total: 10 })
    expect(allSince).toMatchObject({
      now: { correct: 7, total: 9 },
      before: { correct: 8, total: 9 },
    })
  })

  it('that cannot be answered say why in their place, and leave the others theirs', async () => {
    const { datasetId, runs, handlers } = filled()
    const save = (name: string, query: string) =>
      handlers['slices.save']({ datasetId, name, query, floor: 0.5 })
    await save('a', 'label:elm')
    await save('b', 'evaluated:baseline')
    await save('c', 'correction:99')
    const { slices, all } = await handlers['slices.list']({ runId: runs[1] ?? 0 })
    expect(all?.total).toBe(40)
    expect(slices.map(({ name, fails, fault }) => [name, fails, fault !== ''])).toEqual([
      ['a', false, false],
      ['b', true, true],
      ['c', true, true],
    ])
  })

  it('are not held to a run that was evaluated in another part', async () => {
    const { db, runs, handlers } = filled()
    updateRun(db, runs[0] ?? 0, { evaluatedOn: 'val' })
    const { all, allSince } = await handlers['slices.list']({ runId: runs[1] ?? 0 })
    expect([all?.total, allSince]).toEqual([40, null])
  })

  it('are saved where their query is understood, in the place of the one of that name', async () => {
    const { datasetId, runs, handlers } = filled()
    const slice = { datasetId, name: 'elms', query: 'label:elm', floor: 0.95 }
    await handlers['slices.save'](slice)
    await handlers['slices.save']({ ...slice, floor: 0.5 })
    const { slices } = await handlers['slices.list']({ runId: runs[1] ?? 0 })
    expect(slices).toEqual([expect.objectContaining({ floor: 0.5, fails: false })])
    await expect(handlers['slices.save']({ ...slice, query: 'label:elms' })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('There is no class elms'),
    })
  })
})
