/** Columns of images that few queries ask for: made when one does. They follow what they are made of by their key. */
import type { BoundQuery, Test } from '../../domain/query/bound'
import { classNow } from '../../domain/labels/find-label'
import { imagesOfContent } from '../store/column-pages'
import { labelsCheckedAt, listDoubts } from '../store/labels/label-doubts'
import { storedLabels } from '../store/labels/label-events'
import { classNamesOf } from '../store/datasets/splits'
import type { Db } from '../store/statement'
import { rowAt, type ImageColumns } from './image-columns'
import { missColumns, missKey } from './miss-columns'
import type { Numbers } from './table'

export interface AskedColumns {
  /** What they are made of: '' where nothing was asked for. */
  readonly key: string
  readonly numbers: ReadonlyMap<string, Numbers>
  readonly byteCount: number
}

interface Split {
  readonly datasetId: number
  readonly splitId: number
}

interface Maker {
  readonly names: readonly string[]
  keyOf(db: Db, split: Split, revision: number): string
  make(
    db: Db,
    split: Split,
    images: ImageColumns,
    pause: () => Promise<void>,
  ): Promise<ReadonlyMap<string, Numbers>>
}

const makers: readonly Maker[] = [
  {
    names: ['doubted', 'doubt'],
    keyOf: (db, { datasetId, splitId }, revision) =>
      `doubts ${splitId} ${revision} ${labelsCheckedAt(db, datasetId) ?? ''}`,
    make: doubtColumns,
  },
  {
    names: ['often', 'misses'],
    keyOf: missKey,
    make: (db, { datasetId }, images, pause) => missColumns(db, datasetId, images, pause),
  },
]

/** `keep` makes what is not there yet. */
export async function askedColumns(
  db: Db,
  bound: BoundQuery,
  split: Split,
  images: ImageColumns,
  revision: number,
  pause: () => Promise<void>,
  keep: (key: string, make: () => Promise<AskedColumns>) => Promise<AskedColumns>,
): Promise<AskedColumns> {
  const asked = namesIn(bound)
  const found = await Promise.all(
    makers
      .filter(({ names }) => names.some((name) => asked.has(name)))
      .map(async (maker) => {
        const key = maker.keyOf(db, split, revision)
        return keep(key, async () => {
          const numbers = await maker.make(db, split, images, pause)
          let byteCount = 0
          for (const values of numbers.values()) byteCount += values.byteLength
          return { key, numbers, byteCount }
        })
      }),
  )
  return {
    key: found.map(({ key }) => key).join(' '),
    numbers: new Map(found.flatMap(({ numbers }) => [...numbers])),
    byteCount: 0,
  }
}

/** The columns that a query reads. */
export function namesIn({ test, order }: BoundQuery): ReadonlySet<string> {
  const names = new Set(order.map(({ column }) => column))
  const look = (one: Test): void => {
    if ('terms' in one) one.terms.forEach(look)
    else if ('term' in one) look(one.term)
    else if ('column' in one) names.add(one.column)
  }
  look(test)
  return names
}

/** Looked up between two pauses. */
const pageDoubts = 500

/** A doubt holds while the image has the label that was doubted; files of the same bytes were doubted each. */
async function doubtColumns(
  db: Db,
  split: Split,
  images: ImageColumns,
  pause: () => Promise<void>,
): Promise<ReadonlyMap<string, Numbers>> {
  const doubted = new Uint8Array(images.ids.length)
  const doubt = new Float32Array(images.ids.length).fill(NaN)
  const classNames = classNamesOf(db, split.splitId)
  const stateOf = storedLabels(db, split.datasetId)
  for (const [place, { contentHash, label }] of listDoubts(db, split.datasetId).entries()) {
    for (const { id, key } of imagesOfContent(db, split.datasetId, split.splitId, contentHash)) {
      const row = rowAt(images, id)
      if (row === null || doubted[row] === 1) continue
      const given = classNames[images.classes[row] ?? -1]
      if (given !== label || classNow(stateOf({ key, contentHash }), given) !== label) continue
      doubted[row] = 1
      doubt[row] = place + 1
    }
    if (place % pageDoubts === 0) await pause()
  }
  return new Map<string, Numbers>([
    ['doubted', doubted],
    ['doubt', doubt],
  ])
}
