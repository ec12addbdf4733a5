/** The resize that every export is held to, place by place in float64 (bit-reference section 3). Written apart from the graphs' own. */
import type { ImageBatch } from './golden-images'

/** uint8 [heightPx,widthPx,3] → [px,px,3], 0 … 255, not rounded: bilinear, half-pixel centres, antialiased when shrinking. */
export function referenceResize(
  pixels: Uint8Array,
  widthPx: number,
  heightPx: number,
  px: number,
): Float32Array {
  const narrow = new Float64Array(heightPx * px * 3)
  for (const [place, { first, shares }] of sharesOf(widthPx, px).entries()) {
    for (let row = 0; row < heightPx; row += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        let sum = 0
        // `as number`: every index is inside
        for (let tap = 0; tap < shares.length; tap += 1)
          sum += (shares[tap] as number) * (pixels[(row * widthPx + first + tap) * 3 + channel] as number)
        narrow[(row * px + place) * 3 + channel] = sum
      }
    }
  }
  const resized = new Float32Array(px * px * 3)
  const rowLength = px * 3
  for (const [place, { first, shares }] of sharesOf(heightPx, px).entries()) {
    for (let offset = 0; offset < rowLength; offset += 1) {
      let sum = 0
      for (let tap = 0; tap < shares.length; tap += 1)
        sum += (shares[tap] as number) * (narrow[(first + tap) * rowLength + offset] as number)
      resized[place * rowLength + offset] = sum
    }
  }
  return resized
}

/** Of a batch, as the network takes them: [count,px,px,3] in [−1, 1]. */
export function scaledImages({ count, widthPx, heightPx, pixelsNhwc }: ImageBatch, px: number): Float32Array {
  const scaled = new Float32Array(count * px * px * 3)
  const length = widthPx * heightPx * 3
  for (let image = 0; image < count; image += 1) {
    const pixels = pixelsNhwc.subarray(image * length, (image + 1) * length)
    const resized = referenceResize(pixels, widthPx, heightPx, px)
    scaled.set(
      resized.map((value) => value / 127.5 - 1),
      image * px * px * 3,
    )
  }
  return scaled
}

/** Of each new place: the old ones that it is made of, from `first` on, and their shares, which sum to 1. */
function sharesOf(lengthPx: number, px: number): { first: number; shares: number[] }[] {
  const scale = lengthPx / px
  const reach = Math.max(1, scale)
  return Array.from({ length: px }, (_, place) => {
    const centre = (place + 0.5) * scale
    const first = Math.max(0, Math.floor(centre - reach))
    const end = Math.min(lengthPx, Math.ceil(centre + reach))
    const weights = Array.from({ length: end - first }, (_, index) =>
      Math.max(0, 1 - Math.abs(first + index + 0.5 - centre) / reach),
    )
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return { first, shares: weights.map((weight) => weight / sum) }
  })
}
