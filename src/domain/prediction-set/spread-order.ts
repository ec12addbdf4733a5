import { purpose, randomStream, shuffle } from '../random'

/**
 * All indices of `labelIndices`, ordered so that each beginning of the list is a fair sample: every class has its share of it, give or take
 * one image, and which images those are is drawn from the seed. The same on every machine.
 */
export function spreadOrder(labelIndices: readonly number[], seed: number): number[] {
  const ofClass = new Map<number, number[]>()
  labelIndices.forEach((label, index) => {
    const members = ofClass.get(label)
    if (members === undefined) ofClass.set(label, [index])
    else members.push(index)
  })
  const keyed: { index: number; key: number }[] = []
  for (const [label, members] of ofClass) {
    const next = randomStream(seed, purpose.scoredSample, label)
    // the classes' first images must not all come at once, in the order of the classes
    const offset = next()
    shuffle(members, next)
    members.forEach((index, place) => keyed.push({ index, key: (place + offset) / members.length }))
  }
  return keyed.sort((one, other) => one.key - other.key || one.index - other.index).map(({ index }) => index)
}
