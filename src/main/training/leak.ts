/** Held-out images that a run trains on twins of: said before the start, and recorded with the run. */
import type { DatasetDetail } from '../../contract/entities/dataset'
import type { Plan } from '../../contract/entities/run'
import { formatCount } from '../../domain/figures'
import { getCheck, twinsInTrain } from '../store/datasets/preflight'
import { putRunTwins } from '../store/runs/run-twins'
import type { Db } from '../store/statement'

/** What the last check of the dataset says of its current split. */
export function leakCautions(db: Db, { id, name, split }: DatasetDetail): Plan['cautions'] {
  const said = twinWords(twinsInTrain(db, id, split.id))
  if (said === null) return []
  return [
    {
      message: `${said} of "${name}": what is measured on them is memory.`,
      wayOut:
        'Move each group into one part under Check dataset, or go on: the run records it, and its accuracy is shown without them too.',
      about: 'leak',
    },
  ]
}

/** Whether the images of the current version were checked. */
export function isChecked(db: Db, { id }: Pick<DatasetDetail, 'id'>): boolean {
  return getCheck(db, id)?.isCurrent === true
}

/** Keeps the twins with the run. The line for its log; null where there are none. */
export function recordTwins(db: Db, runId: number, { id, split }: DatasetDetail): string | null {
  const twins = twinsInTrain(db, id, split.id)
  const said = twinWords(twins)
  if (said === null) return null
  putRunTwins(
    db,
    runId,
    twins.map((twin) => twin.id),
  )
  return `${said}: this was known at the start. The accuracy without them is given beside the accuracy.`
}

/** '5 test images and 1 val image have a twin in train'; null of none. */
function twinWords(twins: ReturnType<typeof twinsInTrain>): string | null {
  const texts = (['test', 'val'] as const).flatMap((part) => {
    const count = twins.filter((twin) => twin.part === part).length
    return count === 0 ? [] : [`${formatCount(count)} ${part} ${count === 1 ? 'image' : 'images'}`]
  })
  if (texts.length === 0) return null
  return `${texts.join(' and ')} ${twins.length === 1 ? 'has' : 'have'} a twin in the training images`
}
