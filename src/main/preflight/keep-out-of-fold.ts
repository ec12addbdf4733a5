/** What probes that had not seen them say of the images of the training part, kept as a prediction set: so that a label that was learned by heart is not right. */
import { keepsScores } from '../../domain/prediction-set/block'
import { predictionOf } from '../../domain/prediction-set/prediction-of'
import type { ServiceContext } from '../app/context'
import { blockWriter } from '../store/block-writer'
import { versionOfSplit } from '../store/datasets/dataset-versions'
import { openOtherSet } from '../store/runs/other-sets'
import type { StoredImage } from '../store/datasets/stored-images'

/** Rows between two rests. */
const rowsAtOnce = 64

/** `splitId`: that `images` are of. `probabilities`: [images, classCount], each row sums to 1. In the place of the earlier ones of this version; without images of the training part there are none. */
export async function keepOutOfFold(
  { db, clock }: Pick<ServiceContext, 'db' | 'clock'>,
  splitId: number,
  images: readonly Pick<StoredImage, 'id' | 'classIndex' | 'part'>[],
  probabilities: Float32Array,
  classCount: number,
  pause: () => Promise<void>,
): Promise<void> {
  const places = [...images.keys()].filter((place) => images[place]?.part === 'train')
  if (places.length === 0) return
  const createdAtMs = clock()
  const shape = { classCount, loss: 'softmax', hasScores: keepsScores(places.length, classCount) } as const
  const set = openOtherSet(db, {
    ...{ kind: 'out-of-fold', runId: null, part: 'train', checkpointStep: 0, mapping: [], unmappedCount: 0 },
    ...{ versionId: versionOfSplit(db, splitId, createdAtMs), createdAtMs },
    ...{
      setKind: shape.hasScores ? 'scores' : 'top',
      loss: shape.loss,
      classCount,
      partCount: places.length,
    },
  })
  try {
    const blocks = blockWriter(set, shape)
    for (const [at, place] of places.entries()) {
      const image = images[place]
      if (image === undefined) continue
      const row = probabilities.subarray(place * classCount, (place + 1) * classCount)
      const logits = row.map((probability) => Math.log(probability))
      blocks.add(predictionOf(image.id, image.classIndex, logits, shape.loss), logits)
      if (at % rowsAtOnce === 0) await pause()
    }
    set.seal(blocks.end(), 0)
  } catch (thrown) {
    set.drop()
    throw thrown
  }
}
