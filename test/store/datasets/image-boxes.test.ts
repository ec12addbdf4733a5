import { expect, it } from 'vitest'
import { deleteDataset } from '../../../src/main/store/datasets/datasets'
import { getImage, imageLayout } from '../../../src/main/store/datasets/images'
import { addDataset, syntheticScan, temporaryStore } from '../support/home'

it('boxes come with their image in the order of the source, and go with its dataset', () => {
  const { db } = temporaryStore()
  const scan = syntheticScan(['elm', 'oak'], 2)
  const size = { xPx: 1.5, yPx: 0, widthPx: 20, heightPx: 0.25 }
  const boxes = ['leaf', 'bark'].map((className) => ({ className, ...size, isCrowd: className === 'bark' }))
  const ids = [
    scan,
    { ...scan, images: scan.images.map((image) => ({ ...image, boxes: boxesOf(boxes) })) },
  ].map((one, index) => addDataset(db, `trees ${String(index)}`, one))
  const [without, boxed = 0] = ids.map((id) => imageLayout(db, id, {}).ids[3] ?? 0)
  expect(getImage(db, without ?? 0).boxes).toEqual([])
  expect(getImage(db, boxed).boxes).toEqual(boxes)

  const count = db.prepare<[], number>('SELECT count(*) FROM image_boxes').pluck()
  expect(count.get()).toBe(8)
  deleteDataset(db, ids[1] ?? 0)
  expect(count.get()).toBe(0)
})

function boxesOf<Box>(boxes: readonly Box[]) {
  return { hash: '0'.repeat(32), read: () => boxes }
}
