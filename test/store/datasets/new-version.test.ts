/** A version of a dataset is written in pieces: others come in between, and see nothing of it before the last. */
import { expect, it } from 'vitest'
import { atOnce } from '../../../src/domain/in-turns'
import { imageLayout } from '../../../src/main/store/datasets/images'
import { listVersions } from '../../../src/main/store/datasets/dataset-versions'
import { getDataset, listDatasets } from '../../../src/main/store/datasets/datasets'
import { takingInLabels } from '../../../src/main/store/labels/label-version'
import { makingDataset } from '../../../src/main/store/datasets/new-dataset'
import { openStore } from '../../../src/main/store/home/open'
import type { Db } from '../../../src/main/store/statement'
import { dropDrafts } from '../../../src/main/store/datasets/version-drafts'
import { defaultSplitOptions } from '../../../src/contract/entities/dataset'
import { addDataset, syntheticScan, temporaryStore } from '../support/home'
import { setSplit } from '../support/at-once'
import { addCorrected } from '../support/corrected'
import { everything } from '../support/everything'

const draftCount = (db: Db): number =>
  db.prepare<[], number>('SELECT count(*) FROM version_drafts').pluck().get() ?? 0

const seenOf = (db: Db, id: number): string =>
  JSON.stringify([listDatasets(db), getDataset(db, id), listVersions(db, id), imageLayout(db, id, {})])

it('is seen by nobody before it is whole, and no turn writes more than some thousand rows', () => {
  const { db, homePath } = temporaryStore()
  const id = addCorrected(db)
  const other = openStore(homePath, { readOnly: true })
  const changes = db.prepare<[], number>('SELECT total_changes()').pluck()
  const [before, beforeOthers] = [seenOf(db, id), seenOf(other.db, id)]
  const work = takingInLabels(db, id, 5)
  let [turns, written] = [0, changes.get() ?? 0]
  for (let step = work.next(); step.done !== true; step = work.next()) {
    const now = changes.get() ?? 0
    expect(now - written).toBeLessThanOrEqual(2000)
    written = now
    turns++
    expect(seenOf(db, id)).toBe(before)
    expect(seenOf(other.db, id)).toBe(beforeOthers)
  }
  other.close()
  expect((changes.get() ?? 0) - written).toBeLessThan(50)
  expect(turns).toBeGreaterThan(10)
  expect(getDataset(db, id)).toMatchObject({ imageCount: 2350, versionNumber: 2 })
  expect(getDataset(db, id).classes.map(({ name }) => name)).toEqual(['elm', 'oak', 'yew', 'fir'])
  expect(db.pragma('foreign_key_check')).toEqual([])
})

it('leaves nothing where the core ends amid it, at whatever turn', () => {
  const { db } = temporaryStore()
  const id = addCorrected(db)
  const before = everything(db)
  let [turns, drafts] = [0, 0]
  for (let done = false; !done;) {
    const work = takingInLabels(db, id, 5)
    turns++
    for (let turn = 0; turn < turns && !done; turn++) done = work.next().done === true
    if (done) break
    if (draftCount(db) > 0) drafts++
    dropDrafts(db)
    expect(everything(db), `after turn ${String(turns)}`).toBe(before)
  }
  expect(drafts).toBeGreaterThan(4)
  expect(getDataset(db, id)).toMatchObject({ imageCount: 2350, versionNumber: 2 })
})

it('begins anew where one was left in the same process', () => {
  const { db } = temporaryStore()
  const id = addCorrected(db)
  const left = takingInLabels(db, id, 5)
  while (draftCount(db) === 0) left.next()
  left.next()
  expect(atOnce(takingInLabels(db, id, 6))).toMatchObject({ relabelled: 850, gone: 50 })
  expect(listVersions(db, id)).toHaveLength(2)
  expect(draftCount(db)).toBe(0)
})

it('is dropped where it fails: here, since the dataset got another version meanwhile', () => {
  const { db } = temporaryStore()
  const id = addCorrected(db)
  const work = takingInLabels(db, id, 5)
  while (draftCount(db) === 0) work.next()
  setSplit(db, id, { valFraction: 0.3, testFraction: 0.3, seed: 4 })
  expect(() => {
    for (let step = work.next(); step.done !== true;) step = work.next()
  }).toThrow()
  expect(draftCount(db)).toBe(0)
  expect(listVersions(db, id)).toHaveLength(2)
  expect(getDataset(db, id).split.options.seed).toBe(4)
  expect(db.pragma('foreign_key_check')).toEqual([])
})

it('of a dataset that is imported is not there before all of it is', () => {
  const { db } = temporaryStore()
  const first = addDataset(db)
  const before = [everything(db), seenOf(db, first)]
  const scan = syntheticScan(['elm', 'oak'], 1200)
  const dataset = { name: 'new', createdAtMs: 1, scan, splitOptions: defaultSplitOptions }
  let turns = 0
  for (const work = makingDataset(db, dataset); work.next().done !== true; turns++)
    expect(seenOf(db, first)).toBe(before[1])
  expect(listDatasets(db).map(({ name, imageCount }) => [name, imageCount])).toEqual([
    ['trees', 40],
    ['new', 2400],
  ])
  expect(turns).toBeGreaterThan(10)
  db.prepare("DELETE FROM datasets WHERE name = 'new'").run()
  const left = makingDataset(db, dataset)
  for (let turn = 0; turn < turns; turn++) left.next()
  dropDrafts(db)
  expect(everything(db)).toBe(before[0])
})
