/** What the pixels of a dataset's images say, once for each content. */
import { hashWords } from '../../../domain/duplicates/difference-hash'
import { pixelFactsVersion, type PixelFacts } from '../../../domain/preflight/pixel-facts'
import { inTransaction, statement, type Db } from '../statement'

export interface MeasuredContent {
  /** Lower-case hex. */
  readonly contentHash: string
  readonly facts: PixelFacts
}

/** All of them in one transaction. */
export function putPixelFacts(db: Db, datasetId: number, measured: readonly MeasuredContent[]): void {
  const insertFacts = statement(
    db,
    `INSERT OR REPLACE INTO pixel_facts (dataset_id, content_hash, version, hashes, brightness, contrast, sharpness, colourfulness)
     SELECT id, ?, ?, ?, ?, ?, ?, ? FROM datasets WHERE id = ?`,
  )
  const insertGrey = statement(
    db,
    'INSERT OR REPLACE INTO grey_thumbnails (dataset_id, content_hash, grey) SELECT id, ?, ? FROM datasets WHERE id = ?',
  )
  inTransaction(db, () => {
    for (const { contentHash, facts } of measured) {
      const hash = Buffer.from(contentHash, 'hex')
      const { brightness, contrast, sharpness, colourfulness } = facts
      const figures = [brightness, contrast, sharpness, colourfulness]
      insertFacts.run(hash, pixelFactsVersion, bytesOf(facts.hashes), ...figures, datasetId)
      insertGrey.run(hash, facts.grey, datasetId)
    }
  })
}

/** Contents that were measured, by this version of the computation. */
export function measuredContents(db: Db, datasetId: number): Set<string> {
  const rows = statement<{ hash: string }>(
    db,
    'SELECT lower(hex(content_hash)) AS hash FROM pixel_facts WHERE dataset_id = ? AND version = ?',
  ).all(datasetId, pixelFactsVersion)
  return new Set(rows.map(({ hash }) => hash))
}

/** The hashes and the contrast of a content; null where it was not measured. */
export function contentHashesOf(
  db: Db,
  datasetId: number,
  contentHash: string,
): { hashes: Uint16Array; contrast: number } | null {
  const row = statement<{ hashes: Buffer; contrast: number }>(
    db,
    'SELECT hashes, contrast FROM pixel_facts WHERE dataset_id = ? AND content_hash = ? AND version = ?',
  ).get(datasetId, Buffer.from(contentHash, 'hex'), pixelFactsVersion)
  return row === undefined ? null : { hashes: wordsOf(row.hashes), contrast: row.contrast }
}

/** [32, 32] grey. */
export function greyThumbnail(db: Db, datasetId: number, contentHash: string): Uint8Array {
  const row = statement<{ grey: Buffer }>(
    db,
    'SELECT grey FROM grey_thumbnails WHERE dataset_id = ? AND content_hash = ?',
  ).get(datasetId, Buffer.from(contentHash, 'hex'))
  return row?.grey ?? new Uint8Array(1024)
}

function bytesOf(words: Uint16Array): Buffer {
  const bytes = Buffer.alloc(words.length * 2)
  words.forEach((word, place) => bytes.writeUInt16LE(word, place * 2))
  return bytes
}

function wordsOf(bytes: Buffer): Uint16Array {
  return Uint16Array.from({ length: hashWords * 3 }, (_, place) => bytes.readUInt16LE(place * 2))
}
