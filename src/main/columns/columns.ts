/** Answers queries about the images of a dataset and the predictions of a run, from columns in memory. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { WorkbenchError } from '../../contract/errors'
import { readQuery, type Vocabulary } from '../../domain/query/bind'
import type { AmongTest, BoundQuery, Test } from '../../domain/query/bound'
import type { Subject } from '../../domain/query/field'
import { currentSplit, runResults } from '../store/column-pages'
import { splitOfSet } from '../store/runs/evaluated-images'
import { labelRevision } from '../store/labels/label-events'
import { getPredictionSet } from '../store/runs/prediction-sets'
import { verdictRevision } from '../store/labels/rating-answers'
import { classNamesOf } from '../store/datasets/splits'
import type { Db } from '../store/statement'
import { amongColumn, amongKey } from './among-columns'
import { askedColumns, namesIn, type AskedColumns } from './asked-columns'
import { countBits, rowsOf } from './bits'
import { createColumnCache } from './column-cache'
import { filterRows } from './filter'
import { rowFinder, type ImageColumns } from './image-columns'
import { createLikeness, type FeatureReader } from './likeness'
import { lastCheck, nearDuplicates, type NearDuplicates } from './near-duplicates'
import { labelColumns, type LabelColumns } from './label-columns'
import { keptColumns } from './kept-columns'
import { buildPredictionColumns, placesByLoss, type PredictionColumns } from './prediction-columns'
import { scaledColumn } from './scaled-column'
import { sortRows } from './sort'
import { noRow, type Column, type Numbers, type Table } from './table'
import { verdictColumn } from './verdict-column'

export interface ImagesFound {
  readonly images: ImageColumns
  readonly labels: LabelColumns
  readonly classNames: readonly string[]
  /** Rows of `images`, in the order that was asked for. */
  readonly rows: Uint32Array
}

export interface AllPredictions {
  readonly predictions: PredictionColumns
  /** Of the version of the dataset that the predictions are of. */
  readonly images: ImageColumns
  /** The row of `images` of each prediction. */
  readonly imageRows: Uint32Array
  readonly classNames: readonly string[]
}

export interface PredictionsFound extends AllPredictions {
  /** Rows of `predictions`, in the order that was asked for. */
  readonly rows: Uint32Array
}

export interface Columns {
  /** Throws 'not-found', and 'bad-input' with the place for a text that is not understood. */
  images(datasetId: number, text: string): Promise<ImagesFound>
  /** `setId`: of this prediction set in place of the run's results. Throws as 'images'. */
  predictions(runId: number, text: string, setId?: number): Promise<PredictionsFound>
  /** Right and wrong, without a query. Throws 'not-found'. */
  allPredictions(runId: number, setId?: number): Promise<AllPredictions>
  /** How many `predictions` would find. */
  countPredictions(runId: number, text: string, setId?: number): Promise<number>
  /**
   * Those of a part (null: of all) of a dataset's current version, or of that of a run, that are most like the image, which is not among them. Throws
   * 'not-found', 'features-missing'.
   */
  alike(
    of: { datasetId: number } | { runId: number },
    wanted: WantedAlike,
    isWanted?: () => boolean,
  ): Promise<AlikeFound>
  /** Ends what is under way. */
  close(): Promise<void>
  /** When what is kept for the next core is written. */
  idle(): Promise<void>
}

export interface WantedAlike {
  readonly imageId: number
  readonly part: number | null
  readonly limit: number
}

export interface AlikeFound {
  readonly images: ImageColumns
  readonly classNames: readonly string[]
  /** Of `images`, the most alike first; and how alike. */
  readonly rows: Uint32Array
  readonly cosines: Float32Array
}

const defaultLimitBytes = 256e6

export interface ColumnOptions {
  /** Where columns are kept for the next core; null: nowhere. */
  readonly folder: string | null
  /** Whether they are written there, too: only who has the home may. */
  readonly writes: boolean
  readonly limitBytes?: number
  /** By which images are told to be alike; null: nothing is alike. */
  readonly features?: FeatureReader | null
}

export function createColumns(
  db: Db,
  { folder, writes, limitBytes = defaultLimitBytes, features = null }: ColumnOptions = {
    folder: null,
    writes: false,
  },
): Columns {
  const cache = createColumnCache(limitBytes)
  let isClosed = false
  const pause = async (): Promise<void> => {
    await nextTurn()
    if (isClosed) throw new WorkbenchError('cancelled', 'The workbench is closing.')
  }
  const kept = keptColumns(db, folder, writes, pause)

  const likeness = features === null ? null : createLikeness(db, features, cache, pause)

  /** What a query asks of that few ask. */
  async function asidesOf(
    split: { datasetId: number; splitId: number },
    images: ImageColumns,
    test: Test,
  ): Promise<Asides> {
    const alike = likesOf(test)
    // before the first wait: features that come meanwhile are not in the answer, so it is not theirs
    let key = alike.length === 0 ? '' : String(features?.revision())
    const likenesses = new Map<string, Float32Array>()
    for (const image of alike) {
      if (likeness === null) throw new RangeError('There are no features here')
      likenesses.set(image, await likeness.to(split, images, image))
    }
    const among = new Map<string, Uint8Array>()
    for (const one of amongOf(test)) {
      const its = amongKey(db, split, one)
      const { rows } = await cache.get(its, async () =>
        sized(await amongColumn(db, split, images, one, pause)),
      )
      among.set(nameOf(one), rows)
      key = `${key} ${its}`
    }
    if (!asksOf(test, ['nearDuplicate'])) return { key, likenesses, among, near: null }
    const checkedAt = lastCheck(db, split.datasetId)
    const near = await cache.get(`near ${split.splitId} ${checkedAt}`, () =>
      nearDuplicates(db, split, images, pause),
    )
    return { key: `${key} ${checkedAt}`, likenesses, among, near }
  }

  const imagesOf = (split: { datasetId: number; splitId: number }): Promise<ImageColumns> =>
    cache.get(`images ${split.splitId}`, () => kept.images(split))
  const labelsOf = (
    split: { datasetId: number; splitId: number },
    images: ImageColumns,
    revision: number,
  ): Promise<LabelColumns> =>
    cache.get(`labels ${split.splitId} ${revision}`, () => labelColumns(db, split, images, pause))

  const askedOf = (
    bound: BoundQuery,
    split: Split,
    images: ImageColumns,
    revision: number,
  ): Promise<AskedColumns> =>
    askedColumns(db, bound, split, images, revision, pause, (key, make) => cache.get(key, make))

  /** What a query about predictions is answered from; `key`: others have another. */
  async function predictionTable(runId: number, text: string, setId: number | undefined) {
    const run = predictionsSource(db, runId, setId)
    const classNames = classNamesOf(db, run.splitId)
    const bound = understood(text, 'predictions', { classNames })
    const revision = labelRevision(db, run.datasetId)
    const predictions = await cache.get(run.key, () => buildPredictionColumns(db, runId, setId, pause))
    const images = await imagesOf(run)
    const { rows: imageRows } = await cache.get(`${run.key} rows`, async () =>
      sized(placesOf(predictions, images)),
    )
    const labels = await labelsOf(run, images, revision)
    const asked = await askedOf(bound, run, images, revision)
    const said = namesIn(bound).has('verdict') ? `verdicts ${verdictRevision(db)}` : ''
    const verdicts =
      said === ''
        ? null
        : await cache.get(`${run.key} ${said}`, async () =>
            sized(await verdictColumn(db, run.datasetId, predictions, classNames, pause)),
          )
    const own = new Map<string, Numbers>()
    if (verdicts !== null) own.set('verdict', verdicts.rows)
    if (namesIn(bound).has('scaled')) {
      const { rows } = await cache.get(`${run.key} scaled`, async () =>
        sized(await scaledColumn(db, runId, setId, predictions)),
      )
      own.set('scaled', rows)
    }
    const asides = await asidesOf(run, images, bound.test)
    const beside = [labels.numbers, asked.numbers]
    const table = withAsides(joined(predictions, images, imageRows, beside, labels, own), asides, imageRows)
    const key = `${run.key} ${revision} ${asked.key} ${asides.key} ${said} ${text}`
    return { bound, classNames, predictions, images, imageRows, table, key, asides }
  }

  return {
    async images(datasetId, text) {
      const split = currentSplit(db, datasetId)
      const classNames = classNamesOf(db, split.splitId)
      const bound = understood(text, 'images', { classNames })
      const revision = labelRevision(db, datasetId)
      const images = await imagesOf(split)
      const labels = await labelsOf(split, images, revision)
      const asked = await askedOf(bound, split, images, revision)
      const asides = await asidesOf(split, images, bound.test)
      const key = `images ${split.splitId} ${revision} ${asked.key} ${asides.key} ${text}`
      const { rows } = await cache.get(key, async () => {
        const table = withAsides(
          withLabels(images.table, [labels.numbers, asked.numbers], labels),
          asides,
          null,
        )
        return sized(await ordered(table, bound, images, asides, pause))
      })
      return { images, labels, classNames, rows }
    },

    async predictions(runId, text, setId) {
      const { bound, table, key, asides, ...found } = await predictionTable(runId, text, setId)
      const { rows } = await cache.get(key, async () => {
        const isOwn = bound.order.length > 0 || asides.likenesses.size > 0
        const order = isOwn ? bound.order : [{ column: 'loss', descending: true }]
        return sized(await ordered(table, { ...bound, order }, found.images, asides, pause))
      })
      return { ...found, rows }
    },

    async allPredictions(runId, setId) {
      const { predictions, images, imageRows, classNames } = await predictionTable(runId, '', setId)
      return { predictions, images, imageRows, classNames }
    },

    async countPredictions(runId, text, setId) {
      const { bound, table, key } = await predictionTable(runId, text, setId)
      const { count } = await cache.get(`count ${key}`, async () => ({
        count: countBits(await filterRows(table, bound.test, pause)),
        byteCount: 8,
      }))
      return count
    },

    async alike(of, { imageId, part, limit }, isWanted) {
      if (likeness === null) throw new RangeError('There are no features here')
      const split = 'runId' in of ? runResults(db, of.runId) : currentSplit(db, of.datasetId)
      const images = await imagesOf(split)
      const cosines = await likeness.to(split, images, String(imageId), isWanted)
      const rows: number[] = []
      for (let row = 0; row < cosines.length; row++) {
        if (Number.isNaN(cosines[row]) || images.ids[row] === imageId) continue
        if (part === null || images.parts[row] === part) rows.push(row)
      }
      const sorted = sortRows(Uint32Array.from(rows), { values: cosines, rows: null }, true).slice(0, limit)
      return {
        images,
        classNames: classNamesOf(db, split.splitId),
        rows: sorted,
        cosines: Float32Array.from(sorted, (row) => cosines[row] ?? 0),
      }
    },

    idle: () => kept.idle(),
    close() {
      isClosed = true
      return kept.idle()
    },
  }
}

interface Split {
  readonly datasetId: number
  readonly splitId: number
}

/** Which version of a dataset the predictions are of, and the key of what is made of them. */
function predictionsSource(db: Db, runId: number, setId: number | undefined): Split & { key: string } {
  if (setId === undefined) {
    const { datasetId, splitId, results } = runResults(db, runId)
    return { datasetId, splitId, key: `predictions ${runId} ${results}` }
  }
  // Throws where there is none, or it is not whole.
  const { id } = getPredictionSet(db, setId)
  const split = splitOfSet(db, id) ?? { datasetId: 0, splitId: 0 }
  // A sealed set never changes.
  return { ...split, key: `set ${id}` }
}

function sized<Rows extends Uint32Array | Uint8Array | Float32Array>(rows: Rows) {
  return { rows, byteCount: rows.byteLength }
}

/** Throws 'bad-input' at the first place that is not understood. */
function understood(text: string, subject: Subject, vocabulary: Vocabulary): BoundQuery {
  const { bound, faults } = readQuery(text, subject, vocabulary)
  const [first] = faults
  if (first === undefined) return bound
  const { from, to, message } = first
  throw new WorkbenchError('bad-input', message, '', { span: { from, to } })
}

async function ordered(
  table: Table,
  { test, order }: BoundQuery,
  images: ImageColumns,
  { likenesses, near }: Asides,
  pause: () => Promise<void>,
): Promise<Uint32Array> {
  let rows = rowsOf(await filterRows(table, test, pause))
  const places = table.paths.rows
  if (order.length === 0 && likenesses.size > 0)
    return sortRows(rows, { values: mostAlike([...likenesses.values()]), rows: places }, true)
  // Images of the same bytes, or nearly, stand together where the query is about them.
  if (order.length === 0 && near !== null) return sortRows(rows, { values: near.groups, rows: places }, false)
  if (order.length === 0 && asksOf(test, ['sameClasses', 'sameParts']))
    return sortRows(rows, { values: images.sameGroups, rows: places }, false)
  // The field that counts most comes last: equal ones stay as they were. A field that comes again orders nothing more.
  const keys = order.filter(({ column }, at) => order.findIndex((key) => key.column === column) === at)
  for (const { column, descending } of keys.reverse()) {
    const by: Column | null =
      column === 'path'
        ? { values: await images.paths.rank(pause), rows: table.paths.rows }
        : table.column(column)
    if (by !== null) rows = sortRows(rows, by, descending)
    await pause()
  }
  return rows
}

/** Columns that are made for the queries that ask of them. */
interface Asides {
  /** Another one where they say something else. */
  readonly key: string
  readonly likenesses: ReadonlyMap<string, Float32Array>
  readonly among: ReadonlyMap<string, Uint8Array>
  readonly near: NearDuplicates | null
}

/** Whether it asks of one of the columns, be it to leave out. */
function asksOf(test: Test, columns: readonly string[]): boolean {
  return wordsOf(test).some((word) => word.kind === 'codes' && columns.includes(word.column))
}

function wordsOf(test: Test): Test[] {
  if (test.kind === 'not') return wordsOf(test.term)
  return test.kind === 'and' || test.kind === 'or' ? test.terms.flatMap(wordsOf) : [test]
}

const likesOf = (test: Test): string[] =>
  wordsOf(test).flatMap((word) => (word.kind === 'like' ? [word.image] : []))
const amongOf = (test: Test): AmongTest[] =>
  wordsOf(test).flatMap((word) => (word.kind === 'among' ? [word] : []))
const nameOf = ({ column, of }: AmongTest): string => `${column} ${of}`

/** To the image that a row is most like. */
function mostAlike(likenesses: readonly Float32Array[]): Float32Array {
  const most = new Float32Array(likenesses[0]?.length ?? 0).fill(-2)
  for (const one of likenesses)
    one.forEach((cosine, row) => {
      if (cosine > (most[row] ?? 0)) most[row] = cosine
    })
  return most
}

/** `places`: the row of the images of each row; null: they are the images. */
function withAsides(table: Table, { likenesses, among, near }: Asides, places: Uint32Array | null): Table {
  return {
    ...table,
    column: (name) =>
      name === 'nearDuplicate' && near !== null ? { values: near.isOne, rows: places } : table.column(name),
    likeness(image) {
      const values = likenesses.get(image)
      return values === undefined ? null : { values, rows: places }
    },
    among(test) {
      const values = among.get(nameOf(test))
      return values === undefined ? null : { values, rows: places }
    },
  }
}

function placesOf({ imageIds }: PredictionColumns, images: ImageColumns): Uint32Array {
  const rowOf = rowFinder(images)
  const rows = new Uint32Array(imageIds.length)
  for (let row = 0; row < rows.length; row++) rows[row] = rowOf(imageIds[row] ?? 0) ?? noRow
  return rows
}

type Named = ReadonlyMap<string, Numbers>

function withLabels(table: Table, beside: readonly Named[], labels: LabelColumns): Table {
  return {
    ...table,
    labels,
    column(name) {
      const values = firstOf(beside, name)
      return values === undefined ? table.column(name) : { values, rows: null }
    },
  }
}

/** `beside`: columns of the rows of `images`; `asked`: more of those of the predictions. */
function joined(
  predictions: PredictionColumns,
  images: ImageColumns,
  imageRows: Uint32Array,
  beside: readonly Named[],
  labels: LabelColumns,
  asked: Named,
): Table {
  return {
    rowCount: predictions.rowCount,
    labels,
    column(name) {
      const own = name === 'worst' ? placesByLoss(predictions) : firstOf([asked, predictions.numbers], name)
      if (own !== undefined) return { values: own, rows: null }
      const values = firstOf([...beside, images.numbers], name)
      return values === undefined ? null : { values, rows: imageRows }
    },
    likeness: () => null,
    among: () => null,
    paths: { column: images.paths, rows: imageRows },
  }
}

function firstOf(maps: readonly Named[], name: string): Numbers | undefined {
  for (const map of maps) {
    const values = map.get(name)
    if (values !== undefined) return values
  }
  return undefined
}
