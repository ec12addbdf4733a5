/**
 * How many labels are likely wrong, however weak the probe is. Pure.
 *
 * What a wrong label looks like to the probe is known: as any other class of an image does. So the labels are a mixture of right ones and of such, and the
 * share of the wrong ones is at most the least quotient of the two tails (Blanchard, Lee and Scott 2010, mixture proportion). Where the probe is wrong
 * itself, right labels fill the tail as well, but its far end stays telling. With the share, each tail says how many of the labels in it are wrong.
 */

/** Tails are compared at each tenth of a nat between the label and what the image looks like. */
const binsPerNat = 10
const mostNats = 40
/** A tail that holds less of the wrong labels says nothing of the others. */
const leastTail = 0.2
/** Pairs of image and class; more do not change the shape of a tail. */
const mostPairs = 2_000_000

/** Labels are worth a look while at least this share of them is wrong. */
const leastPrecision = 0.5

/** `probabilities`: [images, classCount]. How many, the least probable labels first, are wrong for the most part. */
export function wrongLabelCount(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classCount: number,
): number {
  const size = binsPerNat * mostNats + 1
  const given = new Float64Array(size)
  const wrong = new Float64Array(size)
  const every = Math.max(1, Math.ceil((labels.length * classCount) / mostPairs))
  let pairCount = 0
  for (let place = 0; place < labels.length; place++) {
    const row = probabilities.subarray(place * classCount, (place + 1) * classCount)
    const most = row.reduce((best, value) => Math.max(best, value), 0)
    const label = labels[place] ?? 0
    const own = binOf(row[label] ?? 0, most)
    given[own] = (given[own] ?? 0) + 1
    if (place % every !== 0) continue
    for (let other = 0; other < classCount; other++) {
      if (other === label) continue
      const bin = binOf(row[other] ?? 0, most)
      wrong[bin] = (wrong[bin] ?? 0) + 1
      pairCount++
    }
  }
  if (pairCount === 0) return 0
  const tails: { readonly count: number; readonly share: number }[] = []
  let [count, share] = [0, 0]
  for (let bin = 0; bin < size; bin++) {
    count += given[bin] ?? 0
    share += (wrong[bin] ?? 0) / pairCount
    tails.push({ count, share })
  }
  // The root: what a count may be above the one seen.
  const bounds = tails.flatMap((tail) =>
    tail.share >= leastTail ? (tail.count + Math.sqrt(tail.count + 1)) / tail.share : [],
  )
  const wrongTotal = Math.min(labels.length, ...bounds)
  return Math.max(
    0,
    ...tails.flatMap((tail) => (wrongTotal * tail.share >= leastPrecision * tail.count ? tail.count : [])),
  )
}

/** The last one: the label is what the image looks like most. */
function binOf(probability: number, most: number): number {
  const nats = probability > 0 ? Math.log(most / probability) : mostNats
  return Math.round((mostNats - Math.min(nats, mostNats)) * binsPerNat)
}
