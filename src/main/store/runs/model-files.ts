/** Weight files that were added or downloaded: what was found in them then. */
import { z } from 'zod'
import { modelSpecSchema, type ModelSpec } from '../../../contract/entities/model'
import { inTransaction, statement, type Db } from '../statement'

export interface ModelFileRecord {
  readonly path: string
  readonly name: string
  readonly spec: ModelSpec
  /** Of the head; null where it has none. */
  readonly classCount: number | null
  readonly classNames: readonly string[] | null
  readonly cropPx: number
  readonly byteCount: number
  /** Hex. */
  readonly sha256: string
  readonly trainedOn: string
  readonly addedAtMs: number
}

/** Takes the place of what was known of this path. */
export function insertModelFile(db: Db, file: ModelFileRecord): void {
  inTransaction(db, () => {
    statement(
      db,
      `INSERT OR REPLACE INTO model_files (path, name, spec_json, class_count, class_names_json, crop_px, byte_count, sha256, trained_on,
         added_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      file.path,
      file.name,
      JSON.stringify(file.spec),
      file.classCount,
      file.classNames === null ? null : JSON.stringify(file.classNames),
      file.cropPx,
      file.byteCount,
      file.sha256,
      file.trainedOn,
      file.addedAtMs,
    )
  })
}

/** In the order in which they were added. Of a damaged row only the path is left; the file itself may still be whole. */
export function listModelFiles(db: Db): (ModelFileRecord | DamagedModelFile)[] {
  return statement<ModelFileRow>(db, 'SELECT * FROM model_files ORDER BY added_at_ms, path')
    .all()
    .map((row) => toRecord(row) ?? { path: row.path, spec: null })
}

interface DamagedModelFile {
  readonly path: string
  readonly spec: null
}

/** null too where its row is damaged: then it is as if it had not been looked at yet. */
export function findModelFile(db: Db, path: string): ModelFileRecord | null {
  const row = statement<ModelFileRow>(db, 'SELECT * FROM model_files WHERE path = ?').get(path)
  return row === undefined ? null : toRecord(row)
}

/** Whether there was one. */
export function deleteModelFile(db: Db, path: string): boolean {
  return inTransaction(
    db,
    () => statement(db, 'DELETE FROM model_files WHERE path = ?').run(path).changes > 0,
  )
}

interface ModelFileRow {
  path: string
  name: string
  spec_json: string
  class_count: number | null
  class_names_json: string | null
  crop_px: number
  byte_count: number
  sha256: string
  trained_on: string
  added_at_ms: number
}

/** null where the row is damaged. */
function toRecord(row: ModelFileRow): ModelFileRecord | null {
  const facts = factsSchema.safeParse([parsed(row.spec_json), parsed(row.class_names_json)])
  if (!facts.success) return null
  const [spec, classNames] = facts.data
  return {
    path: row.path,
    name: row.name,
    spec,
    classCount: row.class_count,
    classNames,
    cropPx: row.crop_px,
    byteCount: row.byte_count,
    sha256: row.sha256,
    trainedOn: row.trained_on,
    addedAtMs: row.added_at_ms,
  }
}

const factsSchema = z.tuple([modelSpecSchema, z.array(z.string()).nullable()])

/** undefined where it is not JSON. */
function parsed(cell: string | null): unknown {
  try {
    return cell === null ? null : JSON.parse(cell)
  } catch {
    return undefined
  }
}
