/** Images on which an export is held to its model: drawn from numbers, the same on every machine, and kept nowhere. */
import { randomStream } from '../../../domain/random'

/** uint8 RGB [count,heightPx,widthPx,3] */
export interface ImageBatch {
  readonly count: number
  readonly heightPx: number
  readonly widthPx: number
  readonly pixelsNhwc: Uint8Array
}

/** Two of the crop's own size together; a large one upright, a wide one, a strip, a thumbnail and one that is nearly nothing. */
export function goldenImages(cropPx: number): ImageBatch[] {
  const sizes: [count: number, widthPx: number, heightPx: number][] = [
    [2, cropPx, cropPx],
    [1, Math.round(cropPx * 1.9), Math.round(cropPx * 2.7)],
    [1, Math.round(cropPx * 1.5), Math.round(cropPx * 0.6)],
    [1, cropPx * 3, 17],
    [1, Math.round(cropPx * 0.4), Math.round(cropPx * 0.7)],
    [1, 5, 3],
  ]
  return sizes.map(([count, widthPx, heightPx], index) => {
    const images = Array.from({ length: count }, (_, of) => drawImage(widthPx, heightPx, 100 * index + of))
    return { count, heightPx, widthPx, pixelsNhwc: new Uint8Array(Buffer.concat(images)) }
  })
}

const seed = 0x60_1d

/** uint8 RGB [heightPx,widthPx,3]: waves of three colours, discs with hard edges, grain. Another image for each number. */
export function drawImage(widthPx: number, heightPx: number, number: number): Uint8Array {
  const next = randomStream(seed, number)
  const waves = Array.from({ length: 3 }, () => ({
    x: 12 * next() - 6,
    y: 12 * next() - 6,
    phase: 7 * next(),
  }))
  const discs = Array.from({ length: 5 }, () => ({
    x: next(),
    y: next(),
    radius: 0.05 + 0.2 * next(),
    colour: [255 * next(), 255 * next(), 255 * next()],
  }))
  const pixels = new Uint8Array(widthPx * heightPx * 3)
  for (let row = 0; row < heightPx; row += 1) {
    for (let column = 0; column < widthPx; column += 1) {
      const [x, y] = [(column + 0.5) / widthPx, (row + 0.5) / heightPx]
      const disc = discs.find((one) => (x - one.x) ** 2 + (y - one.y) ** 2 < one.radius ** 2)
      for (const [channel, wave] of waves.entries()) {
        const level = disc?.colour[channel] ?? 128 + 90 * Math.sin(wave.x * x + wave.y * y + wave.phase)
        pixels[(row * widthPx + column) * 3 + channel] = Math.round(
          Math.min(255, Math.max(0, level + 24 * next() - 12)),
        )
      }
    }
  }
  return pixels
}
