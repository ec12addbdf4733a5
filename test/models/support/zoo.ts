/** A home with what finding models takes, and runs in it that have, or lack, a checkpoint. No core, no trainer. */
import { join } from 'node:path'
import { homePaths } from '../../../src/main/host/paths'
import { initialWeights } from '../../../src/main/trainer/network/initialize'
import type { ZooContext } from '../../../src/main/models/model-places'
import {
  openCheckpointBytes,
  type CheckpointBytes,
} from '../../../src/main/store/checkpoints/checkpoint-bytes'
import { getDataset } from '../../../src/main/store/datasets/datasets'
import { openStore } from '../../../src/main/store/home/open'
import { insertRun } from '../../../src/main/store/runs/runs'
import type { Db } from '../../../src/main/store/statement'
import { addDataset, syntheticScan } from '../../store/support/home'
import { newRun } from '../../store/support/new-run'
import { saveCheckpoint } from '../../store/support/saved-checkpoint'

export interface TestZoo {
  readonly context: ZooContext
  /** A run on a dataset of elms and oaks at 128 px. Answers with its id. */
  addRun(name: string, checkpoint: 'with checkpoint' | 'without checkpoint'): Promise<number>
  close(): void
}

export const runClassNames = ['elm', 'oak']

export function openTestZoo(folder: string): TestZoo {
  const paths = homePaths(join(folder, 'home'))
  const store = openStore(paths.homePath)
  const { db } = store
  const checkpoints = openCheckpointBytes(paths.homePath)
  const datasetId = addDataset(db, 'trees', syntheticScan(runClassNames, 20))
  return {
    context: { db, checkpoints, paths, resourcesPath: join(folder, 'resources') },
    async addRun(name, checkpoint) {
      const runId = insertRun(db, newRun(datasetId, getDataset(db, datasetId).split.id, name))
      if (checkpoint === 'with checkpoint') await addCheckpoint(db, checkpoints, runId)
      return runId
    },
    close: () => {
      void checkpoints.close()
      store.close()
    },
  }
}

async function addCheckpoint(db: Db, checkpoints: CheckpointBytes, runId: number): Promise<void> {
  const weights = initialWeights({ units: [1, 1, 1, 1], width: 0.5 }, runClassNames.length, 1)
  const tensors = [...weights].map(([name, { shape, data }]) => ({
    name,
    shape: [...shape],
    byteCount: data.byteLength,
  }))
  const bytes = Buffer.concat([...weights.values()].map(({ data }) => Buffer.from(data.buffer)))
  const cuts = Array.from({ length: Math.floor((bytes.length - 1) / 1e6) }, (_, index) => (index + 1) * 1e6)
  await saveCheckpoint(db, checkpoints, { runId, stepIndex: 50, createdAtMs: 1, tensors, bytes, cuts })
}
