/**
 * What `npm run bench -- gallery` measures, in a process of its own: how long the core takes to open a generated dataset and the mistakes of a run on it,
 * and to answer queries. Takes one JSON argument, prints one JSON line. Times are in milliseconds.
 */
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { unpackFloat32, unpackUint32 } from '../../contract/packed'
import { defaultSplitOptions } from '../../contract/entities/dataset'
import { packBlock, rowsOfBlock, type PredictedRow } from '../../domain/prediction-set/block'
import { randomStream } from '../../domain/random'
import { assignSplit } from '../../domain/split'
import { createColumns, type Columns } from '../columns/columns'
import { packed } from '../columns/counts'
import { getDataset } from '../store/datasets/datasets'
import { insertDataset } from '../store/datasets/new-dataset'
import { openStore } from '../store/home/open'
import { nameResultSet, openPredictionSet } from '../store/runs/prediction-sets'
import type { Db } from '../store/statement'

interface Work {
  readonly homePath: string
  readonly imageCount: number
  readonly runs: number
}

const classCount = 1000
/** A seed of the generated facts; no other random choice is made here. */
const seed = 20_261_127

const imageQueries = [
  'split:test',
  'class:"class 007"',
  '-class:"class 0*" (width<200 or height<200)',
  '0007',
  'name:*_7*',
  'sort:-bytes',
  'sort:path',
  'sort:class,-width',
]
const predictionQueries = [
  'label:"class 007"',
  'confidence:0.2..0.5',
  'is:any loss>5 width<200',
  'is:any sort:-confidence',
  'is:any sort:-width',
]

async function main(): Promise<void> {
  const work = JSON.parse(process.argv[2] ?? '') as Work
  mkdirSync(work.homePath, { recursive: true })
  const store = openStore(work.homePath)
  const { datasetId, runId } = generate(store.db, work.imageCount)
  const folder = join(work.homePath, 'columns')
  const dataset = (columns: Columns): Promise<void> => imagesOf(columns, datasetId, '')
  const opens = {
    'open the dataset, first time': await opened(store.db, null, work.runs, dataset),
    'open the dataset': await opened(store.db, folder, work.runs, dataset),
    'open the mistakes': await opened(store.db, folder, work.runs, (columns) =>
      mistakesOf(columns, runId, ''),
    ),
  }
  const columns = createColumns(store.db)
  await columns.images(datasetId, 'sort:path')
  await columns.predictions(runId, '')
  const answers: Record<string, number[]> = {}
  for (const [queries, ask] of [
    [imageQueries, (text: string) => columns.images(datasetId, text)],
    [predictionQueries, (text: string) => columns.predictions(runId, text)],
  ] as const) {
    for (const query of queries) {
      const times: number[] = []
      // Another text each time, of the same meaning: an answer that is kept would tell nothing.
      for (let turn = 1; turn <= work.runs; turn++)
        times.push(await timed(() => ask(query + ' '.repeat(turn))))
      answers[query] = times
    }
  }
  const { rss } = process.memoryUsage()
  process.stdout.write(`${JSON.stringify({ opens, answers, memoryBytes: rss })}\n`)
  store.close()
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await work()
  return performance.now() - startMs
}

/** From nothing in memory to the columns at the other side of the port; and for how long at most the core could do nothing else. */
async function opened(
  db: Db,
  folder: string | null,
  runs: number,
  open: (columns: Columns) => Promise<void>,
) {
  if (folder !== null) {
    const first = createColumns(db, { folder, writes: true })
    await open(first)
    await first.idle()
  }
  const times: number[] = []
  let longestBlockMs = 0
  for (let turn = 0; turn < runs; turn++) {
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    times.push(await timed(() => open(createColumns(db, { folder, writes: false }))))
    delay.disable()
    longestBlockMs = Math.max(longestBlockMs, delay.max / 1e6)
  }
  return { times, longestBlockMs }
}

async function imagesOf(columns: Columns, datasetId: number, text: string): Promise<void> {
  const { images, rows } = await columns.images(datasetId, text)
  received({ ids: packed(rows, images.ids), aspects: packed(rows, images.aspects) })
}

async function mistakesOf(columns: Columns, runId: number, text: string): Promise<void> {
  const { predictions, images, imageRows, rows } = await columns.predictions(runId, text)
  received({ ids: packed(rows, predictions.imageIds), aspects: packed(rows, images.aspects, imageRows) })
}

/** As the port sends it and the screen takes it. */
function received(answer: { ids: string; aspects: string }): void {
  const { ids, aspects } = JSON.parse(JSON.stringify(answer)) as typeof answer
  unpackUint32(ids)
  unpackFloat32(aspects)
}

/** Images of a thousand classes, and a run with a prediction of each, three in ten wrong. */
function generate(db: Db, imageCount: number): { datasetId: number; runId: number } {
  const next = randomStream(seed, 0, 0)
  const below = (count: number): number => Math.floor(next() * count)
  const classNames = Array.from(
    { length: classCount },
    (_, index) => `class ${String(index).padStart(3, '0')}`,
  )
  const images = Array.from({ length: imageCount }, (_, index) => {
    const classIndex = Math.floor((index * classCount) / imageCount)
    const number = String(index).padStart(7, '0')
    return {
      key: `${classNames[classIndex] ?? ''}/IMG_${number}_${below(1e6)}.jpg`,
      classIndex,
      folderPart: null,
      linkTarget: null,
      widthPx: 100 + below(900),
      heightPx: 100 + below(900),
      byteCount: below(1e6),
      contentHash: number.padStart(32, '0'),
      format: 'jpeg',
      colourSpace: 'srgb',
      bitsPerSample: 8,
      hasAlpha: false,
      orientation: below(10) === 0 ? 6 : 1,
      modifiedMs: 0,
    } as const
  })
  const datasetId = insertDataset(db, {
    name: 'generated',
    createdAtMs: 0,
    scan: {
      source: { kind: 'folder', path: '/generated' },
      classNames,
      images,
      problems: [],
      split: assignSplit(images, defaultSplitOptions),
    },
    splitOptions: defaultSplitOptions,
  })
  const runId = insertRun(db, datasetId)
  const set = openPredictionSet(db, {
    runId,
    checkpointStep: 1,
    part: 'test',
    kind: 'top',
    loss: 'softmax',
    classCount,
    partCount: imageCount,
    createdAtMs: 0,
  })
  const shape = { classCount, loss: 'softmax', hasScores: false } as const
  const hash = createHash('sha256')
  const ids = db
    .prepare<[number], number>('SELECT id FROM images WHERE dataset_id = ? ORDER BY id')
    .pluck()
    .all(datasetId)
  for (let first = 0; first < imageCount; first += rowsOfBlock(shape)) {
    const rows = ids.slice(first, first + rowsOfBlock(shape)).map((imageId, place): PredictedRow => {
      const labelIndex = images[first + place]?.classIndex ?? 0
      const isWrong = next() < 0.3
      const other = below(classCount)
      const confidence = next()
      return {
        imageId,
        labelIndex,
        loss: 9 * next(),
        labelRank: isWrong ? 2 : 1,
        labelProbability: isWrong ? 0 : confidence,
        topIndices: [isWrong ? other : labelIndex, labelIndex, 0, 0, 0],
        topProbabilities: [confidence, 0, 0, 0, 0],
      }
    })
    const block = packBlock(shape, rows, null)
    hash.update(block)
    set.append(block)
  }
  set.seal(hash.digest('hex'))
  nameResultSet(db, runId, 'test', 1)
  return { datasetId, runId }
}

/** With as little as columns need; nothing reads its recipe. */
function insertRun(db: Db, datasetId: number): number {
  const { lastInsertRowid } = db
    .prepare(
      `INSERT INTO runs (state, name, dataset_id, split_id, model, spec_json, recipe_json, choices_json, departure_count,
         example_count, class_count, parameter_count, created_at_ms, ended_at_ms, version_id)
       SELECT 'done', 'generated', ?, split_id, 'R50x1', '{}', '{}', '[]', 0, 1, ?, 1, 0, 0, id
       FROM dataset_versions WHERE split_id = ?`,
    )
    .run(datasetId, classCount, getDataset(db, datasetId).split.id)
  return Number(lastInsertRowid)
}

void main()
