/** One small grey thumbnail laid over another: by how much they agree there, and where they would agree better. Pure. */

/** Of a thumbnail, px. */
export const greySide = 32

/** Where a place of the fixed thumbnail lies in the moving one: place × scale + shift, in pixels from the middle. */
export interface Placement {
  readonly scaleX: number
  readonly scaleY: number
  readonly shiftX: number
  readonly shiftY: number
}
export const noPlacement: Placement = { scaleX: 1, scaleY: 1, shiftX: 0, shiftY: 0 }

/** Pixels at the edges that a cut may have taken. */
const margin = 2
const middle = (greySide - 1) / 2

/** Pearson's, over the fixed thumbnail without its edges; 0 where there is no contrast. */
export function correlation(
  fixed: Uint8Array,
  moving: Uint8Array,
  { scaleX, scaleY, shiftX, shiftY }: Placement,
): number {
  let [sumA, sumB, sumAa, sumBb, sumAb, count] = [0, 0, 0, 0, 0, 0]
  for (let y = margin; y < greySide - margin; y++) {
    for (let x = margin; x < greySide - margin; x++) {
      const a = fixed[y * greySide + x] ?? 0
      const b = sample(moving, (x - middle) * scaleX + shiftX, (y - middle) * scaleY + shiftY)
      sumA += a
      sumB += b
      sumAa += a * a
      sumBb += b * b
      sumAb += a * b
      count++
    }
  }
  const varianceA = sumAa - (sumA * sumA) / count
  const varianceB = sumBb - (sumB * sumB) / count
  if (varianceA < count || varianceB < count) return 0
  return (sumAb - (sumA * sumB) / count) / Math.sqrt(varianceA * varianceB)
}

/** Unknowns: the four of the placement, gain and offset of the light. */
const size = 6
const width = size + 1
const normal = new Float64Array(size * width)
const row = new Float64Array(width)
const solution = new Float64Array(size)

/** One step of Gauss and Newton toward the least squares of fixed − (gain · moving + offset), over every second pixel; null where there is none. */
export function newtonStep(fixed: Uint8Array, moving: Uint8Array, from: Placement): Placement | null {
  const { scaleX, scaleY, shiftX, shiftY } = from
  normal.fill(0)
  for (let y = margin; y < greySide - margin; y += 2) {
    for (let x = margin; x < greySide - margin; x += 2) {
      const atX = (x - middle) * scaleX + shiftX
      const atY = (y - middle) * scaleY + shiftY
      const slopeX = sample(moving, atX + 0.5, atY) - sample(moving, atX - 0.5, atY)
      const slopeY = sample(moving, atX, atY + 0.5) - sample(moving, atX, atY - 0.5)
      row[0] = slopeX * (x - middle)
      row[1] = slopeY * (y - middle)
      row[2] = slopeX
      row[3] = slopeY
      row[4] = sample(moving, atX, atY)
      row[5] = 1
      row[6] = fixed[y * greySide + x] ?? 0
      for (let one = 0; one < size; one++) {
        const value = row[one] ?? 0
        for (let other = one; other < width; other++) {
          const place = one * width + other
          normal[place] = (normal[place] ?? 0) + value * (row[other] ?? 0)
        }
      }
    }
  }
  if (!solve()) return null
  const [byScaleX = 0, byScaleY = 0, byShiftX = 0, byShiftY = 0, gain = 0] = solution
  if (gain < 0.2) return null
  // The slopes are those of the moving thumbnail before its gain.
  return {
    scaleX: scaleX + byScaleX / gain,
    scaleY: scaleY + byScaleY / gain,
    shiftX: shiftX + byShiftX / gain,
    shiftY: shiftY + byShiftY / gain,
  }
}

/** Between the pixels; outside, the edge goes on. */
function sample(moving: Uint8Array, x: number, y: number): number {
  const limit = greySide - 1
  const atX = Math.min(limit, Math.max(0, x + middle))
  const atY = Math.min(limit, Math.max(0, y + middle))
  const left = Math.min(limit - 1, Math.floor(atX))
  const top = Math.min(limit - 1, Math.floor(atY))
  const partX = atX - left
  const partY = atY - top
  const place = top * greySide + left
  const upper = (moving[place] ?? 0) * (1 - partX) + (moving[place + 1] ?? 0) * partX
  const lower = (moving[place + greySide] ?? 0) * (1 - partX) + (moving[place + greySide + 1] ?? 0) * partX
  return upper * (1 - partY) + lower * partY
}

/** `normal` holds the upper triangle of a symmetric system and its right side; Gauss's elimination puts the answer into `solution`. */
function solve(): boolean {
  const at = (y: number, x: number): number => normal[y * width + x] ?? 0
  for (let y = 1; y < size; y++) for (let x = 0; x < y; x++) normal[y * width + x] = at(x, y)
  for (let pivot = 0; pivot < size; pivot++) {
    const value = at(pivot, pivot)
    if (Math.abs(value) < 1e-9) return false
    for (let y = pivot + 1; y < size; y++) {
      const factor = at(y, pivot) / value
      for (let x = pivot; x < width; x++) normal[y * width + x] = at(y, x) - factor * at(pivot, x)
    }
  }
  for (let y = size - 1; y >= 0; y--) {
    let rest = at(y, size)
    for (let x = y + 1; x < size; x++) rest -= at(y, x) * (solution[x] ?? 0)
    solution[y] = rest / at(y, y)
  }
  return true
}
