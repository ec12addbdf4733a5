// Few sizes, so that the core's cache of thumbnails is met again and again.
const sizesPx = [128, 256, 512, 1024, 2048] as const

/** The address of a picture for a box whose larger side is `boxPx` CSS px; both shells serve it. */
export function pictureUrl(
  imageId: number,
  boxPx: number,
  pixelRatio = globalThis.devicePixelRatio || 1,
): string {
  const wantedPx = boxPx * Math.min(2, pixelRatio)
  const px = sizesPx.find((size) => size >= wantedPx * 0.95) ?? 2048
  return `/picture/${imageId}?px=${px}`
}
