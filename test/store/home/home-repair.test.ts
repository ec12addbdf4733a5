/** What a repair leaves alone where the disk does not answer. */
import { readdirSync } from 'node:fs'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { verifyCheckpoint } from '../../../src/main/store/checkpoints/checkpoint-read'
import type * as CheckpointBytesModule from '../../../src/main/store/checkpoints/checkpoint-bytes'
import type { CheckpointBytes } from '../../../src/main/store/checkpoints/checkpoint-bytes'
import { listCheckpoints } from '../../../src/main/store/checkpoints/checkpoints'
import { checkHome } from '../../../src/main/store/home/home-check'
import { copyHome } from '../../../src/main/store/home/home-copy'
import { repairHome } from '../../../src/main/store/home/home-repair'
import { plainStoreError } from '../../../src/main/store/sqlite-errors'
import { addDataset, addRun, temporaryStore } from '../support/home'
import { saveCheckpoint, temporaryCheckpoints } from '../support/saved-checkpoint'

const failing = vi.hoisted(() => ({ reads: 0 }))
vi.mock('../../../src/main/store/checkpoints/checkpoint-bytes', async (original) => {
  const real = await original<typeof CheckpointBytesModule>()
  const openCheckpointBytes: typeof real.openCheckpointBytes = (homePath, options) => {
    const bytes = real.openCheckpointBytes(homePath, options)
    if (options?.readOnly !== true) return bytes
    return { ...bytes, read: (stored) => (failing.reads-- > 0 ? unread(bytes.path) : bytes.read(stored)) }
  }
  return { ...real, openCheckpointBytes }
})

function ioError(path: string): unknown {
  return plainStoreError(Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_READ' }), path)
}

async function* unread(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield new Uint8Array(2)
  throw await Promise.resolve(ioError(path))
}

beforeEach(() => void (failing.reads = 0))

/** A run with checkpoints of the steps 10 and 20. */
async function filled() {
  const { db, homePath } = temporaryStore()
  const checkpoints = temporaryCheckpoints(homePath)
  const runId = addRun(db, addDataset(db))
  for (const stepIndex of [10, 20])
    await saveCheckpoint(db, checkpoints, {
      runId,
      stepIndex,
      bytes: new Uint8Array(4).fill(stepIndex),
      tensors: [{ name: 'w', shape: [1], byteCount: 4 }],
    })
  const ids = (): number[] => listCheckpoints(db, runId).map(({ id }) => id)
  return { db, homePath, checkpoints, ids }
}

describe('a home on a disk that does not always answer', () => {
  it('keeps the checkpoints that could not be read, and tells them apart from damaged ones', async () => {
    const { db, homePath, checkpoints, ids } = await filled()
    const flaky: CheckpointBytes = {
      ...checkpoints,
      verify: () => Promise.reject(ioError(checkpoints.path)),
      isWhole: () => Promise.reject(ioError(checkpoints.path)),
    }
    const findings = await checkHome(homePath, db, flaky)
    expect(findings).toMatchObject({ soundCount: 0, damaged: [], isFileWhole: null })
    expect(findings.unread.map(({ stepIndex }) => stepIndex)).toEqual([10, 20])
    const repaired = await repairHome(homePath, db, checkpoints, findings)
    expect(repaired).toMatchObject({ droppedCheckpoints: 0, droppedOrphans: 0, isRebuilt: false })
    for (const id of ids()) await verifyCheckpoint(db, checkpoints, id)
    expect(ids()).toHaveLength(2)
  })

  it('has its file of checkpoints back where it cannot be written anew', async () => {
    const { db, homePath, checkpoints, ids } = await filled()
    const findings = { ...(await checkHome(homePath, db, checkpoints)), isFileWhole: false }
    failing.reads = 1
    await expect(repairHome(homePath, db, checkpoints, findings)).rejects.toMatchObject({
      code: 'home-unreachable',
    })
    expect(ids()).toHaveLength(2)
    for (const id of ids()) await verifyCheckpoint(db, checkpoints, id)
    expect(readdirSync(homePath).filter((name) => name.includes('damaged'))).toEqual([])
    expect(await repairHome(homePath, db, checkpoints, findings)).toMatchObject({ isRebuilt: true })
    for (const id of ids()) await verifyCheckpoint(db, checkpoints, id)
  })

  it('is copied whole where it answers at the second try, and otherwise without what cannot be read', async () => {
    const { homePath } = await filled()
    failing.reads = 1
    expect(await copyHome(homePath, `${homePath}-copy`)).toEqual({ checkpointCount: 2, leftOut: 0 })
    failing.reads = Infinity
    expect(await copyHome(homePath, `${homePath}-other`)).toEqual({ checkpointCount: 0, leftOut: 2 })
  })
})
