import { describe, expect, it } from 'vitest'
import {
  checkpointOf,
  deleteCheckpoint,
  insertCheckpoint,
} from '../../src/main/store/checkpoints/checkpoints'
import { getDataset } from '../../src/main/store/datasets/datasets'
import { deleteRun, getRun, insertRun, updateRun } from '../../src/main/store/runs/runs'
import type { Db } from '../../src/main/store/statement'
import { refuseChangedStart } from '../../src/main/training/changed-start'
import { newRun } from '../store/support/new-run'
import { addDataset, temporaryStore } from '../store/support/home'

function saved(db: Db, runId: number, stepIndex: number, createdAtMs: number): void {
  const stored = { name: '0123456789abcdef', sha256: 'ab'.repeat(32) }
  insertCheckpoint(db, { runId, stepIndex, createdAtMs, byteCount: 1, stored })
}

/** A run that began at 2000 with the weights of another, which had a checkpoint of 1000. */
function runOfRun(which = ''): { db: Db; sourceId: number; runId: number } {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const splitId = getDataset(db, datasetId).split.id
  const sourceId = insertRun(db, newRun(datasetId, splitId, 'source'))
  saved(db, sourceId, 10, 1000)
  const weights = `run:${String(sourceId)}${which}`
  const runId = insertRun(db, { ...newRun(datasetId, splitId, 'later'), weights, createdAtMs: 2000 })
  return { db, sourceId, runId }
}

describe('a run without a checkpoint that began with the weights of another run', () => {
  it('can start again while those are the same', () => {
    const { db, runId } = runOfRun()
    expect(() => refuseChangedStart(db, runId)).not.toThrow()
  })

  it('is refused once the other was trained further, naming it', () => {
    const { db, sourceId, runId } = runOfRun()
    saved(db, sourceId, 20, 3000)
    expect(() => refuseChangedStart(db, runId)).toThrow('"source", which was trained further')
  })

  it('goes on from its own checkpoint whatever the other did', () => {
    const { db, sourceId, runId } = runOfRun()
    saved(db, sourceId, 20, 3000)
    saved(db, runId, 5, 3000)
    expect(() => refuseChangedStart(db, runId)).not.toThrow()
  })

  it('can start again from the checkpoint of a step whatever the other did, and from no other', () => {
    const { db, sourceId, runId } = runOfRun('@10')
    saved(db, sourceId, 5, 900)
    saved(db, sourceId, 20, 3000)
    expect(() => refuseChangedStart(db, runId)).not.toThrow()
    const begun = checkpointOf(db, sourceId, 10)
    if (begun !== null) deleteCheckpoint(db, begun)
    const gone = '"later" began with the weights of "source" after step 10, and that checkpoint is gone'
    expect(() => refuseChangedStart(db, runId)).toThrow(gone)
    updateRun(db, sourceId, { state: 'done', endedAtMs: 1 })
    deleteRun(db, sourceId)
    expect(() => refuseChangedStart(db, runId)).toThrow(`of run ${String(sourceId)} after step 10`)
  })

  it('does not need those weights where it goes on from a checkpoint of a third', () => {
    const { db, sourceId, runId } = runOfRun()
    const { datasetId, splitId } = getRun(db, runId)
    const parentId = insertRun(db, newRun(datasetId, splitId, 'parent'))
    saved(db, parentId, 30, 1500)
    const weights = `run:${String(sourceId)}@11`
    const parent = { runId: parentId, stepIndex: 30 }
    const id = insertRun(db, { ...newRun(datasetId, splitId, 'branch'), weights, parent })
    expect(() => refuseChangedStart(db, id)).not.toThrow()
  })
})
