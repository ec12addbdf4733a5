import { createHash } from 'node:crypto'
import fc from '../support/properties'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkpointSchema } from '../../src/contract/entities/run'
import type { ErrorCode } from '../../src/contract/errors'
import { chunkSql } from '../../src/main/store/checkpoint-read'
import {
  appendChunk,
  beginCheckpoint,
  completeCheckpoint,
  dropIncomplete,
  latestCheckpoint,
  latestCheckpointSql,
  listCheckpoints,
  readCheckpoint,
} from '../../src/main/store/checkpoints'
import { insertStep, listSteps } from '../../src/main/store/metrics'
import { openStore } from '../../src/main/store/open'
import { getRun } from '../../src/main/store/runs'
import type { Db } from '../../src/main/store/statement'
import { addDataset, addRun, queryPlan, temporaryHome, temporaryStore } from './support/home'

const tensors = [
  { name: 'resnet/root_block/standardized_conv2d/kernel', shape: [2, 3], byteCount: 24 },
  { name: 'resnet/head/conv2d/bias', shape: [], byteCount: 4 },
  { name: 'resnet/head/conv2d/bias/momentum', shape: [5], byteCount: 20 },
]
const values = Float32Array.from({ length: 12 }, (_, index) => index / 3)
const stream = new Uint8Array(values.buffer)

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function begin(db: Db, runId: number, stepIndex: number): number {
  return beginCheckpoint(db, { runId, stepIndex, createdAtMs: stepIndex, tensors })
}

function save(db: Db, runId: number, stepIndex: number, cuts: readonly number[] = [10, 30]): number {
  const id = begin(db, runId, stepIndex)
  const edges = [0, ...cuts, stream.length]
  edges.slice(1).forEach((end, index) => appendChunk(db, id, index, stream.slice(edges[index], end)))
  completeCheckpoint(db, id, sha256(stream))
  return id
}

function count(db: Db, table: string): number {
  return db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0
}

function setUp() {
  const { db, homePath } = temporaryStore()
  return { db, homePath, runId: addRun(db, addDataset(db)) }
}

describe('checkpoints', () => {
  it('give back every tensor, wherever the chunks were cut', () => {
    const { db, runId } = setUp()
    let stepIndex = 0
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 12 })
    fc.assert(
      fc.property(cuts, (unsorted) => {
        stepIndex++
        const id = save(
          db,
          runId,
          stepIndex,
          unsorted.toSorted((a, b) => a - b),
        )
        const read = readCheckpoint(db, id)
        expect(read.stepIndex).toBe(stepIndex)
        expect([...read.tensors.keys()]).toEqual(tensors.map(({ name }) => name))
        expect([...read.tensors.values()].map(({ shape }) => shape)).toEqual([[2, 3], [], [5]])
        expect([...read.tensors.values()].flatMap(({ data }) => [...data])).toEqual([...values])
      }),
      { seed: 5, numRuns: 30 },
    )
  })

  it('count only when they are complete', () => {
    const { db, runId } = setUp()
    const id = begin(db, runId, 10)
    appendChunk(db, id, 0, stream)
    expect(latestCheckpoint(db, runId)).toBeNull()
    expect(listCheckpoints(db, runId)).toEqual([])
    expect(() => readCheckpoint(db, id)).toThrowError(expect.objectContaining({ code: 'not-found' }))
    completeCheckpoint(db, id, sha256(stream))
    expect(checkpointSchema.parse(latestCheckpoint(db, runId))).toEqual({
      id,
      runId,
      stepIndex: 10,
      createdAtMs: 10,
      byteCount: 48,
    })
    expect(getRun(db, runId).checkpointStep).toBe(10)
  })

  it('are refused when bytes are missing or are not those that were meant', () => {
    const { db, runId } = setUp()
    const before = save(db, runId, 5)
    const short = begin(db, runId, 10)
    appendChunk(db, short, 0, stream.slice(0, 40))
    expect(() => completeCheckpoint(db, short, sha256(stream.slice(0, 40)))).toThrowError(/40 of 48 bytes/)
    const wrong = begin(db, runId, 10)
    appendChunk(db, wrong, 0, stream.toReversed())
    expect(() => completeCheckpoint(db, wrong, sha256(stream))).toThrowError(/SHA-256/)
    expect(latestCheckpoint(db, runId)?.id).toBe(before)
    expect(getRun(db, runId).checkpointStep).toBe(5)
    expect(dropIncomplete(db)).toBe(2)
    expect(count(db, 'checkpoint_chunks')).toBe(3)
  })

  it('can be completed by another process than began them', () => {
    const homePath = temporaryHome()
    const first = openStore(homePath)
    const runId = addRun(first.db, addDataset(first.db))
    const id = begin(first.db, runId, 1)
    appendChunk(first.db, id, 0, stream)
    first.close()
    const second = openStore(homePath)
    completeCheckpoint(second.db, id, sha256(stream))
    expect(readCheckpoint(second.db, id).tensors.size).toBe(3)
    second.close()
  })

  it('keep the last two of a run and leave those of other runs alone', () => {
    const { db, runId } = setUp()
    const other = addRun(db, 1, 'other')
    save(db, other, 1)
    for (const stepIndex of [10, 20, 30, 40]) save(db, runId, stepIndex)
    expect(
      z
        .array(checkpointSchema)
        .parse(listCheckpoints(db, runId))
        .map((each) => each.stepIndex),
    ).toEqual([30, 40])
    expect(listCheckpoints(db, other)).toHaveLength(1)
    expect(count(db, 'checkpoint_tensors')).toBe(9)
    expect(count(db, 'checkpoint_chunks')).toBe(9)
  })

  it('are told when their bytes changed on the disk', () => {
    const { db, runId } = setUp()
    const id = save(db, runId, 10)
    db.prepare('UPDATE checkpoint_chunks SET bytes = ? WHERE checkpoint_id = ? AND position = 1').run(
      Buffer.alloc(20, 7),
      id,
    )
    expect(() => readCheckpoint(db, id)).toThrowError(
      expect.objectContaining({ code: 'home-broken' satisfies ErrorCode }),
    )
    db.prepare('DELETE FROM checkpoint_chunks WHERE checkpoint_id = ? AND position = 2').run(id)
    expect(() => readCheckpoint(db, id)).toThrowError(/step 10/)
  })

  it('take chunks of up to 4 MiB', () => {
    const { db, runId } = setUp()
    const id = begin(db, runId, 1)
    appendChunk(db, id, 0, Buffer.alloc(4 * 1024 ** 2))
    expect(() => appendChunk(db, id, 1, Buffer.alloc(4 * 1024 ** 2 + 1))).toThrowError(/CHECK/)
    expect(() => appendChunk(db, id, 0, stream)).toThrowError(/UNIQUE/)
  })

  it('are found without reading the bytes of others', () => {
    const { db } = setUp()
    expect(queryPlan(db, latestCheckpointSql, 1)).toContain('checkpoints_complete')
    expect(queryPlan(db, latestCheckpointSql, 1)).not.toMatch(/SCAN|TEMP B-TREE/)
    expect(queryPlan(db, chunkSql, 1, 1)).toMatch(/SEARCH checkpoint_chunks USING INDEX/)
    expect(queryPlan(db, 'DELETE FROM checkpoints WHERE sha256 IS NULL')).toContain('checkpoints_incomplete')
  })
})

describe('a full disk', () => {
  it('is said in plain words, and keeps the rows before it', () => {
    const { db, runId } = setUp()
    const good = save(db, runId, 1)
    const metric = { loss: 1, batchAccuracy: 0, learningRate: 0, stepMs: 1, waitMs: 0, atMs: 0 }
    insertStep(db, runId, { ...metric, stepIndex: 0 }, null)
    const pageCount = Number(db.pragma('page_count', { simple: true }))
    db.pragma(`max_page_count = ${pageCount + 300}`)
    const id = begin(db, runId, 2)
    let chunkIndex = 0
    const fill = (): void => {
      for (;;) appendChunk(db, id, chunkIndex++, Buffer.alloc(262_144, chunkIndex))
    }
    expect(fill).toThrowError(
      expect.objectContaining({ code: 'disk-full', wayOut: expect.stringContaining('kept') }),
    )
    expect(chunkIndex).toBeGreaterThan(1)
    expect(latestCheckpoint(db, runId)?.id).toBe(good)
    expect(readCheckpoint(db, good).tensors.size).toBe(3)
    expect(listSteps(db, runId)).toHaveLength(1)
    // Room again: it goes on.
    expect(dropIncomplete(db)).toBe(1)
    insertStep(db, runId, { ...metric, stepIndex: 1 }, null)
    expect(latestCheckpoint(db, runId)?.id).toBe(good)
    save(db, runId, 3)
    expect(getRun(db, runId)).toMatchObject({ stepsDone: 2, checkpointStep: 3 })
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
  })
})
