/** Probabilities of the classes for each image, from a probe that was made without it and without its duplicates. Pure. */
import { permutation, purpose } from '../random'
import { addMoments, addRow, emptyMoments, fitProbe, probeLogits } from './discriminant'

export interface FeatureRows {
  readonly count: number
  readonly width: number
  readonly classCount: number
  readonly labels: ArrayLike<number>
  /** Of each image; those of one group show the same and come into one fold. */
  readonly groups: ArrayLike<number>
  /** Reads a row into `into`. */
  read(place: number, into: Float32Array): void
}

const foldCount = 5
/** More say nothing new of a covariance of some thousand columns. */
const mostSampled = 12_000
/** Toward a multiple of the identity. Found on flowers17 with 5 % of its labels flipped: with 0.1 to 0.6 as many are found. */
const shrinkage = 0.3

/** [count, classCount], each row sums to 1. Yields often. */
export function* outOfFold(rows: FeatureRows): Generator<void, Float32Array> {
  const { count, width, classCount, labels } = rows
  const folds = assignFolds(rows)
  const standard = yield* standardOf(rows)
  const read = (place: number, into: Float32Array): void => {
    rows.read(place, into)
    for (let x = 0; x < width; x++)
      into[x] = ((into[x] ?? 0) - (standard.means[x] ?? 0)) * (standard.scales[x] ?? 1)
  }
  const row = new Float32Array(width)
  const every = Math.max(1, Math.ceil(count / mostSampled))
  const parts = Array.from({ length: foldCount }, () => emptyMoments(width, classCount))
  const whole = emptyMoments(width, classCount)
  for (let place = 0; place < count; place++) {
    const part = parts[folds[place] ?? 0]
    if (part === undefined) continue
    read(place, row)
    addRow(part, row, labels[place] ?? 0, place % every === 0)
    yield
  }
  for (const part of parts) addMoments(whole, part, 1)
  const logits = new Float32Array(count * classCount)
  const ofRow = new Float64Array(classCount)
  for (const [fold, part] of parts.entries()) {
    addMoments(whole, part, -1)
    const probe = yield* fitProbe(whole, shrinkage)
    addMoments(whole, part, 1)
    for (let place = 0; place < count; place++) {
      if (folds[place] !== fold) continue
      read(place, row)
      probeLogits(probe, row, ofRow)
      logits.set(ofRow, place * classCount)
      yield
    }
  }
  return calibrated(logits, labels, classCount)
}

/** By class in seeded order, each group into the fold that has the fewest of its class. */
function assignFolds({ count, classCount, labels, groups }: FeatureRows): Uint8Array {
  const members = new Map<number, number[]>()
  for (let place = 0; place < count; place++) {
    const group = groups[place] ?? place
    const known = members.get(group)
    if (known === undefined) members.set(group, [place])
    else known.push(place)
  }
  const all = [...members.values()]
  const filled = new Uint32Array(foldCount * classCount)
  const folds = new Uint8Array(count)
  for (const turn of permutation(all.length, 0, purpose.order)) {
    const places = all[turn] ?? []
    const label = labels[places[0] ?? 0] ?? 0
    let best = 0
    for (let fold = 1; fold < foldCount; fold++)
      if ((filled[fold * classCount + label] ?? 0) < (filled[best * classCount + label] ?? 0)) best = fold
    for (const place of places) {
      folds[place] = best
      filled[best * classCount + label] = (filled[best * classCount + label] ?? 0) + 1
    }
  }
  return folds
}

/** Mean and 1 / standard deviation of each column. */
function* standardOf(rows: FeatureRows): Generator<void, { means: Float64Array; scales: Float64Array }> {
  const { count, width } = rows
  const means = new Float64Array(width)
  const squares = new Float64Array(width)
  const row = new Float32Array(width)
  for (let place = 0; place < count; place++) {
    rows.read(place, row)
    for (let x = 0; x < width; x++) {
      const value = row[x] ?? 0
      means[x] = (means[x] ?? 0) + value
      squares[x] = (squares[x] ?? 0) + value * value
    }
    yield
  }
  for (let x = 0; x < width; x++) means[x] = (means[x] ?? 0) / count
  const scales = squares.map((sum, x) => {
    const variance = sum / count - (means[x] ?? 0) ** 2
    return variance > 1e-12 ? 1 / Math.sqrt(variance) : 0
  })
  return { means, scales }
}

/** Softmax at the temperature that makes the labels most likely: a discriminant is far too sure of itself in so many dimensions. */
function calibrated(logits: Float32Array, labels: ArrayLike<number>, classCount: number): Float32Array {
  const loss = (logTemperature: number): number => {
    const scale = Math.exp(-logTemperature)
    let sum = 0
    for (let place = 0; place < labels.length; place++) {
      const row = logits.subarray(place * classCount, (place + 1) * classCount)
      let most = -Infinity
      for (const logit of row) most = Math.max(most, logit)
      let total = 0
      for (const logit of row) total += Math.exp((logit - most) * scale)
      // A label of a class that no fold has is as unlikely as float32 can say.
      sum += Math.log(total) - Math.max(-87, ((row[labels[place] ?? 0] ?? 0) - most) * scale)
    }
    return sum
  }
  const temperature = Math.exp(leastAt(loss, -2, 6))
  const probabilities = new Float32Array(logits.length)
  for (let place = 0; place < labels.length; place++) {
    const row = logits.subarray(place * classCount, (place + 1) * classCount)
    let most = -Infinity
    for (const logit of row) most = Math.max(most, logit)
    const powers = Array.from(row, (logit) => Math.exp((logit - most) / temperature))
    const total = powers.reduce((sum, power) => sum + power, 0)
    probabilities.set(
      powers.map((power) => power / total),
      place * classCount,
    )
  }
  return probabilities
}

/** Golden-section search over [low, high], to 1e-3. */
function leastAt(of: (x: number) => number, low: number, high: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2
  let [left, right] = [low, high]
  let [inLeft, inRight] = [right - ratio * (right - left), left + ratio * (right - left)]
  let [ofLeft, ofRight] = [of(inLeft), of(inRight)]
  while (right - left > 1e-3) {
    if (ofLeft < ofRight) {
      ;[right, inRight, ofRight] = [inRight, inLeft, ofLeft]
      inLeft = right - ratio * (right - left)
      ofLeft = of(inLeft)
    } else {
      ;[left, inLeft, ofLeft] = [inLeft, inRight, ofRight]
      inRight = left + ratio * (right - left)
      ofRight = of(inRight)
    }
  }
  return (left + right) / 2
}
