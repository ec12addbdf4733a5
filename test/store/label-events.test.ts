import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/main/store/open'
import { listVersions } from '../../src/main/store/dataset-versions'
import { deleteDataset, getDataset, jobImages } from '../../src/main/store/datasets'
import { imageLayout } from '../../src/main/store/images'
import { addLabelEvents, addUndo, labelLog, labelRevision } from '../../src/main/store/label-events'
import { pendingCount, pendingLabels, takeInLabels } from '../../src/main/store/label-version'
import type { LabelChange } from '../../src/contract/entities/label'
import type { Db } from '../../src/main/store/statement'
import { addDataset, addRun, temporaryHome, temporaryStore } from './support/home'

const writer = { atMs: 5000, byWhom: 'ada' }

function change(
  db: Db,
  datasetId: number,
  imageIds: readonly number[],
  what: LabelChange,
  from = 'elm',
): number {
  return addLabelEvents(
    db,
    datasetId,
    writer,
    imageIds.map((imageId) => ({ imageId, change: what, fromClass: from })),
  )
}

function firstImages(db: Db, datasetId: number, count: number): number[] {
  return imageLayout(db, datasetId, { classIndex: 0 }).ids.slice(0, count)
}

function classCounts(db: Db, datasetId: number): Record<string, number> {
  return Object.fromEntries(
    getDataset(db, datasetId).classes.map(({ name, counts }) => [
      name,
      counts.train + counts.val + counts.test,
    ]),
  )
}

describe('the log of corrections', () => {
  it('outlives the core', () => {
    const homePath = temporaryHome()
    const store = openStore(homePath)
    const id = addDataset(store.db)
    change(store.db, id, firstImages(store.db, id, 2), { kind: 'label', className: 'oak' })
    store.close()
    const again = openStore(homePath)
    const { states, undo } = labelLog(again.db, id)
    expect([...states.values()].map(({ className }) => className)).toEqual(['oak', 'oak'])
    expect(undo).not.toBeNull()
    again.close()
  })

  it('says what a core that has just started reads from it, whatever was done since', () => {
    const homePath = temporaryHome()
    const store = openStore(homePath)
    const { db } = store
    const id = addDataset(db)
    const [one, other, third] = firstImages(db, id, 3)
    if (one === undefined || other === undefined || third === undefined) throw new Error('no images')
    const said = (of: Db) => {
      const { states, undo, redo, revision } = labelLog(of, id)
      const { classOf, restored } = pendingLabels(of, id)
      return { states: [...states], undo, redo, revision, classOf: new Map(classOf), restored: [...restored] }
    }
    said(db)
    const seen = [
      () => change(db, id, [one, other], { kind: 'label', className: 'oak' }),
      () => change(db, id, [third], { kind: 'exclude' }),
      () => change(db, id, [one], { kind: 'tag', tag: 'hard' }),
      () => addUndo(db, id, writer, 'undo', labelLog(db, id).undo ?? 0),
      () => addUndo(db, id, writer, 'undo', labelLog(db, id).undo ?? 0),
      () => addUndo(db, id, writer, 'redo', labelLog(db, id).redo ?? 0),
      () => takeInLabels(db, id, 1),
      () => change(db, id, [third], { kind: 'restore' }),
      () => change(db, id, [one], { kind: 'label', className: 'elm' }, 'oak'),
    ].map((step) => {
      step()
      const before = said(db)
      // Another connection knows nothing of what was worked out here.
      const fresh = openStore(homePath, { readOnly: true })
      const now = said(fresh.db)
      fresh.close()
      expect(before).toEqual(now)
      return before.classOf.size + before.restored.length
    })
    store.close()
    expect(seen).toEqual([2, 3, 3, 3, 2, 3, 0, 1, 2])
  })

  it('can only be added to, and goes with its dataset', () => {
    const { db } = temporaryStore()
    const id = addDataset(db)
    change(db, id, firstImages(db, id, 1), { kind: 'exclude' })
    expect(() => db.exec("UPDATE label_events SET value = 'x'")).toThrow('never changes')
    expect(() => db.exec('DELETE FROM label_events')).toThrow('never deleted')
    deleteDataset(db, id)
    expect(labelRevision(db, id)).toBe(0)
  })
})

describe('a version that takes in corrected labels', () => {
  it('has the new classes and not the excluded images, and runs keep the version that they used', () => {
    const { db } = temporaryStore()
    const id = addDataset(db)
    addRun(db, id)
    const before = getDataset(db, id)
    const [first = 0, second = 0, third = 0] = firstImages(db, id, 3)
    change(db, id, [first], { kind: 'label', className: 'oak' })
    change(db, id, [second], { kind: 'label', className: 'hornbeam' })
    change(db, id, [third], { kind: 'exclude' })
    expect(pendingCount(pendingLabels(db, id))).toBe(3)
    expect(takeInLabels(db, id, 6000)).toEqual({ new: 0, gone: 1, changed: 0, moved: 0, relabelled: 2 })
    expect(classCounts(db, id)).toEqual({ elm: 17, oak: 21, hornbeam: 1 })
    expect(listVersions(db, id).map(({ madeBy, isCurrent }) => [madeBy, isCurrent])).toEqual([
      ['import', false],
      ['labels', true],
    ])
    const old = jobImages(db, before.split.id)
    expect(old.classNames).toEqual(['elm', 'oak'])
    expect(Object.values(old.images).reduce((sum, { ids }) => sum + ids.length, 0)).toBe(40)
    expect(takeInLabels(db, id, 7000)).toBeNull()
  })

  it('leaves every image that stays in its part', () => {
    const { db } = temporaryStore()
    const id = addDataset(db)
    const partOf = (): Map<string, string> => {
      const { images } = jobImages(db, getDataset(db, id).split.id)
      return new Map(
        Object.entries(images).flatMap(([part, { keys }]) => keys.map((key) => [key, part] as const)),
      )
    }
    const before = partOf()
    const [excluded = 0, ...relabelled] = firstImages(db, id, 6)
    change(db, id, relabelled, { kind: 'label', className: 'oak' })
    change(db, id, [excluded], { kind: 'exclude' })
    takeInLabels(db, id, 6000)
    const after = partOf()
    expect(after.size).toBe(39)
    for (const [key, part] of after) expect([key, part]).toEqual([key, before.get(key)])
  })

  it('is the version before again once all is undone, also where an image comes back', () => {
    const { db } = temporaryStore()
    const id = addDataset(db)
    const before = getDataset(db, id).split.id
    const [first = 0, second = 0] = firstImages(db, id, 2)
    const groups = [
      change(db, id, [first], { kind: 'label', className: 'oak' }),
      change(db, id, [second], { kind: 'exclude' }),
    ]
    takeInLabels(db, id, 6000)
    for (const group of groups.reverse()) addUndo(db, id, writer, 'undo', group)
    expect(takeInLabels(db, id, 7000)).toEqual({ new: 1, gone: 0, changed: 0, moved: 0, relabelled: 1 })
    expect(getDataset(db, id).split.id).toBe(before)
  })

  it('is refused where images of one class alone would be left', () => {
    const { db } = temporaryStore()
    const id = addDataset(db)
    change(db, id, firstImages(db, id, 20), { kind: 'exclude' })
    expect(() => takeInLabels(db, id, 6000)).toThrow('fewer than two classes')
    expect(classCounts(db, id)).toEqual({ elm: 20, oak: 20 })
  })
})
