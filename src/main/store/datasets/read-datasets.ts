import type { DamagedDataset, Dataset } from '../../../contract/entities/dataset'
import { readDataset, selectDatasets, type DatasetRow } from './dataset-row'
import { readRows } from '../read-rows'
import type { Db } from '../statement'

/** Oldest first, each as far as it can be read. Throws 'home-broken' where none can. */
export function readDatasets(db: Db): (Dataset | DamagedDataset)[] {
  return readRows<DatasetRow, Dataset | DamagedDataset>(db, {
    table: 'datasets',
    select: selectDatasets,
    read: readDataset,
    unreadable: (id) => ({ id, name: `Dataset ${id}`, reason: 'its row cannot be read' }),
  })
}
