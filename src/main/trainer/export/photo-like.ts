/**
 * Images with the statistics of photos, drawn from numbers: discs of all sizes that cover each other ("dead leaves": as many edges at every scale,
 * down to the pixel, which is what a resize and a JPEG find hard), light from one side, grain. Another image for each number, the same everywhere.
 */
import { randomStream } from '../../../domain/random'

const seed = 0x1ea7e5
/** Of the smallest disc, in pixels; and of the largest, as a share of the shorter side. */
const [leastRadius, mostRadius] = [1.5, 0.35]
/** How often a place is covered on average. */
const coverage = 4
const grainLevels = 8

/** uint8 RGB [heightPx,widthPx,3]. */
export function drawPhotoLike(widthPx: number, heightPx: number, number: number): Uint8Array {
  const next = randomStream(seed, number)
  const leaves = drawLeaves(widthPx, heightPx, next)
  const colours = drawColours(next)
  const grain = Float32Array.from({ length: 1 << 14 }, () => grainLevels * (next() + next() - 1))
  const [across, down, dark] = [next() - 0.5, next() - 0.5, 0.2 + 0.5 * next()]
  const pixels = new Uint8Array(widthPx * heightPx * 3)
  let at = 0
  for (let row = 0; row < heightPx; row += 1) {
    // its own part of the grain for each row, or there would be stripes
    const shift = Math.floor(next() * grain.length)
    for (let column = 0; column < widthPx; column += 1, at += 1) {
      const light =
        1 - dark * (0.5 + across * (column / widthPx - 0.5) * 2 + down * (row / heightPx - 0.5) * 2)
      const colour = (leaves[at] as number) * 3
      for (let channel = 0; channel < 3; channel += 1) {
        const noise = grain[(shift + column * 3 + channel) & (grain.length - 1)] as number
        const level = light * (colours[colour + channel] as number) + noise
        pixels[at * 3 + channel] = Math.min(255, Math.max(0, Math.round(level)))
      }
    }
  }
  return pixels
}

/** 64 × [red, green, blue], 0 … 255: brightnesses that differ more than the hues do, which gather around two of the image's own. */
function drawColours(next: () => number): Float32Array {
  const tints = Array.from({ length: 6 }, () => 90 * (next() - 0.5))
  const colours = new Float32Array(64 * 3)
  for (let colour = 0; colour < 64; colour += 1) {
    const brightness = 30 + 195 * (0.5 * next() + 0.5 * next())
    const tint = next() < 0.5 ? 0 : 3
    for (let channel = 0; channel < 3; channel += 1)
      colours[colour * 3 + channel] = brightness + (tints[tint + channel] ?? 0) + 50 * (next() - 0.5)
  }
  return colours
}

/** [heightPx,widthPx]: the number of the colour, 0 … 63, of the uppermost disc. As many are drawn of a radius as its cube is smaller. */
function drawLeaves(widthPx: number, heightPx: number, next: () => number): Uint8Array {
  const most = Math.max(leastRadius * 2, mostRadius * Math.min(widthPx, heightPx))
  const squares = (leastRadius / most) ** 2
  const meanArea = (2 * Math.PI * leastRadius ** 2 * Math.log(most / leastRadius)) / (1 - squares)
  const leaves = new Uint8Array(widthPx * heightPx)
  const count = Math.ceil((coverage * widthPx * heightPx) / meanArea)
  for (let leaf = 0; leaf < count; leaf += 1) {
    const radius = leastRadius / Math.sqrt(1 - next() * (1 - squares))
    const [x, y] = [next() * widthPx, next() * heightPx]
    const colour = Math.floor(64 * next())
    const last = Math.min(heightPx - 1, Math.floor(y + radius))
    for (let row = Math.max(0, Math.ceil(y - radius)); row <= last; row += 1) {
      const half = Math.sqrt(Math.max(0, radius ** 2 - (row - y) ** 2))
      const from = Math.max(0, Math.ceil(x - half))
      const to = Math.min(widthPx, Math.floor(x + half) + 1)
      if (to > from) leaves.fill(colour, row * widthPx + from, row * widthPx + to)
    }
  }
  return leaves
}
