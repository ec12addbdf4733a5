/** What would be the same image under other thresholds. Pure. */
import type { LikePair } from './duplicate-groups'
import { createGroups } from './groups'
import { sameImageLikeness, similarLikeness } from './likeness'

export interface LikenessStep {
  readonly likeness: number
  /** Groups of the same image, and the contents in them. */
  readonly groupCount: number
  readonly contentCount: number
}

const stride = 0.0005

/** From the lowest threshold, under which all pairs are the same image, to the highest; the usual one is among them. */
export function likenessSteps(contentCount: number, pairs: readonly LikePair[]): LikenessStep[] {
  const sorted = [...pairs].sort((one, other) => other.likeness - one.likeness)
  const groups = createGroups(contentCount)
  const sizes = new Uint32Array(contentCount).fill(1)
  let [at, groupCount, inGroups] = [0, 0, 0]
  return thresholds()
    .reverse()
    .map((likeness) => {
      for (let pair = sorted[at]; pair !== undefined && pair.likeness >= likeness; pair = sorted[++at]) {
        const [one, other] = [groups.first(pair.one), groups.first(pair.other)]
        if (one === other) continue
        const [first = 1, second = 1] = [sizes[one], sizes[other]]
        groupCount += 1 - Number(first > 1) - Number(second > 1)
        inGroups += (first === 1 ? 1 : 0) + (second === 1 ? 1 : 0)
        groups.join(one, other)
        sizes[groups.first(one)] = first + second
      }
      return { likeness, groupCount, contentCount: inGroups }
    })
    .reverse()
}

function thresholds(): number[] {
  const count = Math.round((1 - similarLikeness) / stride)
  return Array.from({ length: count }, (_, step) => {
    const likeness = Number((similarLikeness + step * stride).toFixed(4))
    return Math.abs(likeness - sameImageLikeness) < stride / 2 ? sameImageLikeness : likeness
  })
}
