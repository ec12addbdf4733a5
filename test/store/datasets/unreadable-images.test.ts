import { describe, expect, it } from 'vitest'
import { runSchema } from '../../../src/contract/entities/run'
import { getDataset, jobImages } from '../../../src/main/store/datasets/datasets'
import { splitFiles, splitFilesSql } from '../../../src/main/store/datasets/images'
import { deleteRun, getRun, updateRun } from '../../../src/main/store/runs/runs'
import { selectRuns } from '../../../src/main/store/runs/run-row'
import {
  insertUnreadable,
  listUnreadable,
  listUnreadableSql,
} from '../../../src/main/store/datasets/unreadable-images'
import { addDataset, addRun, eachPart, queryPlan, scannedImage, temporaryStore } from '../support/home'

describe('images that cannot be read in a run', () => {
  it('are kept with the earliest place at which they failed, counted and named', () => {
    const { db } = temporaryStore()
    const datasetId = addDataset(db)
    const runId = addRun(db, datasetId)
    expect(getRun(db, runId).unreadable).toEqual({ count: 0, first: [] })
    const { images } = jobImages(db, getDataset(db, datasetId).split.id)
    const ids = images.train.ids.slice(0, 22)
    insertUnreadable(
      db,
      runId,
      ids.map((imageId) => ({ imageId, fromPosition: 96, reason: 'It is gone.' })),
    )
    const [first = 0, second = 0] = ids
    insertUnreadable(db, runId, [
      { imageId: first, fromPosition: 64, reason: 'It is broken.' },
      { imageId: second, fromPosition: 128, reason: 'It is broken.' },
    ])
    expect(listUnreadable(db, runId).slice(0, 2)).toEqual([
      { imageId: first, fromPosition: 64, reason: 'It is gone.' },
      { imageId: second, fromPosition: 96, reason: 'It is gone.' },
    ])
    const { unreadable } = runSchema.parse(getRun(db, runId))
    expect(unreadable.count).toBe(22)
    expect(unreadable.first).toHaveLength(20)
    expect(unreadable.first[0]).toEqual({ path: images.train.keys[0], part: 'train', reason: 'It is gone.' })
    deleteRun(db, runWithoutTrainer())
    expect(listUnreadable(db, runId)).toEqual([])

    function runWithoutTrainer(): number {
      updateRun(db, runId, { state: 'interrupted', endedAtMs: 1 })
      return runId
    }
  })

  it('are found through indexes', () => {
    const { db } = temporaryStore()
    expect(queryPlan(db, listUnreadableSql, 1)).not.toContain('SCAN')
    expect(queryPlan(db, `${selectRuns} WHERE runs.id = ?`, 1)).not.toMatch(
      /SCAN (images|split_images|unreadable)/,
    )
    expect(queryPlan(db, splitFilesSql, 1)).not.toContain('SCAN')
  })
})

describe('the files of a split', () => {
  it('are those of its images, one by one', () => {
    const { db } = temporaryStore()
    const datasetId = addDataset(db)
    const { split } = getDataset(db, datasetId)
    const files = splitFiles(db, split.id)
    const { byteCount, modifiedMs } = scannedImage()
    for (const part of eachPart) {
      expect(files[part].byteCounts).toEqual(Array<number>(split.counts[part]).fill(byteCount))
      expect(files[part].modifiedMs).toEqual(Array<number>(split.counts[part]).fill(modifiedMs))
    }
  })
})
