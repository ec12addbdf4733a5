/** From which likeness two images are the same one: what other thresholds would find, and the change to one. From the pairs of the last check. */
import type { Thresholds } from '../../contract/entities/preflight'
import { WorkbenchError } from '../../contract/errors'
import { contentGroups, type LikePair } from '../../domain/duplicates/duplicate-groups'
import { sameImageLikeness } from '../../domain/duplicates/likeness'
import { likenessSteps } from '../../domain/duplicates/likeness-steps'
import { putThreshold, sameLikenessOf, storedPairs } from '../store/datasets/preflight'
import type { Db } from '../store/statement'

/** Without steps where no pairs are kept. */
export function thresholdsOf(db: Db, datasetId: number): Thresholds {
  const { contents, pairs } = placedPairs(db, datasetId)
  return {
    usual: sameImageLikeness,
    current: sameLikenessOf(db, datasetId),
    steps: pairs.length === 0 ? [] : likenessSteps(contents.length, pairs),
  }
}

/** Throws 'not-found' where no pairs are kept. */
export function setThreshold(db: Db, datasetId: number, likeness: number): void {
  const { contents, pairs } = placedPairs(db, datasetId)
  if (pairs.length === 0)
    throw new WorkbenchError(
      'not-found',
      'The last check kept no pairs of images that are alike.',
      'Check the dataset again.',
    )
  const groups = contentGroups(contents.length, pairs, likeness).map(({ kind, contents: places }) => ({
    kind,
    contentHashes: places.map((place) => contents[place] ?? ''),
  }))
  putThreshold(db, datasetId, likeness, groups)
}

function placedPairs(db: Db, datasetId: number): { contents: string[]; pairs: LikePair[] } {
  const contents: string[] = []
  const known = new Map<string, number>()
  const placeOf = (hash: string): number => {
    const place = known.get(hash) ?? contents.push(hash) - 1
    known.set(hash, place)
    return place
  }
  const pairs = storedPairs(db, datasetId).map(({ one, other, likeness }) => ({
    ...{ one: placeOf(one), other: placeOf(other) },
    likeness,
  }))
  return { contents, pairs }
}
