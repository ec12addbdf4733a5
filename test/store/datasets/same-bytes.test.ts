import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { SplitPart } from '../../../src/contract/entities/dataset'
import { assignSplit } from '../../../src/domain/split'
import type { ScanResult } from '../../../src/main/datasets/scan-result'
import { getDataset, jobImages } from '../../../src/main/store/datasets/datasets'
import { imageAddress, imageLayout } from '../../../src/main/store/datasets/images'
import { migrate, migrations } from '../../../src/main/store/home/migrate'
import { addDataset, scannedImage, temporaryStore } from '../support/home'
import { setSplit } from '../support/at-once'

const noOptions = { valFraction: 0, testFraction: 0, seed: 0 }

/** Contents by letter, of classes 0 and 1, in parts of their own. */
function scanOf(
  ...images: readonly (readonly [content: string, classIndex: number, part: SplitPart])[]
): ScanResult {
  const scanned = images.map(([content, classIndex, folderPart], index) =>
    scannedImage({
      key: `${String(classIndex)}/${String(index)}.jpg`,
      classIndex,
      folderPart,
      contentHash: content.charCodeAt(0).toString(16).padStart(32, '0'),
    }),
  )
  return {
    source: { kind: 'folder', path: '/images' },
    classNames: ['elm', 'oak'],
    images: scanned,
    problems: [],
    split: assignSplit(scanned, noOptions),
  }
}

const twins = scanOf(
  ['a', 0, 'train'],
  ['b', 1, 'train'],
  ['c', 0, 'train'],
  ['a', 1, 'train'],
  ['c', 0, 'test'],
  ['d', 1, 'test'],
)

describe('images of the same bytes', () => {
  it('are kept with the split, counted, and listed side by side', () => {
    const { db } = temporaryStore()
    const id = addDataset(db, 'trees', twins)
    expect(getDataset(db, id).sameBytes).toEqual({ classes: 2, parts: 2 })
    const [first = 0] = imageLayout(db, id, {}).ids
    expect(imageLayout(db, id, { sameIn: 'classes' }).ids).toEqual([first, first + 3])
    expect(imageLayout(db, id, { sameIn: 'parts' }).ids).toEqual([first + 2, first + 4])
    expect(imageLayout(db, id, { sameIn: 'parts', part: 'test' }).ids).toEqual([first + 4])
  })

  it('are those of the split that is current', () => {
    const { db } = temporaryStore()
    const id = addDataset(db, 'trees', {
      ...twins,
      split: { ...twins.split, origin: 'seeded' },
      images: twins.images.map((image) => ({ ...image, folderPart: null })),
    })
    expect(getDataset(db, id).sameBytes).toEqual({ classes: 2, parts: 2 })
    // Drawn by seed, images of the same bytes are in one part.
    setSplit(db, id, { valFraction: 0, testFraction: 0.5, seed: 3 })
    expect(getDataset(db, id).sameBytes).toEqual({ classes: 2, parts: 0 })
  })

  it('are found in the datasets of homes from before they were looked for', () => {
    const db = new Database(':memory:')
    onTestFinished(() => void db.close())
    migrate(db, migrations.slice(0, 7))
    db.exec(`INSERT INTO datasets (id, name, root_path, created_at_ms, image_count, class_count, problem_count, median_width_px, median_height_px,
        byte_count, rotated_count) VALUES (1, 'old', '/old', 1, 4, 2, 0, 1, 1, 1, 0);
      INSERT INTO classes VALUES (1, 0, 'elm'), (1, 1, 'oak');
      INSERT INTO splits VALUES (1, 1, 'folders', 0, 0, 0, '01234567')`)
    const contents = ['a', 'b', 'a', 'b']
    contents.forEach((content, index) => {
      db.prepare(
        `INSERT INTO images (id, dataset_id, class_index, path, width_px, height_px, byte_count, content_hash, format, colour_space,
           bits_per_sample, has_alpha, orientation, modified_ms) VALUES (?, 1, ?, ?, 1, 1, 1, ?, 'jpeg', 'srgb', 8, 0, 1, 1)`,
      ).run(index + 1, index === 2 ? 1 : 0, String(index), Buffer.from(content.repeat(4)))
      db.prepare('INSERT INTO split_images VALUES (?, 1, ?)').run(index + 1, index === 3 ? 2 : 0)
    })
    migrate(db)
    expect(db.prepare('SELECT other, image_id FROM same_bytes ORDER BY 1, 2').raw().all()).toEqual([
      ['classes', 1],
      ['classes', 3],
      ['parts', 2],
      ['parts', 4],
    ])
  })
})

describe('what an import chose and followed', () => {
  it('comes back with the source: how folders are read, and where links led', () => {
    const { db } = temporaryStore()
    const scan = scanOf(['a', 0, 'train'], ['b', 1, 'train'])
    const [plain = scannedImage(), linked = scannedImage()] = scan.images
    const id = addDataset(db, 'trees', {
      ...scan,
      source: { kind: 'folder', path: '/images', folders: 'parts' },
      images: [plain, { ...linked, linkTarget: '/pool/1.jpg' }],
    })
    const [first = 0] = imageLayout(db, id, {}).ids
    const source = { kind: 'folder', path: '/images', folders: 'parts' }
    const links = [[linked.key, '/pool/1.jpg']]
    expect(imageAddress(db, first)).toEqual(expect.objectContaining({ source, key: plain.key }))
    expect(imageAddress(db, first + 1)).toEqual(
      expect.objectContaining({ source: { ...source, links }, key: linked.key }),
    )
    expect(jobImages(db, getDataset(db, id).split.id).source).toEqual({ ...source, links })
  })
})
