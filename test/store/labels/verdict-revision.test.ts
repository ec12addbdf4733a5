import { expect, it } from 'vitest'
import { addLabelEvents, addUndo, labelLog } from '../../../src/main/store/labels/label-events'
import { verdictRevision } from '../../../src/main/store/labels/rating-answers'
import { addDataset, temporaryStore } from '../support/home'

it('verdicts are read again where one is said, undone or done again, and not after a correction', () => {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const writer = { atMs: 1, byWhom: 'ada' }
  const isOther = (what: () => void): boolean => {
    const before = verdictRevision(db)
    what()
    return verdictRevision(db) !== before
  }
  const add = (change: Parameters<typeof addLabelEvents>[3][number]['change']) => () =>
    void addLabelEvents(db, datasetId, writer, [{ imageId: 1, change, fromClass: 'elm' }])
  const turn = (kind: 'undo' | 'redo') => () =>
    addUndo(db, datasetId, writer, kind, labelLog(db, datasetId)[kind] ?? 0)

  expect(isOther(add({ kind: 'label', className: 'oak' }))).toBe(false)
  expect(isOther(add({ kind: 'tag', tag: 'odd' }))).toBe(false)
  expect(isOther(add({ kind: 'verdict', prediction: 'oak', answer: 'label' }))).toBe(true)
  expect(isOther(turn('undo'))).toBe(true)
  expect(isOther(turn('redo'))).toBe(true)
})
