/** What the last check of its dataset says of one image, without a look at all the others. */
import type { ImageCheck } from '../../contract/entities/preflight'
import { imagesOfContent } from '../store/column-pages'
import { getDataset } from '../store/datasets/datasets'
import { getImage } from '../store/datasets/images'
import { getCheck, groupsWith, imagesInSplit } from '../store/datasets/preflight'
import { classNamesOf } from '../store/datasets/splits'
import { doubtOf, labelsCheckedAt } from '../store/labels/label-doubts'
import { outOfFoldSet } from '../store/runs/other-sets'
import { placeOfImage, predictionsAt } from '../store/runs/prediction-set-read'
import type { Db } from '../store/statement'

/** More have their numbers alone. */
const mostCopies = 10
/** As many as a query can name. */
const mostCopyIds = 400

/** Throws 'not-found'. */
export function checkOfImage(db: Db, imageId: number): ImageCheck {
  const image = getImage(db, imageId)
  const { datasetId } = image
  const copies = copiesOf(db, image)
  return {
    datasetId,
    checkedAtMs: getCheck(db, datasetId)?.checkedAtMs ?? null,
    labelsCheckedAtMs: labelsCheckedAt(db, datasetId),
    outOfFold: outOfFoldOf(db, image),
    copies: copies.slice(0, mostCopies),
    copyIds: copies.slice(0, mostCopyIds).map(({ id }) => id),
  }
}

interface Checked {
  readonly id: number
  readonly datasetId: number
  readonly path: string
  readonly contentHash: string
  readonly className: string
}

function outOfFoldOf(db: Db, { id, datasetId, contentHash, className }: Checked): ImageCheck['outOfFold'] {
  const doubt = doubtOf(db, datasetId, contentHash, className)
  if (doubt !== null) {
    const { label, labelProbability, suggested, suggestedProbability } = doubt
    return {
      ...{ label, labelProbability, isDoubted: true },
      ...{ predicted: suggested, predictedProbability: suggestedProbability },
    }
  }
  const set = outOfFoldSet(db, datasetId)
  const place = set === null ? null : placeOfImage(db, set.id, id, null)
  if (set === null || place === null) return null
  const [found] = predictionsAt(db, set.id, [place])
  const names = classNamesOf(db, set.splitId)
  if (found === undefined || names[found.labelIndex] !== className) return null
  return {
    ...{ label: className, labelProbability: found.labelProbability, isDoubted: false },
    predicted: names[found.predictedIndex] ?? '',
    predictedProbability: found.top[0]?.probability ?? 0,
  }
}

/** In the current split. */
function copiesOf(db: Db, image: Checked): ImageCheck['copies'] {
  const { datasetId, contentHash } = image
  const splitId = getDataset(db, datasetId).split.id
  const groups = [
    { kind: 'same-bytes' as const, contentHashes: [contentHash] },
    ...groupsWith(db, datasetId, contentHash),
  ]
  const found = new Map<number, ImageCheck['copies'][number]['kind']>()
  for (const wanted of ['same-bytes', 'same-image', 'similar'] as const)
    for (const { kind, contentHashes } of groups) {
      if (kind !== wanted) continue
      for (const hash of contentHashes)
        for (const { id, key } of imagesOfContent(db, datasetId, splitId, hash))
          // after a correction, the same file has another number
          if (key !== image.path && !found.has(id)) found.set(id, kind)
    }
  return imagesInSplit(db, splitId, [...found.keys()]).map((copy) => ({
    ...copy,
    kind: found.get(copy.id) ?? 'similar',
  }))
}
