/** The images of a rating of one kind: what the screen counts and opens. */
import type { JudgedKind } from '../../contract/entities/rating'
import { getRatingRow, imageIdOf } from '../store/labels/ratings'
import type { Db } from '../store/statement'
import { correctionsOf } from './corrections'
import { isRight, judgedImages, type Judged } from './judged'

/** By position; undefined: all. */
export async function judgedOfKind(
  db: Db,
  ratingId: number,
  kind: JudgedKind | undefined,
): Promise<Judged[]> {
  const all = judgedImages(db, ratingId)
  if (kind === undefined) return all
  if (kind === 'correctable') {
    const { datasetId } = getRatingRow(db, ratingId)
    const ids = new Set((await correctionsOf(db, ratingId)).map(({ imageId }) => imageId))
    return all.filter(({ image }) => ids.delete(imageIdOf(db, datasetId, image) ?? -1))
  }
  return all.filter((one) => {
    const isWrong = one.image.prediction !== one.image.label
    if (kind === 'not-right') return !isWrong && one.verdict !== null && !isRight(one)
    return isWrong && one.verdict === (kind === 'none' ? null : kind)
  })
}
