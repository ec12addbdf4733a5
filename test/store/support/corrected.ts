import { imageLayout } from '../../../src/main/store/datasets/images'
import { addLabelEvents } from '../../../src/main/store/labels/label-events'
import type { Db } from '../../../src/main/store/statement'
import { addDataset, syntheticScan } from './home'

/** Thousands of images, of which some get another class, a new class among them, and some leave. */
export function addCorrected(db: Db): number {
  const id = addDataset(db, 'trees', syntheticScan(['elm', 'oak', 'yew'], 800))
  const { ids } = imageLayout(db, id, {})
  const writer = { atMs: 1, byWhom: 'test' }
  const label = (className: string) => (imageId: number) =>
    ({ imageId, change: { kind: 'label', className }, fromClass: 'elm' }) as const
  addLabelEvents(db, id, writer, [
    ...ids.slice(0, 900).map(label('oak')),
    ...ids.slice(900, 950).map(label('fir')),
    ...ids
      .slice(2000, 2050)
      .map((imageId) => ({ imageId, change: { kind: 'exclude' }, fromClass: 'yew' }) as const),
  ])
  return id
}
