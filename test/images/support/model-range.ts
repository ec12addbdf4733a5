/** From stored pixels to what the model takes, as the graph does it: [-1, 1] (bit-reference section 3). */

const unitRange = Float32Array.from({ length: 256 }, (_, value) => value / 127.5 - 1)

/** What the model takes, as new float32 [count, cropPx, cropPx, 3] in [-1, 1]: the images, mixed with their partners where there are any. */
export function toModelRange(
  pixelsNhwc: Uint8Array,
  partnerPixelsNhwc: Uint8Array | null = null,
  lambda = 1,
): Float32Array {
  const imagesNhwc = new Float32Array(pixelsNhwc.length)
  toUnitRange(
    pixelsNhwc,
    partnerPixelsNhwc ?? pixelsNhwc,
    partnerPixelsNhwc === null ? 1 : lambda,
    imagesNhwc,
  )
  return imagesNhwc
}

/** Writes lambda · image + (1 - lambda) · partner to `target`, both brought from 0 … 255 to [-1, 1]. All of one length. */
function toUnitRange(image: Uint8Array, partner: Uint8Array, lambda: number, target: Float32Array): void {
  if (lambda === 1) {
    for (let index = 0; index < image.length; index++) target[index] = unitRange[image[index] ?? 0] ?? 0
    return
  }
  for (let index = 0; index < image.length; index++) {
    const own = unitRange[image[index] ?? 0] ?? 0
    const other = unitRange[partner[index] ?? 0] ?? 0
    target[index] = lambda * own + (1 - lambda) * other
  }
}
