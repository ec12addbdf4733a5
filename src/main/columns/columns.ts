/** Answers queries about the images of a dataset and the predictions of a run, from columns in memory. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { WorkbenchError } from '../../contract/errors'
import { readQuery, type Vocabulary } from '../../domain/query/bind'
import type { BoundQuery, Test } from '../../domain/query/bound'
import type { Subject } from '../../domain/query/fields'
import { currentSplit, runResults } from '../store/column-pages'
import { labelRevision } from '../store/label-events'
import { classNamesOf } from '../store/splits'
import type { Db } from '../store/statement'
import { rowsOf } from './bits'
import { createColumnCache } from './column-cache'
import { filterRows } from './filter'
import { rowFinder, type ImageColumns } from './image-columns'
import { labelColumns, type LabelColumns } from './label-columns'
import { keptColumns } from './kept-columns'
import { buildPredictionColumns, type PredictionColumns } from './prediction-columns'
import { sortRows } from './sort'
import { noRow, type Column, type Table } from './table'

export interface ImagesFound {
  readonly images: ImageColumns
  readonly labels: LabelColumns
  readonly classNames: readonly string[]
  /** Rows of `images`, in the order that was asked for. */
  readonly rows: Uint32Array
}

export interface PredictionsFound {
  readonly predictions: PredictionColumns
  /** Of the run's version of the dataset. */
  readonly images: ImageColumns
  /** The row of `images` of each prediction. */
  readonly imageRows: Uint32Array
  readonly classNames: readonly string[]
  /** Rows of `predictions`, in the order that was asked for. */
  readonly rows: Uint32Array
}

export interface Columns {
  /** Throws 'not-found', and 'bad-input' with the place for a text that is not understood. */
  images(datasetId: number, text: string): Promise<ImagesFound>
  predictions(runId: number, text: string): Promise<PredictionsFound>
  /** Ends what is under way. */
  close(): Promise<void>
  /** When what is kept for the next core is written. */
  idle(): Promise<void>
}

const defaultLimitBytes = 256e6

export interface ColumnOptions {
  /** Where columns are kept for the next core; null: nowhere. */
  readonly folder: string | null
  /** Whether they are written there, too: only who has the home may. */
  readonly writes: boolean
  readonly limitBytes?: number
}

export function createColumns(
  db: Db,
  { folder, writes, limitBytes = defaultLimitBytes }: ColumnOptions = { folder: null, writes: false },
): Columns {
  const cache = createColumnCache(limitBytes)
  let isClosed = false
  const pause = async (): Promise<void> => {
    await nextTurn()
    if (isClosed) throw new WorkbenchError('cancelled', 'The workbench is closing.')
  }
  const kept = keptColumns(db, folder, writes, pause)

  const imagesOf = (split: { datasetId: number; splitId: number }): Promise<ImageColumns> =>
    cache.get(`images ${split.splitId}`, () => kept.images(split))
  const labelsOf = (
    split: { datasetId: number; splitId: number },
    images: ImageColumns,
    revision: number,
  ): Promise<LabelColumns> =>
    cache.get(`labels ${split.splitId} ${revision}`, () => labelColumns(db, split, images, pause))

  return {
    async images(datasetId, text) {
      const split = currentSplit(db, datasetId)
      const classNames = classNamesOf(db, split.splitId)
      const bound = understood(text, 'images', { classNames })
      const revision = labelRevision(db, datasetId)
      const images = await imagesOf(split)
      const labels = await labelsOf(split, images, revision)
      const { rows } = await cache.get(`images ${split.splitId} ${revision} ${text}`, async () =>
        sized(await ordered(withLabels(images.table, labels), bound, images, pause)),
      )
      return { images, labels, classNames, rows }
    },

    async predictions(runId, text) {
      const run = runResults(db, runId)
      const classNames = classNamesOf(db, run.splitId)
      const bound = understood(text, 'predictions', { classNames })
      const revision = labelRevision(db, run.datasetId)
      const key = `predictions ${runId} ${run.results}`
      const predictions = await cache.get(key, () => buildPredictionColumns(db, runId, pause))
      const images = await imagesOf(run)
      const { rows: imageRows } = await cache.get(`${key} rows`, async () =>
        sized(placesOf(predictions, images)),
      )
      const labels = await labelsOf(run, images, revision)
      const table = joined(predictions, images, imageRows, labels)
      const { rows } = await cache.get(`${key} ${revision} ${text}`, async () => {
        const order = bound.order.length > 0 ? bound.order : [{ column: 'loss', descending: true }]
        return sized(await ordered(table, { ...bound, order }, images, pause))
      })
      return { predictions, images, imageRows, classNames, rows }
    },

    idle: () => kept.idle(),
    close() {
      isClosed = true
      return kept.idle()
    },
  }
}

function sized(rows: Uint32Array) {
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
  pause: () => Promise<void>,
): Promise<Uint32Array> {
  let rows = rowsOf(await filterRows(table, test, pause))
  // Images of the same bytes stand together where the query is about them.
  if (order.length === 0 && asksOfSame(test))
    return sortRows(rows, { values: images.sameGroups, rows: table.paths.rows }, false)
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

function asksOfSame(test: Test): boolean {
  if (test.kind === 'codes') return test.column === 'sameClasses' || test.column === 'sameParts'
  return (test.kind === 'and' || test.kind === 'or') && test.terms.some(asksOfSame)
}

function placesOf({ imageIds }: PredictionColumns, images: ImageColumns): Uint32Array {
  const rowOf = rowFinder(images)
  const rows = new Uint32Array(imageIds.length)
  for (let row = 0; row < rows.length; row++) rows[row] = rowOf(imageIds[row] ?? 0) ?? noRow
  return rows
}

function withLabels(table: Table, labels: LabelColumns): Table {
  return {
    ...table,
    labels,
    column(name) {
      const values = labels.numbers.get(name)
      return values === undefined ? table.column(name) : { values, rows: null }
    },
  }
}

function joined(
  predictions: PredictionColumns,
  images: ImageColumns,
  imageRows: Uint32Array,
  labels: LabelColumns,
): Table {
  return {
    rowCount: predictions.rowCount,
    labels,
    column(name) {
      const own = predictions.numbers.get(name)
      if (own !== undefined) return { values: own, rows: null }
      const values = labels.numbers.get(name) ?? images.numbers.get(name)
      return values === undefined ? null : { values, rows: imageRows }
    },
    paths: { column: images.paths, rows: imageRows },
  }
}
