/** Images that a run evaluated, or that an entry of Corrections is of, as columns. */
import { WorkbenchError } from '../../contract/errors'
import { splitParts } from '../../contract/entities/dataset'
import type { AmongTest } from '../../domain/query/bound'
import { imagesOfContent } from '../store/column-pages'
import { imagesOfGroup } from '../store/labels/label-history'
import { labelRevision } from '../store/labels/label-events'
import { setOfPart } from '../store/runs/evaluated-images'
import { predictionBlocks } from '../store/runs/prediction-set-read'
import { runsNamed } from '../store/runs/run-results'
import type { Db } from '../store/statement'
import { eachContent } from './each-content'
import { rowAt, type ImageColumns } from './image-columns'

interface Split {
  readonly datasetId: number
  readonly splitId: number
}
type Images = Pick<ImageColumns, 'ids' | 'byId' | 'parts'>

/** Another text where `amongColumn` would say something else. Throws 'not-found'. */
export function amongKey(db: Db, { datasetId, splitId }: Split, test: AmongTest): string {
  const by = test.column === 'evaluated' ? setsOf(db, test.of).join() : labelRevision(db, datasetId)
  return `among ${splitId} ${test.column} ${test.of} ${by}`
}

/** By row of `images`: 1 where it is of what the test names. Throws 'not-found' where there is no such thing. */
export async function amongColumn(
  db: Db,
  split: Split,
  images: Images,
  { column, of }: AmongTest,
  pause: () => Promise<void>,
): Promise<Uint8Array> {
  const isOne = new Uint8Array(images.ids.length)
  if (column === 'correction') await markCorrected(db, split, images, of, isOne, pause)
  else for (const [part, setId] of setsOf(db, of)) await markEvaluated(db, images, part, setId, isOne, pause)
  return isOne
}

/** What Compare holds to other runs: of each part one. */
function setsOf(db: Db, run: string): [part: number, setId: number][] {
  const runIds = runsNamed(db, run)
  if (runIds.length === 0)
    throw new WorkbenchError('not-found', `There is no run "${run}".`, 'Give its number or its whole name.')
  return runIds.flatMap((id) =>
    splitParts.flatMap((_, part): [number, number][] => {
      const setId = setOfPart(db, id, part)
      return setId === null ? [] : [[part, setId]]
    }),
  )
}

/** By number, and by content for files of another dataset or version, and for copies. */
async function markEvaluated(
  db: Db,
  { ids, byId, parts }: Images,
  part: number,
  setId: number,
  isOne: Uint8Array,
  pause: () => Promise<void>,
): Promise<void> {
  const evaluated: number[] = []
  for (const { imageIds, rowCount } of predictionBlocks(db, setId)) {
    for (const id of imageIds.subarray(0, rowCount)) {
      evaluated.push(id)
      const row = rowAt({ ids, byId }, id)
      if (row !== null && parts[row] === part) isOne[row] = 1
    }
    await pause()
  }
  const others: number[] = []
  for (let row = 0; row < ids.length; row++) if (parts[row] === part && isOne[row] === 0) others.push(row)
  if (others.length === 0) return
  const known = new Set<string>()
  await eachContent(db, evaluated, (hash) => known.add(hash), pause)
  await eachContent(
    db,
    others.map((row) => ids[row] ?? 0),
    (hash, at) => {
      if (known.has(hash)) isOne[others[at] ?? -1] = 1
    },
    pause,
  )
}

/** Where a file is another image in this version, by its content. */
async function markCorrected(
  db: Db,
  { datasetId, splitId }: Split,
  images: Images,
  correction: string,
  isOne: Uint8Array,
  pause: () => Promise<void>,
): Promise<void> {
  const changed = imagesOfGroup(db, datasetId, Number(correction), null)
  if (changed.length === 0)
    throw new WorkbenchError(
      'not-found',
      `There is no correction with the number ${correction}.`,
      'The numbers are in "bitw labels history DATASET".',
    )
  const others: number[] = []
  for (const id of changed) {
    const row = rowAt(images, id)
    if (row === null) others.push(id)
    else isOne[row] = 1
  }
  const mark = (hash: string): void => {
    for (const moved of imagesOfContent(db, datasetId, splitId, hash)) {
      const row = rowAt(images, moved.id)
      if (row !== null) isOne[row] = 1
    }
  }
  await eachContent(db, others, mark, pause)
}
