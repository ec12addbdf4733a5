import { imageKey } from '../image-key.svelte'

// Few sizes, so that the core's cache of thumbnails is met again and again.
const sizesPx = [128, 256, 512, 1024, 2048] as const

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
export function imageUrl(
  address: string,
  boxPx: number,
  pixelRatio = globalThis.devicePixelRatio || 1,
): string {
  const wantedPx = boxPx * Math.min(2, pixelRatio)
  const px = sizesPx.find((size) => size >= wantedPx * 0.95) ?? 2048
  return `${address}?px=${px}${imageKey.asQuery}`
}
