import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import {
  datasetDetailSchema,
  datasetSchema,
  imageLayoutSchema,
  imageSchema,
  problemSchema,
} from '../../../src/contract/entities/dataset'
import { splitParts, type SplitPart } from '../../../src/contract/entities/dataset'
import type { ErrorCode } from '../../../src/contract/errors'
import { assignSplit } from '../../../src/domain/split'
import {
  datasetSource,
  deleteDataset,
  getDataset,
  jobImages,
  jobImagesSql,
  listDatasets,
  listProblems,
} from '../../../src/main/store/datasets/datasets'
import {
  getImage,
  getImageSql,
  imageLayout,
  imageAddress,
  layoutQuery,
} from '../../../src/main/store/datasets/images'
import { migrate, migrations } from '../../../src/main/store/home/migrate'
import { putCheck } from '../../../src/main/store/datasets/preflight'
import { getRun, updateRun } from '../../../src/main/store/runs/runs'
import type { Db } from '../../../src/main/store/statement'
import {
  addDataset,
  addRun,
  eachPart,
  queryPlan,
  scannedImage,
  syntheticScan,
  temporaryStore,
} from '../support/home'
import { setSplit } from '../support/at-once'
import { insertDataset } from '../../../src/main/store/datasets/new-dataset'

function code(wanted: ErrorCode) {
  return expect.objectContaining({ code: wanted })
}

function rowCounts(db: Db): Record<string, number> {
  const tables = ['classes', 'images', 'splits', 'split_images', 'split_classes', 'problems', 'runs']
  return Object.fromEntries(
    tables.map((table) => [
      table,
      db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0,
    ]),
  )
}

describe('datasets', () => {
  it('come back as they were imported', () => {
    const { db } = temporaryStore()
    const scan = syntheticScan(['elm', 'oak'], 20)
    const id = addDataset(db, 'trees', scan)
    const dataset = datasetDetailSchema.parse(getDataset(db, id))
    expect(dataset).toMatchObject({
      name: 'trees',
      rootPath: '/images/trees',
      createdAtMs: 1000,
      imageCount: 40,
      classCount: 2,
      problemCount: 2,
      medianWidthPx: 109,
      medianHeightPx: 100,
      byteCount: 40_000,
      rotatedCount: 10,
      runCount: 0,
      trashedRunCount: 0,
      split: { origin: 'seeded', options: { valFraction: 0.1, testFraction: 0.2, seed: 0 } },
    })
    for (const part of eachPart) {
      const count = scan.split.parts.filter((each) => each === part).length
      expect(dataset.split.counts[part]).toBe(count)
      expect(dataset.classes.reduce((sum, { counts }) => sum + counts[part], 0)).toBe(count)
    }
    expect(dataset.classes.map(({ index, name }) => [index, name])).toEqual([
      [0, 'elm'],
      [1, 'oak'],
    ])
    const { classes, ...listed } = dataset
    expect(classes).toHaveLength(2)
    expect(z.array(datasetSchema).parse(listDatasets(db))).toEqual([listed])
  })

  it('keep a class without images, with counts of zero', () => {
    const { db } = temporaryStore()
    const scan = { ...syntheticScan(['elm', 'oak'], 5), classNames: ['elm', 'oak', 'empty'] }
    const { classes } = getDataset(db, addDataset(db, 'trees', scan))
    expect(classes[2]).toEqual({ index: 2, name: 'empty', counts: { train: 0, val: 0, test: 0 } })
  })

  it('refuse a name that is taken and leave no trace of the refused one', () => {
    const { db } = temporaryStore()
    addDataset(db)
    const before = rowCounts(db)
    expect(() => addDataset(db)).toThrowError(code('name-taken'))
    expect(rowCounts(db)).toEqual(before)
  })

  it('are imported as a whole or not at all', () => {
    const { db } = temporaryStore()
    const scan = syntheticScan(['elm'], 5)
    const images = [...scan.images, scannedImage({ classIndex: 9 })] // no such class
    expect(() =>
      insertDataset(db, {
        name: 'broken',
        createdAtMs: 1,
        scan: { ...scan, images },
        splitOptions: { valFraction: 0.1, testFraction: 0.2, seed: 0 },
      }),
    ).toThrowError(/FOREIGN KEY/)
    expect(Object.values(rowCounts(db)).every((count) => count === 0)).toBe(true)
  })

  it('list errors before notes, in pages', () => {
    const { db } = temporaryStore()
    const id = addDataset(db)
    const { total, problems } = listProblems(db, id, 0, 10)
    expect(total).toBe(2)
    expect(
      z
        .array(problemSchema)
        .parse(problems)
        .map(({ severity }) => severity),
    ).toEqual(['error', 'note'])
    expect(listProblems(db, id, 1, 1).problems.map(({ path }) => path)).toEqual(['oak/b.jpg'])
  })

  it('go with everything that hangs on them, but not while a run trains', () => {
    const { db } = temporaryStore()
    const kept = addDataset(db, 'kept')
    const keptCounts = rowCounts(db)
    const id = addDataset(db, 'gone')
    const run = addRun(db, id)
    expect(getDataset(db, id).runCount).toBe(1)
    expect(() => deleteDataset(db, id)).toThrowError(code('busy'))
    updateRun(db, run, { state: 'done', endedAtMs: 1 })
    deleteDataset(db, id)
    expect(rowCounts(db)).toEqual(keptCounts)
    expect(getDataset(db, kept).name).toBe('kept')
    expect(() => getDataset(db, id)).toThrowError(code('not-found'))
    expect(() => deleteDataset(db, id)).toThrowError(code('not-found'))
  })

  it('never give a deleted id to another', () => {
    const { db } = temporaryStore()
    const first = addDataset(db)
    const firstImages = imageLayout(db, first, {}).ids
    deleteDataset(db, first)
    const second = addDataset(db)
    expect(second).toBeGreaterThan(first)
    expect(Math.min(...imageLayout(db, second, {}).ids)).toBeGreaterThan(Math.max(...firstImages))
  })
})

describe('splits', () => {
  it('change for the dataset and stay for the runs that used them', () => {
    const { db } = temporaryStore()
    const id = addDataset(db)
    const old = getDataset(db, id).split
    const run = addRun(db, id)
    const changed = setSplit(db, id, { valFraction: 0, testFraction: 0.5, seed: 3 }).split
    expect(changed.id).not.toBe(old.id)
    expect(changed.counts).toEqual({ train: 20, val: 0, test: 20 })
    expect(getRun(db, run)).toMatchObject({ splitId: old.id, splitHash: old.hash })
    expect(jobImages(db, old.id).images.test.ids).toHaveLength(old.counts.test)
    expect(setSplit(db, id, old.options).split).toEqual(old)
    expect(rowCounts(db)['splits']).toBe(2)
  })

  it('keep what is alike, or the images of a folder, in one part', () => {
    const { db } = temporaryStore()
    const scan = syntheticScan(['elm', 'oak'], 30)
    const images = scan.images.map((image, index) => ({
      ...image,
      key: `${image.classIndex === 0 ? 'elm' : 'oak'}/day ${String(index % 6)}/${String(index)}.jpg`,
    }))
    const id = addDataset(db, 'alike', { ...scan, images })
    const options = { valFraction: 0.2, testFraction: 0.3, seed: 5 }
    const partsOf = (...args: Parameters<typeof setSplit>) => {
      const { split } = setSplit(...args)
      const found = jobImages(db, split.id).images
      return new Map(
        splitParts.flatMap((part) => found[part].keys.map((key): [string, SplitPart] => [key, part])),
      )
    }
    const byFolder = partsOf(db, id, options, 1, 'folder')
    const folders = Map.groupBy(byFolder, ([key]) => key.slice(0, key.lastIndexOf('/')))
    expect(folders.size).toBe(12)
    for (const members of folders.values()) expect(new Set(members.map(([, part]) => part)).size).toBe(1)
    expect(new Set(byFolder.values()).size).toBe(3)

    expect(() => setSplit(db, id, options, 1, 'alike')).toThrowError(/not known yet/)
    const hashesOf = (places: number[]) => places.map((place) => images[place]?.contentHash ?? '')
    const groups = Array.from({ length: 10 }, (_, at) => hashesOf([at, at + 10, at + 20]))
    const { id: splitId } = getDataset(db, id).split
    putCheck(
      db,
      id,
      { splitId, checkedAtMs: 1, unreadCount: 0 },
      groups.map((contentHashes, at) => ({ kind: at % 2 === 0 ? 'same-image' : 'similar', contentHashes })),
    )
    const alike = partsOf(db, id, options, 1, 'alike')
    for (let at = 0; at < 10; at++) {
      const parts = [at, at + 10, at + 20].map((place) => alike.get(images[place]?.key ?? ''))
      expect(new Set(parts).size).toBe(1)
    }
  })

  it('are refused where a part would get nothing of what is kept together', () => {
    const { db } = temporaryStore()
    const id = addDataset(db, 'two folders', syntheticScan(['elm', 'oak'], 30))
    const before = getDataset(db, id).split
    expect(() => setSplit(db, id, { ...before.options, testFraction: 0.5 }, 1, 'folder')).toThrowError(
      /no image is left for/,
    )
    expect(getDataset(db, id).split).toEqual(before)
  })

  it('cannot be altered', () => {
    const { db } = temporaryStore()
    addDataset(db)
    expect(() => db.exec("UPDATE splits SET hash = 'abcdefgh'")).toThrowError(/never changes/)
    expect(() => db.exec('UPDATE split_images SET part = 0')).toThrowError(/never changes/)
  })

  it("are not set where the dataset's folders decide them", () => {
    const { db } = temporaryStore()
    const scan = syntheticScan(['elm'], 6)
    const parts = scan.images.map((_, index) => eachPart[index % 3] ?? 'train')
    const images = scan.images.map((image, index) => ({ ...image, folderPart: parts[index] ?? null }))
    const id = addDataset(db, 'folders', { ...scan, images, split: { origin: 'folders', parts } })
    expect(() => setSplit(db, id, { valFraction: 0, testFraction: 0, seed: 0 })).toThrowError(
      code('unsupported'),
    )
  })

  it('know which held-out parts are set by the folder, before and after they are drawn anew', () => {
    const { db } = temporaryStore()
    const own = (name: string, folders: readonly (SplitPart | null)[]) => {
      const scan = syntheticScan(['elm'], 30)
      const images = scan.images.map((image, index) => ({
        ...image,
        folderPart: folders[index % folders.length] ?? null,
      }))
      const split = assignSplit(images, { valFraction: 0.1, testFraction: 0.2, seed: 0 })
      return addDataset(db, name, { ...scan, images, split })
    }
    expect(getDataset(db, own('all', eachPart)).split).toMatchObject({
      origin: 'folders',
      own: ['val', 'test'],
    })
    expect(getDataset(db, own('none', [null])).split).toMatchObject({ origin: 'seeded', own: [] })
    expect(getDataset(db, own('unused', ['test', null])).split).toMatchObject({ origin: 'seeded', own: [] })
    expect(getDataset(db, own('train alone', ['train'])).split).toMatchObject({ origin: 'mixed', own: [] })
    const id = own('no val', ['train', 'test'])
    expect(getDataset(db, id).split).toMatchObject({ origin: 'mixed', own: ['test'] })
    expect(setSplit(db, id, { valFraction: 0.3, testFraction: 0.2, seed: 1 }).split.own).toEqual(['test'])
  })

  it('give a trainer every image once, each part in import order', () => {
    const { db } = temporaryStore()
    const scan = syntheticScan(['elm', 'oak'], 20)
    const id = addDataset(db, 'trees', scan)
    const { source, classNames, images } = jobImages(db, getDataset(db, id).split.id)
    expect({ source, classNames }).toEqual({ source: scan.source, classNames: ['elm', 'oak'] })
    for (const part of eachPart) {
      const expected = scan.images.filter((_, index) => scan.split.parts[index] === part)
      expect(images[part].keys).toEqual(expected.map(({ key }) => key))
      expect(images[part].labelIndices).toEqual(expected.map(({ classIndex }) => classIndex))
    }
    const ids = eachPart.flatMap((part) => [...images[part].ids])
    expect(ids.sort((a, b) => a - b)).toEqual(imageLayout(db, id, {}).ids)
    expect(() => jobImages(db, 999)).toThrowError(code('not-found'))
  })
})

describe('a dataset of a home from before there were other sources', () => {
  it('comes from a folder', () => {
    const db = new Database(':memory:')
    onTestFinished(() => void db.close())
    migrate(db, migrations.slice(0, 6))
    db.exec(`INSERT INTO datasets (id, name, root_path, created_at_ms, image_count, class_count, problem_count,
      median_width_px, median_height_px, byte_count, rotated_count) VALUES (7, 'old', '/old', 1, 0, 0, 0, 0, 0, 0, 0)`)
    migrate(db)
    expect(datasetSource(db, 7)).toEqual({ kind: 'folder', path: '/old' })
    expect(() => datasetSource(db, 8)).toThrowError(code('not-found'))
  })
})

describe('images', () => {
  it('come back with their facts and the part of the current split', () => {
    const { db } = temporaryStore()
    const scan = syntheticScan(['elm', 'oak'], 20)
    const id = addDataset(db, 'trees', scan)
    imageLayout(db, id, {}).ids.forEach((imageId, index) => {
      const scanned = scan.images[index]
      const { modifiedMs, folderPart, linkTarget, key, ...facts } = scanned ?? scannedImage()
      expect([modifiedMs, folderPart, linkTarget]).toEqual([1_700_000_000_123.5, null, null])
      expect(imageSchema.parse(getImage(db, imageId))).toEqual({
        ...facts,
        boxes: [],
        path: key,
        id: imageId,
        datasetId: id,
        className: scan.classNames[facts.classIndex],
        part: scan.split.parts[index],
      })
      expect(imageAddress(db, imageId)).toMatchObject({ source: scan.source, isCurrent: true, key })
    })
    expect(() => getImage(db, 999)).toThrowError(code('not-found'))
    expect(() => imageAddress(db, 999)).toThrowError(code('not-found'))
  })

  it('are laid out by class, part, rotation and text', () => {
    const { db } = temporaryStore()
    const scan = syntheticScan(['elm', 'oak'], 20)
    const images = scan.images.map((image, index) =>
      index === 5 ? { ...image, key: 'elm/E\u0301COLE 100%_a.jpg' } : image,
    )
    const id = addDataset(db, 'trees', { ...scan, images })
    const all = imageLayoutSchema.parse(imageLayout(db, id, {}))
    expect(all.ids).toHaveLength(40)
    expect(all.aspects[3]).toBeCloseTo(1.03)
    const classes = (ids: number[]) => new Set(ids.map((image) => getImage(db, image).className))
    expect(classes(imageLayout(db, id, { classIndex: 1 }).ids)).toEqual(new Set(['oak']))
    const test = imageLayout(db, id, { part: 'test' }).ids
    expect(test.length).toBe(getDataset(db, id).split.counts.test)
    expect(test.every((image) => getImage(db, image).part === 'test')).toBe(true)
    expect(imageLayout(db, id, { part: 'test', classIndex: 0 }).ids.length).toBe(
      getDataset(db, id).classes[0]?.counts.test,
    )
    expect(imageLayout(db, id, { rotated: true }).ids).toHaveLength(10)
    expect(imageLayout(db, id, { rotated: false }).ids).toHaveLength(30)
    // Composed or not, any case; % and _ mean themselves.
    expect(imageLayout(db, id, { text: '\u00e9cole 100%_A' }).ids).toEqual([all.ids[5]])
    expect(imageLayout(db, id, { text: '%' }).ids).toEqual([all.ids[5]])
    expect(imageLayout(db, id, { text: 'OAK/' }).ids).toHaveLength(20)
    expect(imageLayout(db, id, { text: '' }).ids).toHaveLength(40)
  })

  it('are found through indexes', () => {
    const { db } = temporaryStore()
    addDataset(db)
    for (const filter of [
      {},
      { classIndex: 1 },
      { rotated: true },
      { part: 'test' } as const,
      { versionId: 1 },
    ]) {
      const { sql, values } = layoutQuery(1, filter)
      const plan = queryPlan(db, sql, ...values)
      expect(plan).toMatch(/SEARCH images USING COVERING INDEX images_layout/)
      expect(plan).not.toMatch(/SCAN|TEMP B-TREE/)
    }
    expect(queryPlan(db, getImageSql, 1)).not.toMatch(/SCAN/)
    const jobPlan = queryPlan(db, jobImagesSql, 1)
    expect(jobPlan).toContain('split_images_by_part')
    expect(jobPlan).not.toMatch(/SCAN|TEMP B-TREE/)
  })

  it('obey their table: no size of 0, no class that is not there, no orientation of 9', () => {
    const { db } = temporaryStore()
    addDataset(db)
    expect(() => db.exec('UPDATE images SET width_px = 0 WHERE id = 1')).toThrowError(/CHECK/)
    expect(() => db.exec('UPDATE images SET orientation = 9 WHERE id = 1')).toThrowError(/CHECK/)
    expect(() => db.exec('UPDATE images SET class_index = 7 WHERE id = 1')).toThrowError(/FOREIGN KEY/)
    expect(() => db.exec("UPDATE images SET width_px = 'wide' WHERE id = 1")).toThrowError(
      /cannot store TEXT/,
    )
  })
})
