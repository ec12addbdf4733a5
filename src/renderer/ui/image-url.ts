import { smallSizesPx } from '../../contract/calls/thumbnails'
import { imageKey } from '../image-key.svelte'
import type { ReadyKey } from './image-loader'

// Few sizes, so that the core's cache of thumbnails is met again and again.
const sizesPx = [...smallSizesPx, 1024, 2048] as const

/** Where an image of a dataset is served. */
export function imageAddress(imageId: number): string {
  return `${imageKey.place}/image/${imageId}`
}

/** Where the image of a row of a prediction is served. */
export function predictedAddress(taskId: number, row: number): string {
  return `/predicted/${taskId}/${row}`
}

/** An image in its own pixels. */
export function fullUrl(address: string): string {
  return `${address}?px=full${imageKey.asQuery}`
}

/** An image's address for a box whose larger side is `boxPx` CSS px; both shells serve it. */
export function imageUrl(address: string, boxPx: number, pixelRatio?: number): string {
  return `${address}?px=${sizeFor(boxPx, pixelRatio)}${imageKey.asQuery}`
}

/** How an image of a dataset for such a box is asked for together with others; null where it is too large for that, or of a bundle that is looked at. */
export function readyKey(imageId: number, boxPx: number, pixelRatio?: number): ReadyKey | null {
  const px = smallSizesPx.find((size) => size === sizeFor(boxPx, pixelRatio))
  return px === undefined || imageKey.place !== '' ? null : { id: imageId, px }
}

function sizeFor(boxPx: number, pixelRatio = globalThis.devicePixelRatio || 1): number {
  const wantedPx = boxPx * Math.min(2, pixelRatio)
  return sizesPx.find((size) => size >= wantedPx * 0.95) ?? 2048
}
