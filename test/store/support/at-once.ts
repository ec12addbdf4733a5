/** What the core does in turns, done at once: for tests in which nobody else waits. */
import type { DatasetDetail, DifferenceCounts, SplitOptions } from '../../../src/contract/entities/dataset'
import { atOnce } from '../../../src/domain/in-turns'
import type { KeptTogether } from '../../../src/domain/split-groups'
import { getDataset } from '../../../src/main/store/datasets/datasets'
import { takingInLabels } from '../../../src/main/store/labels/label-version'
import { makingSplit } from '../../../src/main/store/datasets/new-split'
import type { Db } from '../../../src/main/store/statement'

export function setSplit(
  db: Db,
  datasetId: number,
  options: SplitOptions,
  nowMs = Date.now(),
  together?: KeptTogether,
): DatasetDetail {
  atOnce(makingSplit(db, datasetId, options, nowMs, together))
  return getDataset(db, datasetId)
}

export function takeInLabels(db: Db, datasetId: number, nowMs: number): DifferenceCounts | null {
  return atOnce(takingInLabels(db, datasetId, nowMs))
}
