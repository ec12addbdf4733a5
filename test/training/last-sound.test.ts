import { describe, expect, it } from 'vitest'
import type { LogLine } from '../../src/contract/entities/run'
import { findLastSound } from '../../src/main/training/last-sound'
import type { CheckpointBytes } from '../../src/main/store/checkpoints/checkpoint-bytes'
import { listCheckpoints } from '../../src/main/store/checkpoints/checkpoints'
import { brokenCheckpoint, plainStoreError } from '../../src/main/store/sqlite-errors'
import { addDataset, addRun, temporaryStore } from '../store/support/home'
import { saveCheckpoint, temporaryCheckpoints } from '../store/support/saved-checkpoint'

/** A run with checkpoints of the steps 10 and 20; reading the last one fails. */
async function runWhere(reading: (path: string) => unknown) {
  const { db, homePath } = temporaryStore()
  const real = temporaryCheckpoints(homePath)
  const runId = addRun(db, addDataset(db))
  for (const stepIndex of [10, 20])
    await saveCheckpoint(db, real, {
      runId,
      stepIndex,
      bytes: new Uint8Array(4).fill(stepIndex),
      tensors: [{ name: 'w', shape: [1], byteCount: 4 }],
    })
  let reads = 0
  const checkpoints: CheckpointBytes = {
    ...real,
    verify: (stored) => (++reads === 1 ? Promise.reject(reading(real.path)) : real.verify(stored)),
  }
  const said: Pick<LogLine, 'kind' | 'text'>[] = []
  const steps = (): number[] => listCheckpoints(db, runId).map(({ stepIndex }) => stepIndex)
  return { find: () => findLastSound({ db, checkpoints }, runId, (line) => said.push(line)), said, steps }
}

const complaint = (code: string) => (path: string) =>
  plainStoreError(Object.assign(new Error('disk I/O error'), { code }), path)

describe('the checkpoint that a run goes on from', () => {
  it.each(['SQLITE_IOERR_READ', 'SQLITE_PROTOCOL', 'SQLITE_CANTOPEN', 'SQLITE_NOMEM', 'EIO'])(
    'stays where it cannot be read for a while (%s), and the error says so',
    async (code) => {
      const { find, said, steps } = await runWhere(complaint(code))
      await expect(find()).rejects.toMatchObject({
        message: expect.stringMatching(
          /^The checkpoint of step 20 cannot be read now, and was kept\. /,
        ) as unknown,
        wayOut: expect.stringMatching(/Then resume the run again\./) as unknown,
      })
      expect(steps()).toEqual([10, 20])
      expect(said).toEqual([])
      expect((await find())?.stepIndex).toBe(20)
    },
  )

  it.each([
    ['a hash that differs', (path: string) => brokenCheckpoint(path, 'a checkpoint has changed')],
    ['SQLITE_CORRUPT', complaint('SQLITE_CORRUPT')],
    ['SQLITE_IOERR_SHORT_READ', complaint('SQLITE_IOERR_SHORT_READ')],
  ])('is the one before where the last is damaged: %s', async (_, reading) => {
    const { find, said, steps } = await runWhere(reading)
    expect((await find())?.stepIndex).toBe(10)
    expect(steps()).toEqual([10])
    expect(said).toEqual([
      { kind: 'warn', text: expect.stringContaining('is damaged and was discarded') as unknown },
    ])
  })
})
