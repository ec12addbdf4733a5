/** How probabilities of predictions hold: in bins of equal width, and what is right where only the surest are answered. Pure. */

const reliabilityBinCount = 15

export interface ReliabilityBin {
  /** Over (from, to]. */
  readonly from: number
  readonly to: number
  readonly count: number
  readonly correct: number
  /** Mean probability of the predictions; 0 where there are none. */
  readonly confidence: number
}

export interface Reliability {
  readonly bins: ReliabilityBin[]
  /** Expected calibration error: the mean of |share right − mean probability| over the bins, each by its images. */
  readonly ece: number
}

/** Probabilities in [0, 1], and of each whether its prediction is right (1). */
export function reliabilityOf(confidences: ArrayLike<number>, right: ArrayLike<number>): Reliability {
  const counts = new Float64Array(reliabilityBinCount)
  const corrects = new Float64Array(reliabilityBinCount)
  const sums = new Float64Array(reliabilityBinCount)
  for (let row = 0; row < confidences.length; row++) {
    const confidence = confidences[row] ?? 0
    const bin = binOf(confidence)
    counts[bin] = (counts[bin] ?? 0) + 1
    corrects[bin] = (corrects[bin] ?? 0) + (right[row] ?? 0)
    sums[bin] = (sums[bin] ?? 0) + confidence
  }
  let error = 0
  const bins = Array.from(counts, (count, bin): ReliabilityBin => {
    const [correct, sum] = [corrects[bin] ?? 0, sums[bin] ?? 0]
    error += Math.abs(correct - sum)
    const [from, to] = [bin / reliabilityBinCount, (bin + 1) / reliabilityBinCount]
    return { from, to, count, correct, confidence: count === 0 ? 0 : sum / count }
  })
  return { bins, ece: confidences.length === 0 ? 0 : error / confidences.length }
}

function binOf(confidence: number): number {
  const bin = Math.ceil(confidence * reliabilityBinCount) - 1
  return Math.max(0, Math.min(reliabilityBinCount - 1, bin))
}

export interface CoveragePoint {
  /** The predictions that are at least as probable are answered. */
  readonly threshold: number
  readonly answered: number
  /** Of those. */
  readonly correct: number
}

export interface Coverage {
  /** From the fewest answered to all; as many as are worth drawing. */
  readonly points: CoveragePoint[]
  /** Area under the curve of risk against coverage: the mean over all coverages of the share that is wrong. */
  readonly aurc: number
}

/** `confidences`: float32, surest first, with what is right (1) in their order. `most`: points, of about equal distance. */
export function coverageOf(confidences: ArrayLike<number>, right: ArrayLike<number>, most: number): Coverage {
  const { length } = confidences
  const points: CoveragePoint[] = []
  let [rights, risks] = [0, 0]
  for (let row = 0; row < length; row++) {
    rights += right[row] ?? 0
    risks += 1 - rights / (row + 1)
    const [own, next] = [confidences[row] ?? 0, confidences[row + 1] ?? -1]
    // Those that are equally probable are answered together.
    const isLast = own > next
    const isDue = row + 1 === length || ((row + 1) * most) / length >= points.length + 1
    if (isLast && isDue) points.push({ threshold: between(next, own), answered: row + 1, correct: rights })
  }
  return { points, aurc: length === 0 ? 0 : risks / length }
}

/** The shortest decimal above `low` and not above `high`, in float32. */
function between(low: number, high: number): number {
  for (let scale = 10; scale < 1e9; scale *= 10) {
    const rounded = Math.floor(high * scale) / scale
    if (Math.fround(rounded) > low && Math.fround(rounded) <= high) return rounded
  }
  return Number(high.toPrecision(9))
}
