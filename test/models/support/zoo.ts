/** A home with what finding models takes, and runs in it that have, or lack, a checkpoint. No core, no trainer. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { homePaths } from '../../../src/main/host/paths'
import { initialWeights } from '../../../src/main/trainer/network/initialize'
import type { ZooContext } from '../../../src/main/models/model-places'
import { appendChunk, beginCheckpoint, completeCheckpoint } from '../../../src/main/store/checkpoints'
import { getDataset } from '../../../src/main/store/datasets'
import { openStore } from '../../../src/main/store/open'
import { insertRun } from '../../../src/main/store/runs'
import type { Db } from '../../../src/main/store/statement'
import { addDataset, syntheticScan } from '../../store/support/home'
import { newRun } from '../../store/support/new-run'

export interface TestZoo {
  readonly context: ZooContext
  /** A run on a dataset of elms and oaks at 128 px. Answers with its id. */
  addRun(name: string, checkpoint: 'with checkpoint' | 'without checkpoint'): number
  close(): void
}

export const runClassNames = ['elm', 'oak']

export function openTestZoo(folder: string): TestZoo {
  const paths = homePaths(join(folder, 'home'))
  const store = openStore(paths.homePath)
  const { db } = store
  const datasetId = addDataset(db, 'trees', syntheticScan(runClassNames, 20))
  return {
    context: { db, paths, resourcesPath: join(folder, 'resources') },
    addRun(name, checkpoint) {
      const runId = insertRun(db, newRun(datasetId, getDataset(db, datasetId).split.id, name))
      if (checkpoint === 'with checkpoint') addCheckpoint(db, runId)
      return runId
    },
    close: () => store.close(),
  }
}

function addCheckpoint(db: Db, runId: number): void {
  const weights = initialWeights({ units: [1, 1, 1, 1], width: 0.5 }, runClassNames.length, 1)
  const tensors = [...weights].map(([name, { shape, data }]) => ({
    name,
    shape: [...shape],
    byteCount: data.byteLength,
  }))
  const checkpointId = beginCheckpoint(db, { runId, stepIndex: 50, createdAtMs: 1, tensors })
  const bytes = Buffer.concat([...weights.values()].map(({ data }) => Buffer.from(data.buffer)))
  const chunkBytes = 4 * 1024 * 1024
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    appendChunk(db, checkpointId, start / chunkBytes, bytes.subarray(start, start + chunkBytes))
  }
  completeCheckpoint(db, checkpointId, createHash('sha256').update(bytes).digest('hex'))
}
