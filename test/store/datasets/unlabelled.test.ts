/** A dataset that came without labels: which images wait, and what the version that is trained on has. */
import { describe, expect, it } from 'vitest'
import type { LabelChange } from '../../../src/contract/entities/label'
import { unlabelledName } from '../../../src/domain/labels/unlabelled'
import { getDataset } from '../../../src/main/store/datasets/datasets'
import { addLabelEvents, addUndo, labelLog } from '../../../src/main/store/labels/label-events'
import { pendingCount, searchPending } from '../../../src/main/store/labels/label-version'
import { atOnce } from '../../../src/domain/in-turns'
import { takeInLabels } from '../support/at-once'
import { unlabelledImages } from '../../../src/main/store/datasets/unlabelled-images'
import { addDataset, syntheticScan, temporaryStore } from '../support/home'

const writer = { atMs: 5000, byWhom: 'ada' }

function filled() {
  const { db } = temporaryStore()
  const scan = syntheticScan([unlabelledName], 12)
  const source = { ...scan.source, folders: 'unlabelled' as const }
  const datasetId = addDataset(db, 'loose', { ...scan, source })
  const ids = unlabelledImages(db, datasetId).map(({ imageId }) => imageId)
  const label = (from: number, to: number, className: string): number =>
    addLabelEvents(
      db,
      datasetId,
      writer,
      ids.slice(from, to).map((imageId) => {
        const change: LabelChange = { kind: 'label', className }
        return { imageId, change, fromClass: unlabelledName }
      }),
    )
  const classes = (): Record<string, number> =>
    Object.fromEntries(
      getDataset(db, datasetId).classes.map(({ name, counts }) => [
        name,
        counts.train + counts.val + counts.test,
      ]),
    )
  return { db, datasetId, ids, label, classes }
}

describe('a dataset without labels', () => {
  it('has all its images waiting for one', () => {
    const { db, datasetId, ids, classes } = filled()
    expect(ids).toHaveLength(12)
    expect(classes()).toEqual({ [unlabelledName]: 12 })
    expect(getDataset(db, datasetId).isUnlabelled).toBe(true)
    expect(takeInLabels(db, datasetId, 1)).toBeNull()
  })

  it('is trained on with the labelled images alone, the classes in the order of their names', () => {
    const { db, datasetId, label, classes, ids } = filled()
    label(0, 3, 'oak')
    label(3, 5, 'elm')
    expect(takeInLabels(db, datasetId, 1)).toMatchObject({ gone: 7, relabelled: 5, new: 0 })
    expect(classes()).toEqual({ elm: 2, oak: 3 })
    expect(pendingCount(atOnce(searchPending(db, datasetId)))).toBe(0)
    expect(unlabelledImages(db, datasetId).map(({ imageId }) => imageId)).toEqual(ids)
  })

  it('takes in images that are labelled later, also of new classes', () => {
    const { db, datasetId, label, classes } = filled()
    label(0, 3, 'oak')
    label(3, 5, 'elm')
    takeInLabels(db, datasetId, 1)
    label(5, 7, 'ash')
    label(7, 8, 'elm')
    expect(pendingCount(atOnce(searchPending(db, datasetId)))).toBe(3)
    expect(takeInLabels(db, datasetId, 2)).toMatchObject({ gone: 0, new: 3 })
    expect(classes()).toEqual({ elm: 3, oak: 3, ash: 2 })
    label(8, 9, 'yew')
    takeInLabels(db, datasetId, 3)
    expect(classes()).toEqual({ elm: 3, oak: 3, ash: 2, yew: 1 })
  })

  it('loses what is unlabelled again', () => {
    const { db, datasetId, label, classes } = filled()
    label(0, 3, 'oak')
    label(3, 5, 'elm')
    label(5, 6, 'elm')
    takeInLabels(db, datasetId, 1)
    addUndo(db, datasetId, writer, 'undo', labelLog(db, datasetId).undo ?? 0)
    expect(takeInLabels(db, datasetId, 2)).toMatchObject({ gone: 1, new: 0, relabelled: 0 })
    expect(classes()).toEqual({ elm: 2, oak: 3 })
  })

  it('is not trained on with one class', () => {
    const { db, datasetId, label } = filled()
    label(0, 3, 'oak')
    expect(() => takeInLabels(db, datasetId, 1)).toThrow('labels of fewer than two classes')
  })
})
