import { expect, it } from 'vitest'
import { thumbnailsHandlers } from '../../src/main/datasets/ready-thumbnails'
import { imageLayout } from '../../src/main/store/datasets/images'
import { addDataset, syntheticScan, temporaryStore } from '../store/support/home'

it('an answer with thumbnails has a bounded size; the others are asked for at their own addresses', async () => {
  const { db } = temporaryStore()
  const { ids } = imageLayout(db, addDataset(db, 'trees', syntheticScan(['elm', 'oak'], 20)), {})
  const thumbnail = { bytes: new Uint8Array(900_000), mime: 'image/webp' }
  const cache = { get: () => thumbnail, put: () => undefined, close: () => undefined }
  const images = ids.slice(0, 20).map((id) => ({ id, px: 512 as const }))
  const pictures = await thumbnailsHandlers({ db }, cache)['thumbnails.ready']({ images })
  expect(pictures).toHaveLength(20)
  expect(pictures.map((picture) => picture !== null)).toEqual(images.map((_, place) => place < 5))
})
