/** Labels that the raters together would correct: taken over in one act of the label log. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { contentAndClass } from '../store/labels/label-images'
import { storedLabels, type NewLabelEvent } from '../store/labels/label-events'
import { getRatingRow, imageIdOf } from '../store/labels/ratings'
import type { Db } from '../store/statement'
import { judgedImages, type Judged } from './judged'

/** Images that are looked up between two pauses. */
const imagesAtOnce = 200

/** Where at least half say that the prediction is right, that; where neither is, the class that at least half wrote. Without those that have it already. */
export async function correctionsOf(db: Db, ratingId: number): Promise<NewLabelEvent[]> {
  const { datasetId } = getRatingRow(db, ratingId)
  if (datasetId === null) return []
  const labelOf = storedLabels(db, datasetId)
  const events: NewLabelEvent[] = []
  const seen = new Set<number>()
  let looked = 0
  for (const judged of judgedImages(db, ratingId)) {
    const className = correctedLabel(judged)
    if (className === null) continue
    if (++looked % imagesAtOnce === 0) await nextTurn()
    const imageId = imageIdOf(db, datasetId, judged.image)
    const image = imageId === null ? null : contentAndClass(db, imageId)
    if (image === null || seen.has(image.imageId)) continue
    seen.add(image.imageId)
    const state = labelOf(image)
    const fromClass = state?.className ?? image.className
    // What was corrected otherwise since the rating began is somebody's later word.
    if (state?.excluded === true || fromClass !== judged.label) continue
    events.push({ imageId: image.imageId, change: { kind: 'label', className }, fromClass })
  }
  return events
}

function correctedLabel({ verdict, prediction, label, freeLabel }: Judged): string | null {
  const corrected = verdict === 'prediction' ? prediction : verdict === 'neither' ? freeLabel : ''
  return corrected === '' || corrected === label ? null : corrected
}
