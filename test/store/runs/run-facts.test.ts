import { describe, expect, it } from 'vitest'
import { runRowSchema } from '../../../src/contract/entities/run-list'
import { unpackUint32 } from '../../../src/contract/packed'
import { findRuns, shownRow } from '../../../src/main/runs/find-runs'
import { getDataset } from '../../../src/main/store/datasets/datasets'
import { createRunFacts } from '../../../src/main/store/runs/run-facts'
import {
  markRuns,
  outdatedRuns,
  restoreRuns,
  trashRuns,
  trashedRuns,
} from '../../../src/main/store/runs/run-marks'
import { imageLayout } from '../../../src/main/store/datasets/images'
import { nameResultSet } from '../../../src/main/store/runs/prediction-sets'
import {
  deleteRun,
  getRun,
  insertRun,
  listRuns,
  renameRun,
  updateRun,
} from '../../../src/main/store/runs/runs'
import { addDataset, addRun, temporaryStore } from '../support/home'
import { newRun } from '../support/new-run'
import { addPredictionSet } from '../support/prediction-set'

const dayMs = 24 * 3_600_000

function store() {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const ids = ['one', 'two', 'three'].map((name) => addRun(db, datasetId, name))
  for (const id of ids) updateRun(db, id, { state: 'done', endedAtMs: 5 })
  const [first = 0, second = 0, third = 0] = ids
  return { db, datasetId, first, second, third, facts: createRunFacts(db) }
}

describe('facts of runs', () => {
  it('follow what is said of a run, and what becomes of it', () => {
    const { db, first, second, third, facts } = store()
    expect(
      facts
        .all()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['one', 'three', 'two'])
    renameRun(db, first, 'the first')
    markRuns(db, [first, second], { starred: true, addTags: ['b', 'a'], note: '**good**' }, 10)
    deleteRun(db, third)
    const [one, two, ...others] = [...facts.all()].sort((a, b) => a.id - b.id)
    expect(others).toEqual([])
    expect(one).toMatchObject({ name: 'the first', isStarred: true, tags: ['a', 'b'], note: '**good**' })
    expect(two).toMatchObject({ name: 'two', isStarred: true, tags: ['a', 'b'] })
    markRuns(db, [first], { removeTags: ['a'], archived: true }, 10)
    expect(facts.all().find(({ id }) => id === first)).toMatchObject({ tags: ['b'], isArchived: true })
  })

  it('follow a run that has changed already and loses what it names: its parent, the set of its mistakes', () => {
    const { db, datasetId, first, second, facts } = store()
    db.prepare('UPDATE runs SET parent_run_id = ?, parent_step = 2 WHERE id = ?').run(first, second)
    facts.all()
    renameRun(db, second, 'child')
    deleteRun(db, first)
    expect(facts.all().map(({ id }) => id)).not.toContain(first)
    expect(facts.all().find(({ id }) => id === second)?.name).toBe('child')
    const row = { imageId: imageLayout(db, datasetId, {}).ids[0] ?? 0, labelIndex: 0, loss: 1, labelRank: 1 }
    const rows = [{ ...row, labelProbability: 0.5, topIndices: [0], topProbabilities: [0.5] }]
    for (const name of ['once', 'again']) {
      addPredictionSet(db, second, rows, { step: 4, part: 'test', classCount: 2 })
      nameResultSet(db, second, 'test', 4)
      renameRun(db, second, name)
    }
    expect(facts.all().find(({ id }) => id === second)?.name).toBe('again')
  })

  it.each(['', '@last', '@best', '@300'])('name the run whose weights a run began with: run:N%s', (which) => {
    const { db, datasetId, first, facts } = store()
    const { split } = getDataset(db, datasetId)
    db.prepare(`UPDATE runs SET weights = 'embedded:bit-tiny' WHERE id = ?`).run(first)
    const weights = `run:${String(first)}${which}`
    const id = insertRun(db, { ...newRun(datasetId, split.id, 'later'), weights })
    const row = facts.all().find((run) => run.id === id)
    expect(row).toMatchObject({ parent: { id: first, name: 'one' }, origin: 'embedded:bit-tiny' })
    expect(row?.origin).toBe(getRun(db, id).origin)
    expect(facts.all().map((run) => runRowSchema.safeParse(shownRow(run)).success)).not.toContain(false)
    const asked = { query: `parent:${String(first)}`, sort: '', groupBy: 'none' }
    expect(unpackUint32(findRuns(facts.all(), asked).ids)).toEqual(Uint32Array.of(id))
  })

  it('are the same list while nothing changes', () => {
    const { facts } = store()
    const before = facts.all()
    expect(facts.all()).toBe(before)
  })

  it('leave out a run whose recipe cannot be read', () => {
    const { db, first, facts } = store()
    db.prepare(`UPDATE runs SET recipe_json = '{}' WHERE id = ?`).run(first)
    expect(facts.all().some(({ id }) => id === first)).toBe(false)
  })
})

describe('the trash', () => {
  it('takes runs out of the lists until they are restored', () => {
    const { db, first, second } = store()
    trashRuns(db, [first, second], 100)
    expect(listRuns(db).map(({ name }) => name)).toEqual(['three'])
    restoreRuns(db, [first])
    expect(trashedRuns(db)).toEqual([second])
  })

  it('keeps a run for 30 days from when it was deleted first', () => {
    const { db, first } = store()
    trashRuns(db, [first], 100)
    trashRuns(db, [first], 100 + dayMs)
    expect(outdatedRuns(db, 99 + 30 * dayMs)).toEqual([])
    expect(outdatedRuns(db, 100 + 30 * dayMs)).toEqual([first])
  })

  it('takes none of several where one trains', () => {
    const { db, first, datasetId } = store()
    const active = addRun(db, datasetId, 'active')
    expect(() => trashRuns(db, [first, active], 100)).toThrow(expect.objectContaining({ code: 'busy' }))
    expect(trashedRuns(db)).toEqual([])
  })
})
