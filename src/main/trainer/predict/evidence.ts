/** What each place of an image says for some classes, on a finer grid than the network's own. */
import type { EvidenceMaps } from '../../protocol/messages'
import { inPieces } from '../step/evaluate'
import type { Predictor } from './predictor'

/** From one place of the network's map to the next, in pixels: its strides multiplied. */
const stridePx = 32
/** Sides of a map that show a shape. */
const wantedPlaces = 12
const finestPx = 4

/** How far the copies are apart: the coarsest step that gives a map of `wantedPlaces`, a divisor of the stride. */
export function evidenceStep(cropPx: number): number {
  let stepPx = stridePx
  while (stepPx > finestPx && Math.ceil(cropPx / stepPx) < wantedPlaces) stepPx /= 2
  return stepPx
}

/**
 * `pixelsNhwc`: one image of `cropPx`. `biases`: of the head. The network is run on copies of the image that are shifted by up to half a stride each way
 * (their edges repeated), and the maps are interleaved: each place is what the network says with its own place centred there.
 */
export async function evidenceMaps(
  predictor: Predictor,
  pixelsNhwc: Uint8Array,
  cropPx: number,
  classes: readonly number[],
  biases: Float32Array,
): Promise<EvidenceMaps> {
  const classCount = biases.length
  const stepPx = evidenceStep(cropPx)
  const shiftCount = stridePx / stepPx
  const coarse = Math.ceil(cropPx / stridePx)
  const sidePlaces = Math.ceil(cropPx / stepPx)
  const shifts = Array.from(
    { length: shiftCount },
    (_, index) => Math.floor((index + 0.5) * stepPx) - stridePx / 2,
  )
  const imageBytes = cropPx * cropPx * 3
  const width = coarse * coarse * classCount
  const run = (pixels: Uint8Array, count: number): Promise<Float32Array> =>
    inPieces(
      predictor,
      pixels,
      count,
      width,
      (images, size) => predictor.evidence(images, size),
      () => Promise.resolve(),
    )
  const own = await run(pixelsNhwc, 1)
  const maps = classes.map(() => new Float32Array(sidePlaces * sidePlaces))
  // a row of shifts at a time: all of them would be many images at once
  for (const [down, y] of shifts.entries()) {
    const copies = new Uint8Array(shiftCount * imageBytes)
    for (const [right, x] of shifts.entries())
      copies.set(shifted(pixelsNhwc, cropPx, y, x), right * imageBytes)
    const shares = await run(copies, shiftCount)
    for (let right = 0; right < shiftCount; right++) {
      for (let row = 0; row < coarse; row++) {
        for (let column = 0; column < coarse; column++) {
          const [mapRow, mapColumn] = [row * shiftCount + down, column * shiftCount + right]
          if (mapRow >= sidePlaces || mapColumn >= sidePlaces) continue
          const from = ((right * coarse + row) * coarse + column) * classCount
          for (const [place, classIndex] of classes.entries()) {
            const map = maps[place]
            if (map !== undefined) map[mapRow * sidePlaces + mapColumn] = shares[from + classIndex] ?? NaN
          }
        }
      }
    }
  }
  return {
    sidePlaces,
    stepPx,
    classes: classes.map((classIndex, place) => {
      let sum = 0
      for (let at = classIndex; at < own.length; at += classCount) sum += own[at] ?? NaN
      const bias = biases[classIndex] ?? NaN
      return { logit: bias + sum / (coarse * coarse), bias, map: maps[place] ?? new Float32Array(0) }
    }),
  }
}

/** The pixel at (row + y, column + x), or the nearest that the image has. */
function shifted(pixels: Uint8Array, side: number, y: number, x: number): Uint8Array {
  const copy = new Uint8Array(pixels.length)
  const within = (value: number): number => Math.min(side - 1, Math.max(0, value))
  for (let row = 0; row < side; row++) {
    const from = within(row + y) * side
    for (let column = 0; column < side; column++) {
      const source = (from + within(column + x)) * 3
      copy.set(pixels.subarray(source, source + 3), (row * side + column) * 3)
    }
  }
  return copy
}
