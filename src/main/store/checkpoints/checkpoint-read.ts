/** Reading a checkpoint: chunk by chunk, so that a large model is never held whole. */
import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import { WorkbenchError } from '../../../contract/errors'
import type { TensorHeader } from '../../protocol/messages'
import type { CheckpointBytes } from './checkpoint-bytes'
import { storedBytesOf } from './checkpoints'
import { brokenCheckpoint } from '../sqlite-errors'
import { statement, type Db } from '../statement'

/** The bytes of a complete checkpoint; at the end their SHA-256 is checked, so only what was read to its end is verified. Throws 'not-found', 'home-broken'. */
export async function* readCheckpoint(
  db: Db,
  bytes: CheckpointBytes,
  checkpointId: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { stepIndex, sha256, stored } = completeRow(db, checkpointId)
  yield* stored === null ? chunksOfTables(db, checkpointId, stepIndex, sha256) : bytes.read(stored)
}

/** Reads all of it. Throws as `readCheckpoint`. */
export async function verifyCheckpoint(db: Db, bytes: CheckpointBytes, checkpointId: number): Promise<void> {
  const { stepIndex, sha256, stored } = completeRow(db, checkpointId)
  if (stored !== null) return bytes.verify(stored)
  const chunks = chunksOfTables(db, checkpointId, stepIndex, sha256)
  while ((await chunks.next()).done !== true);
}

/** Its tensors in the order of the bytes, momenta (`…/momentum`) too. Throws 'not-found', 'home-broken'. */
export async function checkpointHeaders(
  db: Db,
  bytes: CheckpointBytes,
  checkpointId: number,
): Promise<TensorHeader[]> {
  const { stepIndex, stored } = completeRow(db, checkpointId)
  return stored === null ? headersOfTables(db, checkpointId, stepIndex) : bytes.tensors(stored)
}

function headersOfTables(db: Db, checkpointId: number, stepIndex: number): TensorHeader[] {
  return statement<{ name: string; shape_json: string; byte_count: number }>(
    db,
    'SELECT name, shape_json, byte_count FROM checkpoint_tensors WHERE checkpoint_id = ? ORDER BY position',
  )
    .all(checkpointId)
    .map(({ name, shape_json: cell, byte_count: byteCount }) => {
      const shape = shapeOf(cell)
      if (shape === null) throw changed(db.name, stepIndex)
      return { name, shape, byteCount }
    })
}

/** null where the cell is damaged. */
function shapeOf(cell: string): number[] | null {
  try {
    return z.array(z.int()).parse(JSON.parse(cell))
  } catch {
    return null
  }
}

/** As older versions wrote them: one query a chunk, and a turn of the event loop between. */
async function* chunksOfTables(
  db: Db,
  checkpointId: number,
  stepIndex: number,
  sha256: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256')
  const select = statement<{ bytes: Buffer }>(db, chunkSql)
  for (let position = 0; ; position++) {
    const row = select.get(checkpointId, position)
    if (row === undefined) break
    hash.update(row.bytes)
    yield row.bytes
    await nextTurn()
  }
  if (hash.digest('hex') !== sha256) throw changed(db.name, stepIndex)
}

export const chunkSql = 'SELECT bytes FROM checkpoint_chunks WHERE checkpoint_id = ? AND position = ?'

function changed(path: string, stepIndex: number): WorkbenchError {
  return brokenCheckpoint(path, `the checkpoint of step ${stepIndex} has changed since it was saved`)
}

function completeRow(db: Db, checkpointId: number) {
  const row = storedBytesOf(db, checkpointId)
  if (row === null) {
    throw new WorkbenchError('not-found', `There is no complete checkpoint with the number ${checkpointId}.`)
  }
  return row
}
