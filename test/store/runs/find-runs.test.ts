import { describe, expect, it } from 'vitest'
import type { EngineReport } from '../../../src/contract/entities/model'
import { getDataset } from '../../../src/main/store/datasets/datasets'
import { evaluatedBefore, findRun, newestEngine, runNames } from '../../../src/main/store/runs/find-runs'
import { insertRun, updateRun } from '../../../src/main/store/runs/runs'
import { addDataset, temporaryStore } from '../support/home'
import { newRun } from '../support/new-run'

const engineOf = (threadCount: number): EngineReport => ({
  ...{ kind: 'tensorflow', version: '2.20.0', device: 'cpu', deviceName: 'Some cores', memoryBytes: 8e9 },
  ...{ why: 'no GPU', faster: [], versions: {}, threadCount },
})

function someRuns() {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const { split } = getDataset(db, datasetId)
  const ids = ['a', 'b', 'c', 'd'].map((name) => insertRun(db, newRun(datasetId, split.id, name)))
  return { db, datasetId, ids: ids as [number, number, number, number] }
}
const trash = (db: ReturnType<typeof someRuns>['db'], id: number) =>
  db.prepare('UPDATE runs SET deleted_at_ms = 1 WHERE id = ?').run(id)

describe('runs are found without reading the others', () => {
  it('by number, unless they are deleted or damaged', () => {
    const { db, ids } = someRuns()
    expect(findRun(db, ids[0])?.name).toBe('a')
    expect(findRun(db, 99)).toBeNull()
    trash(db, ids[0])
    expect(findRun(db, ids[0])).toBeNull()
    db.prepare(`UPDATE runs SET recipe_json = '{}' WHERE id = ?`).run(ids[1])
    expect(findRun(db, ids[1])).toBeNull()
  })

  it('by their names, without those of deleted ones', () => {
    const { db, ids } = someRuns()
    trash(db, ids[3])
    expect(runNames(db)).toEqual(new Set(['a', 'b', 'c']))
  })

  it('the newest with an engine, passing over a damaged one', () => {
    const { db, ids } = someRuns()
    expect(newestEngine(db)).toBeNull()
    updateRun(db, ids[0], { engine: engineOf(1) })
    updateRun(db, ids[1], { engine: engineOf(2) })
    expect(newestEngine(db)?.threadCount).toBe(2)
    updateRun(db, ids[2], { engine: engineOf(3) })
    db.prepare(`UPDATE runs SET engine_json = '{"kind": 1}' WHERE id = ?`).run(ids[2])
    expect(newestEngine(db)?.threadCount).toBe(2)
  })

  it('the newest engine of this machine: not that of a run that was imported', () => {
    const { db, ids } = someRuns()
    updateRun(db, ids[0], { engine: engineOf(1) })
    updateRun(db, ids[1], { engine: engineOf(64) })
    db.prepare('INSERT INTO run_bundles (run_id, key, imported_at_ms) VALUES (?, ?, 1)').run(
      ...[ids[1], Buffer.alloc(32)],
    )
    expect(newestEngine(db)?.threadCount).toBe(1)
  })

  it('the newest older one of the same dataset that was evaluated', () => {
    const { db, datasetId, ids } = someRuns()
    const [a, b, c, d] = ids
    const last = { id: d, datasetId }
    expect(evaluatedBefore(db, last)).toBeNull()
    for (const id of [a, b, d]) updateRun(db, id, { wrongCount: 3 })
    expect(evaluatedBefore(db, last)?.id).toBe(b)
    expect(evaluatedBefore(db, { ...last, datasetId: datasetId + 1 })).toBeNull()
    trash(db, b)
    expect(evaluatedBefore(db, last)?.id).toBe(a)
    expect(evaluatedBefore(db, { ...last, id: c })?.id).toBe(a)
  })
})
