import { describe, expect, it } from 'vitest'
import { openStore } from '../../../src/main/store/home/open'
import { listVersions } from '../../../src/main/store/datasets/dataset-versions'
import { deleteDataset, getDataset, jobImages } from '../../../src/main/store/datasets/datasets'
import { imageLayout } from '../../../src/main/store/datasets/images'
import {
  addLabelEvents,
  addLabelEventsInTurns,
  addUndo,
  groupText,
  labelLog,
  labelLogInTurns,
  labelRevision,
} from '../../../src/main/store/labels/label-events'
import { labelHistory } from '../../../src/main/store/labels/label-history'
import { pendingCount, searchPending } from '../../../src/main/store/labels/label-version'
import { atOnce } from '../../../src/domain/in-turns'
import { takeInLabels } from '../support/at-once'
import type { LabelChange } from '../../../src/contract/entities/label'
import type { Db } from '../../../src/main/store/statement'
import { addDataset, addRun, syntheticScan, temporaryHome, temporaryStore } from '../support/home'

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

  it('names a step that gave several classes by how many images it is of', () => {
    const { db } = temporaryStore()
    const id = addDataset(db)
    const [one = 0, other = 0, third = 0] = firstImages(db, id, 3)
    const give = (imageId: number, what: LabelChange) => ({ imageId, change: what, fromClass: 'elm' })
    const oak = { kind: 'label', className: 'oak' } as const
    const ash = { kind: 'label', className: 'ash' } as const
    const classes = addLabelEvents(db, id, writer, [give(one, oak), give(other, ash), give(third, oak)])
    expect(groupText(db, classes)).toBe('other classes for 3 images')
    const mixed = addLabelEvents(db, id, writer, [give(one, ash), give(other, { kind: 'exclude' })])
    expect(groupText(db, mixed)).toBe('class "ash" for 1 image, and more')
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
      const { classOf, restored } = atOnce(searchPending(of, id))
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

describe('thousands of corrections at once', () => {
  const pause = async (): Promise<void> => undefined
  function thousands() {
    const homePath = temporaryHome()
    const store = openStore(homePath)
    const { db } = store
    const id = addDataset(db, 'large', syntheticScan(['elm', 'oak'], 2500))
    const tagged = imageLayout(db, id, {}).ids.map((imageId) => ({
      ...{ imageId, fromClass: 'elm' },
      change: { kind: 'tag', tag: 'sea' } as const,
    }))
    const taggedCount = (of = db): number =>
      [...labelLog(of, id).states.values()].filter(({ tags }) => tags.includes('sea')).length
    return { homePath, store, db, id, tagged, taggedCount }
  }

  it('are seen once all of them are written, and undone at once', async () => {
    const { homePath, store, db, id, tagged, taggedCount } = thousands()
    change(db, id, firstImages(db, id, 1), { kind: 'exclude' })
    const seen: number[] = []
    await addLabelEventsInTurns(db, id, writer, tagged, async () => void seen.push(taggedCount()))
    expect(seen.length).toBeGreaterThan(2)
    expect(new Set(seen)).toEqual(new Set([0]))
    const log = await labelLogInTurns(db, id, pause)
    expect(taggedCount()).toBe(5000)
    expect(groupText(db, log.undo ?? 0)).toBe('the tag "sea" on 5000 images')
    addUndo(db, id, writer, 'undo', log.undo ?? 0)
    const undone = await labelLogInTurns(db, id, pause)
    expect([...undone.states.values()].filter(({ tags }) => tags.length > 0)).toEqual([])
    expect(groupText(db, undone.undo ?? 0)).toBe('excluding 1 image')
    expect(await labelHistory(db, id, pause)).toMatchObject([
      { undoneBy: null },
      { groupId: log.undo, undoneBy: undone.redo },
    ])
    // An image of which the same is said is the same: only others are looked at again.
    expect(await labelLogInTurns(db, id, pause)).toBe(undone)
    const fresh = openStore(homePath, { readOnly: true })
    expect(labelLog(fresh.db, id)).toEqual(undone)
    fresh.close()
    store.close()
  })

  it('are none where the core ends before all of them are written', async () => {
    const { store, db, id, tagged, taggedCount } = thousands()
    const ended = addLabelEventsInTurns(db, id, writer, tagged, () => Promise.reject(new Error('killed')))
    await expect(ended).rejects.toThrow('killed')
    expect(labelRevision(db, id)).toBeGreaterThan(1000)
    expect(taggedCount()).toBe(0)
    expect(await labelLogInTurns(db, id, pause)).toMatchObject({ undo: null, redo: null })
    // half of it cannot be done again either
    expect(await labelHistory(db, id, pause)).toEqual([])
    expect(pendingCount(atOnce(searchPending(db, id)))).toBe(0)
    store.close()
  })
})

describe('a version that takes in corrected labels', () => {
  it('is refused where a class keeps images to be judged on and none to learn from', () => {
    const { db } = temporaryStore()
    const id = addDataset(db, 'trees', syntheticScan(['elm', 'oak', 'yew'], 20))
    const of = (part: 'train' | 'val' | 'test'): number[] => [
      ...imageLayout(db, id, { part, classIndex: 1 }).ids,
    ]
    change(db, id, of('train'), { kind: 'exclude' })
    expect(() => takeInLabels(db, id, 5)).toThrow(
      /the class "oak" of "trees" would have no training image.*were not taken in/,
    )
    expect(listVersions(db, id)).toHaveLength(1)
    change(db, id, [...of('val'), ...of('test')], { kind: 'exclude' })
    expect(takeInLabels(db, id, 6)).toMatchObject({ gone: 20 })
    expect(getDataset(db, id).classes[1]?.counts).toEqual({ train: 0, val: 0, test: 0 })
  })

  it('has the new classes and not the excluded images, and runs keep the version that they used', () => {
    const { db } = temporaryStore()
    const id = addDataset(db)
    addRun(db, id)
    const before = getDataset(db, id)
    const [first = 0, second = 0, third = 0] = firstImages(db, id, 3)
    change(db, id, [first], { kind: 'label', className: 'oak' })
    change(db, id, [second], { kind: 'label', className: 'hornbeam' })
    change(db, id, [third], { kind: 'exclude' })
    expect(pendingCount(atOnce(searchPending(db, id)))).toBe(3)
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

  it('is counted apart where an excluded image is gone with it', () => {
    const { db } = temporaryStore()
    const id = addDataset(db)
    const [first = 0, second = 0, third = 0] = firstImages(db, id, 3)
    const said = () => atOnce(searchPending(db, id)).said
    const nothing = { relabelled: 0, excluded: 0, corrected: 0, noted: 0, excludedGone: 0 }
    change(db, id, [first, second], { kind: 'label', className: 'oak' })
    const excluding = change(db, id, [second, third], { kind: 'exclude' })
    expect(said()).toEqual({ ...nothing, relabelled: 2, excluded: 2, corrected: 3 })
    takeInLabels(db, id, 6000)
    expect(said()).toEqual({ ...nothing, relabelled: 1, corrected: 1, excludedGone: 2 })
    addUndo(db, id, writer, 'undo', excluding)
    expect(said()).toEqual({ ...nothing, relabelled: 1, corrected: 1 })
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
