/** A drawn part of a picture's square, brought to the side that the model sees. */
import type { PartDraw } from './augment'
import type { Picture } from './enlarge'

/**
 * Writes the part as [cropPx, cropPx, 3] to `target` from `targetOffset` on. Bilinear with half-pixel centres on the picture as it is kept
 * (it is at most `sidePx` long along each axis), so a part of twice the crop's side is still averaged and larger ones are not kept.
 */
export function partOfSquare(
  { pixels, widthPx, heightPx }: Picture,
  sidePx: number,
  cropPx: number,
  draw: PartDraw,
  target: Uint8Array,
  targetOffset: number,
): void {
  const columns = placesOf(draw.x, draw.widthPx, widthPx, sidePx, cropPx, 3)
  const lines = placesOf(draw.y, draw.heightPx, heightPx, sidePx, cropPx, widthPx * 3)
  const step = draw.flip ? -3 : 3
  for (let row = 0; row < cropPx; row++) {
    // `as number`, not `?? 0`: all indices are inside, and these loops run for every value of every picture
    const above = lines.first[row] as number
    const below = lines.second[row] as number
    const down = lines.weight[row] as number
    let to = targetOffset + row * cropPx * 3 + (draw.flip ? (cropPx - 1) * 3 : 0)
    for (let column = 0; column < cropPx; column++) {
      const left = columns.first[column] as number
      const right = columns.second[column] as number
      const across = columns.weight[column] as number
      for (let channel = 0; channel < 3; channel++) {
        const upper = mixed(
          pixels[above + left + channel] as number,
          pixels[above + right + channel] as number,
          across,
        )
        const lower = mixed(
          pixels[below + left + channel] as number,
          pixels[below + right + channel] as number,
          across,
        )
        // both are in 1/256
        target[to + channel] = (upper * 256 + (lower - upper) * down + 0x8000) >> 16
      }
      to += step
    }
  }
}

function mixed(one: number, other: number, weight: number): number {
  return one * 256 + (other - one) * weight
}

/** For each place of the crop the two places of the picture that it lies between, as offsets, and the weight of the second in 1/256. */
function placesOf(
  start: number,
  length: number,
  pictureLength: number,
  sidePx: number,
  cropPx: number,
  offsetPerPlace: number,
) {
  const first = new Int32Array(cropPx)
  const second = new Int32Array(cropPx)
  const weight = new Int32Array(cropPx)
  const scale = pictureLength / sidePx
  for (let place = 0; place < cropPx; place++) {
    const inSquare = start + ((place + 0.5) * length) / cropPx
    const at = Math.min(Math.max(inSquare * scale - 0.5, 0), pictureLength - 1)
    const whole = Math.min(Math.floor(at), Math.max(pictureLength - 2, 0))
    first[place] = whole * offsetPerPlace
    second[place] = Math.min(whole + 1, pictureLength - 1) * offsetPerPlace
    weight[place] = Math.round((at - whole) * 256)
  }
  return { first, second, weight }
}
