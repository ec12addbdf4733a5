import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { listDatasets } from '../../../src/main/store/datasets/datasets'
import { checkHome } from '../../../src/main/store/home/home-check'
import { openCheckpointBytes } from '../../../src/main/store/checkpoints/checkpoint-bytes'
import { checkpointHeaders, readCheckpoint } from '../../../src/main/store/checkpoints/checkpoint-read'
import { prune } from '../../../src/main/store/checkpoints/checkpoint-retention'
import { latestCheckpoint, listCheckpoints } from '../../../src/main/store/checkpoints/checkpoints'
import { listEvaluations, listLog, listSteps } from '../../../src/main/store/runs/metrics'
import { migrations } from '../../../src/main/store/home/migrate'
import { openStore } from '../../../src/main/store/home/open'
import { listPredictions } from '../../../src/main/store/runs/predictions'
import { listDamagedRuns, listRuns } from '../../../src/main/store/runs/runs'
import { temporaryHome } from '../support/home'
import { oldWeights, writeOldHome } from '../support/earlier-home'
import { saveCheckpoint } from '../support/saved-checkpoint'

describe('a home of an earlier version', () => {
  it.each(migrations.map((_, index) => index + 1))(
    '%i opens with its run, its figures, its mistakes and its checkpoint, and goes on',
    async (version) => {
      const homePath = temporaryHome()
      writeOldHome(homePath, version)
      const raw = new Database(join(homePath, 'workbench.db'), { readonly: true })
      expect(raw.pragma('user_version', { simple: true })).toBe(version)
      raw.close()

      const { db, close } = openStore(homePath)
      const checkpoints = openCheckpointBytes(homePath)
      expect(listDatasets(db).map(({ name }) => name)).toEqual(['trees'])
      expect(listDamagedRuns(db)).toEqual([])
      expect(listRuns(db)).toMatchObject([
        { id: 1, name: 'old', state: 'stopped', stepsDone: 2, checkpointStep: 2, accuracy: { total: 1 } },
      ])
      expect(listSteps(db, 1).map(({ loss }) => loss)).toEqual([0.7, 0.6])
      expect(listEvaluations(db, 1)).toHaveLength(1)
      expect(listLog(db, 1, 9).map(({ text }) => text)).toEqual(['Started.'])
      const wrong = { runId: 1, filter: { which: 'wrong' }, order: 'loss', offset: 0, limit: 9 } as const
      expect(listPredictions(db, wrong).total).toBe(1)

      const { id = 0 } = latestCheckpoint(db, 1) ?? {}
      expect(await checkpointHeaders(db, checkpoints, id)).toEqual([
        { name: 'w', shape: [12], byteCount: 48 },
      ])
      const chunks: Uint8Array[] = []
      for await (const chunk of readCheckpoint(db, checkpoints, id)) chunks.push(chunk)
      expect([...Buffer.concat(chunks)]).toEqual([...oldWeights])
      expect(await checkHome(homePath, db, checkpoints)).toEqual({
        ...{ database: [], soundCount: 1, damaged: [], unread: [], isFileWhole: true, orphanCount: 0 },
      })

      // as the run goes on, its old checkpoints are pruned from where they lie
      for (const stepIndex of [10, 20]) await saveCheckpoint(db, checkpoints, { runId: 1, stepIndex })
      prune(db, 1, 1e9)
      expect(listCheckpoints(db, 1).map(({ stepIndex }) => stepIndex)).toEqual([10, 20])
      expect(db.prepare('SELECT count(*) AS n FROM checkpoint_chunks').get()).toEqual({ n: 0 })
      expect(db.pragma('foreign_key_check')).toEqual([])
      await checkpoints.close()
      close()
    },
  )
})
