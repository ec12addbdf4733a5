import fc from '../../support/properties'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkpointSchema } from '../../../src/contract/entities/run'
import type { ErrorCode } from '../../../src/contract/errors'
import {
  openCheckpointBytes,
  startCheckpointThread,
} from '../../../src/main/store/checkpoints/checkpoint-bytes'
import {
  chunkSql,
  checkpointHeaders,
  readCheckpoint,
  verifyCheckpoint,
} from '../../../src/main/store/checkpoints/checkpoint-read'
import {
  checkpointOf,
  deleteCheckpoint,
  dropIncomplete,
  latestCheckpoint,
  latestCheckpointSql,
  listCheckpoints,
  storedNames,
} from '../../../src/main/store/checkpoints/checkpoints'
import { openStore } from '../../../src/main/store/home/open'
import { getRun } from '../../../src/main/store/runs/runs'
import type { Db } from '../../../src/main/store/statement'
import { buildProgram } from '../../support/build-trainer'
import { addDataset, addRun, queryPlan, temporaryHome, temporaryStore } from '../support/home'
import { saveCheckpoint, sha256, temporaryCheckpoints } from '../support/saved-checkpoint'

const tensors = [
  { name: 'resnet/root_block/standardized_conv2d/kernel', shape: [2, 3], byteCount: 24 },
  { name: 'resnet/head/conv2d/bias', shape: [], byteCount: 4 },
  { name: 'resnet/head/conv2d/bias/momentum', shape: [5], byteCount: 20 },
]
const values = Float32Array.from({ length: 12 }, (_, index) => index / 3)
const bytes = new Uint8Array(values.buffer)

function setUp() {
  const { db, homePath } = temporaryStore()
  const checkpoints = temporaryCheckpoints(homePath)
  const runId = addRun(db, addDataset(db))
  const save = (stepIndex: number, cuts: readonly number[] = [10, 30]): Promise<number> =>
    saveCheckpoint(db, checkpoints, { runId, stepIndex, tensors, bytes, cuts })
  const read = async (id: number): Promise<number[]> => {
    const chunks: Uint8Array[] = []
    for await (const chunk of readCheckpoint(db, checkpoints, id)) chunks.push(chunk)
    return [...Buffer.concat(chunks)]
  }
  return { db, homePath, checkpoints, runId, save, read }
}

/** As version 19 and older wrote them. */
function saveInTables(db: Db, runId: number, stepIndex: number): number {
  const insert = db.prepare(
    'INSERT INTO checkpoints (run_id, step_index, created_at_ms, byte_count, sha256) VALUES (?, ?, ?, ?, ?)',
  )
  const hash = Buffer.from(sha256(bytes), 'hex')
  const id = Number(insert.run(runId, stepIndex, stepIndex, bytes.length, hash).lastInsertRowid)
  const tensor = db.prepare(
    'INSERT INTO checkpoint_tensors (checkpoint_id, position, name, shape_json, byte_count) VALUES (?, ?, ?, ?, ?)',
  )
  tensors.forEach(({ name, shape, byteCount }, position) =>
    tensor.run(id, position, name, JSON.stringify(shape), byteCount),
  )
  const chunk = db.prepare('INSERT INTO checkpoint_chunks (checkpoint_id, position, bytes) VALUES (?, ?, ?)')
  chunk.run(id, 0, bytes.slice(0, 20))
  chunk.run(id, 1, bytes.slice(20))
  db.prepare('UPDATE runs SET checkpoint_step = ? WHERE id = ?').run(stepIndex, runId)
  return id
}

describe('checkpoints', () => {
  it('give back every byte and the tensors they are of, wherever the chunks were cut', async () => {
    const { db, checkpoints, save, read } = setUp()
    let stepIndex = 0
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(cuts, async (unsorted) => {
        stepIndex++
        const id = await save(
          stepIndex,
          unsorted.toSorted((a, b) => a - b),
        )
        expect(await read(id)).toEqual([...bytes])
        expect(await checkpointHeaders(db, checkpoints, id)).toEqual(tensors)
      }),
      { seed: 5, numRuns: 30 },
    )
  })

  it('count only when their bytes are on disk and a row names them', async () => {
    const { db, checkpoints, runId, save } = setUp()
    const writer = checkpoints.begin()
    await writer.append(bytes.slice())
    expect(latestCheckpoint(db, runId)).toBeNull()
    const id = await save(10)
    expect(checkpointSchema.parse(latestCheckpoint(db, runId))).toEqual({
      id,
      runId,
      stepIndex: 10,
      createdAtMs: 10,
      byteCount: 48,
      isPinned: false,
    })
    expect(getRun(db, runId).checkpointStep).toBe(10)
    expect(checkpointOf(db, runId, 10)?.id).toBe(id)
    expect(checkpointOf(db, runId, 9)).toBeNull()
    // what is being written stays, until it is given up
    expect(await checkpoints.keepOnly(storedNames(db))).toBe(0)
    writer.release()
    expect(await checkpoints.keepOnly(storedNames(db))).toBe(1)
    await verifyCheckpoint(db, checkpoints, id)
  })

  it('are refused when bytes are missing or are not those that were meant', async () => {
    const { db, checkpoints, runId, save } = setUp()
    const before = await save(5)
    const short = checkpoints.begin()
    await short.append(bytes.slice(0, 40))
    await expect(short.finish(tensors, sha256(bytes.slice(0, 40)))).rejects.toThrow(/40 of 48 bytes/)
    const wrong = checkpoints.begin()
    await wrong.append(bytes.toReversed())
    await expect(wrong.finish(tensors, sha256(bytes))).rejects.toThrow(/SHA-256/)
    expect(latestCheckpoint(db, runId)?.id).toBe(before)
    short.release()
    wrong.release()
    expect(await checkpoints.keepOnly(storedNames(db))).toBe(2)
  })

  it('of a step that is done again take the place of those before', async () => {
    const { db, checkpoints, runId, save } = setUp()
    await save(10)
    const again = await save(10)
    expect(listCheckpoints(db, runId).map(({ id }) => id)).toEqual([again])
    expect(await checkpoints.keepOnly(storedNames(db))).toBe(1)
    await verifyCheckpoint(db, checkpoints, again)
  })

  it('of older versions are read where they lie, and go with their row', async () => {
    const { db, checkpoints, runId, save, read } = setUp()
    const old = saveInTables(db, runId, 10)
    const young = await save(20)
    expect(await read(old)).toEqual([...bytes])
    expect(await checkpointHeaders(db, checkpoints, old)).toEqual(tensors)
    db.prepare('UPDATE checkpoint_chunks SET bytes = ? WHERE position = 1').run(Buffer.alloc(28, 7))
    await expect(verifyCheckpoint(db, checkpoints, old)).rejects.toMatchObject({ code: 'home-broken' })
    deleteCheckpoint(db, { id: young, runId })
    expect(getRun(db, runId).checkpointStep).toBe(10)
    deleteCheckpoint(db, { id: old, runId })
    expect(getRun(db, runId).checkpointStep).toBeNull()
    expect(db.prepare('SELECT count(*) AS n FROM checkpoint_chunks').get()).toEqual({ n: 0 })
  })

  it('are told when their bytes changed on the disk, or are not there', async () => {
    const { db, checkpoints, runId, save } = setUp()
    const id = await save(10)
    const [name = ''] = storedNames(db)
    db.prepare('UPDATE checkpoints SET sha256 = ? WHERE id = ?').run(Buffer.alloc(32), id)
    await expect(verifyCheckpoint(db, checkpoints, id)).rejects.toMatchObject({
      code: 'home-broken' satisfies ErrorCode,
    })
    await expect(checkpoints.verify({ name, sha256: '' })).rejects.toThrow('has changed')
    await checkpoints.keepOnly([])
    await expect(checkpoints.verify({ name, sha256: '' })).rejects.toThrow('missing')
    expect(latestCheckpoint(db, runId)?.id).toBe(id)
  })

  it('are found without reading the bytes of others', () => {
    const { db } = setUp()
    expect(queryPlan(db, latestCheckpointSql, 1)).toContain('checkpoints_complete')
    expect(queryPlan(db, latestCheckpointSql, 1)).not.toMatch(/SCAN|TEMP B-TREE/)
    expect(queryPlan(db, chunkSql, 1, 1)).toMatch(/SEARCH checkpoint_chunks USING INDEX/)
    expect(queryPlan(db, 'DELETE FROM checkpoints WHERE sha256 IS NULL')).toContain('checkpoints_incomplete')
  })

  it('of which dead writers of older versions left a part are thrown away', () => {
    const { db, runId } = setUp()
    const insert =
      'INSERT INTO checkpoints (run_id, step_index, created_at_ms, byte_count) VALUES (?, 1, 1, 1)'
    db.prepare(insert).run(runId)
    expect(listCheckpoints(db, runId)).toEqual([])
    expect(dropIncomplete(db)).toBe(1)
  })

  it('give the space of dropped ones back to the disk', async () => {
    const { db, checkpoints, runId } = setUp()
    const large = new Uint8Array(4e6).map((_, index) => index % 251)
    const header = [{ name: 'w', shape: [1e6], byteCount: 4e6 }]
    for (const stepIndex of [1, 2, 3])
      await saveCheckpoint(db, checkpoints, {
        runId,
        stepIndex,
        tensors: header,
        bytes: large,
        cuts: [1e6, 2e6],
      })
    for (const { id } of listCheckpoints(db, runId).slice(0, 2)) deleteCheckpoint(db, { id, runId })
    expect(await checkpoints.keepOnly(storedNames(db))).toBe(2)
    const { fileBytes, freeBytes } = await checkpoints.space()
    expect(freeBytes).toBeGreaterThan(7.9e6)
    expect(await checkpoints.giveBack()).toBe(freeBytes)
    expect((await checkpoints.space()).fileBytes).toBeLessThanOrEqual(fileBytes - freeBytes)
    await verifyCheckpoint(db, checkpoints, latestCheckpoint(db, runId)?.id ?? 0)
  })
})

describe('the thread that writes checkpoints', () => {
  it('writes and reads what a command reads beside it, and says in words what is wrong', async () => {
    const homePath = temporaryHome()
    const store = openStore(homePath)
    onTestFinished(() => store.close())
    const { db } = store
    const runId = addRun(db, addDataset(db))
    const thread = startCheckpointThread(await buildProgram('checkpointer'), homePath)
    onTestFinished(() => thread.close())
    const id = await saveCheckpoint(db, thread, { runId, stepIndex: 1, tensors, bytes, cuts: [7] })
    const beside = openCheckpointBytes(homePath, { readOnly: true })
    onTestFinished(() => beside.close())
    for (const checkpoints of [thread, beside]) {
      const chunks: Uint8Array[] = []
      for await (const chunk of readCheckpoint(db, checkpoints, id)) chunks.push(chunk)
      expect(chunks.map(({ length }) => length)).toEqual([7, 41])
      expect([...Buffer.concat(chunks)]).toEqual([...bytes])
    }
    await expect(thread.tensors({ name: '0123456789abcdef', sha256: '' })).rejects.toMatchObject({
      code: 'home-broken',
      wayOut: expect.stringContaining('backup') as unknown,
    })
  })
})

describe('a full disk', () => {
  it('is said in plain words, and keeps the checkpoints before it', async () => {
    const { db, homePath, runId } = setUp()
    const checkpoints = openCheckpointBytes(homePath, { mostPages: 60 })
    onTestFinished(() => checkpoints.close())
    const good = await saveCheckpoint(db, checkpoints, { runId, stepIndex: 1, tensors, bytes })
    const writer = checkpoints.begin()
    const fill = async (): Promise<void> => {
      for (;;) await writer.append(Buffer.alloc(262_144, 1))
    }
    await expect(fill()).rejects.toMatchObject({
      code: 'disk-full',
      wayOut: expect.stringContaining('kept') as unknown,
    })
    await verifyCheckpoint(db, checkpoints, good)
    // Room again: it goes on.
    writer.release()
    expect(await checkpoints.keepOnly(storedNames(db))).toBe(1)
    const next = await saveCheckpoint(db, checkpoints, { runId, stepIndex: 3, tensors, bytes })
    await verifyCheckpoint(db, checkpoints, next)
    expect(getRun(db, runId).checkpointStep).toBe(3)
  })
})
