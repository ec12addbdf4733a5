/** Images as they are written out: with the class that they have now, and where they lie. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Image } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import { classNow } from '../../domain/labels/find-label'
import type { LabelState } from '../../domain/labels/label-log'
import { factsOf } from '../files/facts'
import { openSource } from '../sources/sources'
import { getImage, imageAddress } from '../store/datasets/images'
import { storedLabels } from '../store/labels/label-events'
import type { Db } from '../store/statement'
import type { ChosenImages } from '../columns/chosen-images'

export interface ExportedImage {
  readonly facts: Image
  /** What was said of it; null: nothing. */
  readonly said: LabelState | null
  /** With corrections. */
  readonly className: string
  /** What the run takes it for; null where the choice is of no run. */
  readonly predicted: string | null
  /** Of its file; null where it is within another one. */
  filePath(): string | null
  /** In messages. */
  readonly name: string
  /** Throws as `DatasetSource.readInside`. */
  read(): Promise<Uint8Array>
}

/** Images between two pauses: of about ten milliseconds. */
const imagesAtOnce = 100

/** `onLeftOut`: of an image of another dataset. Throws 'bad-input' where that is all of them. */
export async function* exportedImages(
  db: Db,
  datasetId: number,
  { ids, predicted }: ChosenImages,
  onProgress: (done: number) => void,
  onLeftOut: () => void,
): AsyncGenerator<ExportedImage> {
  const labelOf = storedLabels(db, datasetId)
  let isAny = false
  for (const [place, id] of ids.entries()) {
    if (place > 0 && place % imagesAtOnce === 0) {
      onProgress(place)
      await nextTurn()
    }
    const facts = getImage(db, id)
    if (facts.datasetId !== datasetId) {
      onLeftOut()
      continue
    }
    isAny = true
    const { source: address, key, ownKey } = imageAddress(db, id)
    const source = openSource(address)
    const at = key !== ownKey && source.factsNow(key) === null ? ownKey : key
    const said = labelOf({ key: facts.path, contentHash: facts.contentHash })
    yield {
      facts,
      said,
      className: classNow(said, facts.className),
      predicted: predicted?.[place] ?? null,
      name: source.nameOf(at),
      filePath() {
        const path = source.place(at)
        const inside = source.factsNow(at)
        const outside = factsOf(path)
        // What is within an archive is smaller than it, or other.
        return outside?.isFile() === true && path !== address.path && inside?.size === outside.size
          ? path
          : null
      },
      read: () => source.readInside(at),
    }
  }
  if (!isAny)
    throw new WorkbenchError(
      'bad-input',
      'None of the chosen images is of this dataset. Nothing was written.',
      'Export them from the dataset that they are of.',
    )
}
