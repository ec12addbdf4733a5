/** Reading a checkpoint: tensor by tensor, so that a large model is never held twice. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { WorkbenchError } from '../../contract/errors'
import { brokenFile } from './sqlite-errors'
import { statement, type Db } from './statement'

/**
 * The tensors of a complete checkpoint, one after another; at the end the SHA-256 of all bytes is checked, so only what
 * was read to its end is verified. Throws 'not-found', 'home-broken'.
 */
export function* checkpointTensors(
  db: Db,
  checkpointId: number,
): Generator<{ name: string; shape: number[]; data: Float32Array }> {
  const { sha256, step_index: stepIndex } = completeRow(db, checkpointId)
  const headers = statement<{ name: string; shape_json: string; byte_count: number }>(
    db,
    'SELECT name, shape_json, byte_count FROM checkpoint_tensors WHERE checkpoint_id = ? ORDER BY position',
  ).all(checkpointId)
  const hash = createHash('sha256')
  const damaged = (): WorkbenchError =>
    brokenFile(db.name, `the checkpoint of step ${stepIndex} has changed since it was saved`)
  const chunks = chunkBytes(db, checkpointId)
  let chunk: Uint8Array = new Uint8Array(0)
  for (const { name, shape_json, byte_count } of headers) {
    // A buffer of its own: float32 views need their alignment, and a chunk may end within a number.
    const bytes = new Uint8Array(byte_count)
    for (let filled = 0; filled < byte_count;) {
      if (chunk.length === 0) {
        const next = chunks.next()
        if (next.done === true) throw damaged()
        chunk = next.value
        hash.update(chunk)
      }
      const taken = chunk.subarray(0, byte_count - filled)
      bytes.set(taken, filled)
      filled += taken.length
      chunk = chunk.subarray(taken.length)
    }
    const shape = shapeOf(shape_json)
    if (shape === null) throw damaged()
    yield { name, shape, data: new Float32Array(bytes.buffer) }
  }
  if (chunk.length > 0 || chunks.next().done !== true || !hash.digest().equals(sha256)) throw damaged()
}

/** null where the cell is damaged. */
function shapeOf(cell: string): number[] | null {
  try {
    return z.array(z.int()).parse(JSON.parse(cell))
  } catch {
    return null
  }
}

/** SHA-256 (hex) of the bytes as they lie in the database, complete or not. */
export function checkpointHash(db: Db, checkpointId: number): string {
  const hash = createHash('sha256')
  for (const bytes of chunkBytes(db, checkpointId)) hash.update(bytes)
  return hash.digest('hex')
}

/** One query a chunk: an open iterator would keep the database from other writes meanwhile. */
function* chunkBytes(db: Db, checkpointId: number): Generator<Uint8Array> {
  const select = statement<{ bytes: Buffer }>(db, chunkSql)
  for (let position = 0; ; position++) {
    const row = select.get(checkpointId, position)
    if (row === undefined) return
    yield row.bytes
  }
}

export const chunkSql = 'SELECT bytes FROM checkpoint_chunks WHERE checkpoint_id = ? AND position = ?'

function completeRow(db: Db, checkpointId: number): { step_index: number; sha256: Buffer } {
  const row = statement<{ step_index: number; sha256: Buffer }>(
    db,
    'SELECT step_index, sha256 FROM checkpoints WHERE id = ? AND sha256 IS NOT NULL',
  ).get(checkpointId)
  if (row === undefined) {
    throw new WorkbenchError('not-found', `There is no complete checkpoint with the number ${checkpointId}.`)
  }
  return row
}
