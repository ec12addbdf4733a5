/**
 * What `npm run bench -- gallery` measures, in a process of its own: how long the core takes to open a generated dataset and the mistakes of a run on it,
 * and to answer queries. Takes one JSON argument, prints one JSON line. Times are in milliseconds.
 */
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import sharp from 'sharp'
import { unpackFloat32, unpackUint32 } from '../../contract/packed'
import { defaultSplitOptions } from '../../contract/entities/dataset'
import { packBlock, rowsOfBlock, type PredictedRow } from '../../domain/prediction-set/block'
import { randomStream } from '../../domain/random'
import { accuracyOf } from '../../domain/rules/interval'
import { assignSplit } from '../../domain/split'
import { createColumns, type Columns } from '../columns/columns'
import { packed } from '../columns/counts'
import { insertDataset } from '../store/datasets/new-dataset'
import { openThumbnails } from '../store/datasets/thumbnails'
import { openStore } from '../store/home/open'
import { nameResultSet, openPredictionSet } from '../store/runs/prediction-sets'
import { insertRun, updateRun } from '../store/runs/runs'
import type { Db } from '../store/statement'
import { generatedRun, startMs } from './generated'

interface Work {
  readonly homePath: string
  readonly imageCount: number
  readonly runs: number
  /** Where in the list a page will look, as shares of it: thumbnails of the images around are kept. */
  readonly shares: readonly number[]
}

/** How many images on either side of each such place, of the list's start, and of the mistakes' start have thumbnails. */
const thumbnailsAround = 1000
const thumbnailsAtStart = 4000

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
  const mistakes = await columns.predictions(runId, 'sort:-loss')
  const first = Array.from(mistakes.rows ?? []).slice(0, thumbnailsAround)
  await keepThumbnails(work, [...placesOf(work), ...first.map((row) => mistakes.imageRows[row] ?? 0)])
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
    const widthPx = 100 + below(900)
    return {
      key: `${classNames[classIndex] ?? ''}/IMG_${number}_${below(1e6)}.jpg`,
      classIndex,
      folderPart: null,
      linkTarget: null,
      widthPx,
      heightPx: Math.round(widthPx * (0.65 + 0.85 * next())),
      byteCount: below(1e6),
      contentHash: hashOf(index),
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
  const run = { name: 'generated', createdAtMs: startMs, stepCount: 1, batchSize: 64, seed: 0 }
  const runId = insertRun(db, { ...generatedRun(db, datasetId, run), classCount })
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
  let wrongCount = 0
  const ids = db
    .prepare<[number], number>('SELECT id FROM images WHERE dataset_id = ? ORDER BY id')
    .pluck()
    .all(datasetId)
  for (let first = 0; first < imageCount; first += rowsOfBlock(shape)) {
    const rows = ids.slice(first, first + rowsOfBlock(shape)).map((imageId, place): PredictedRow => {
      const labelIndex = images[first + place]?.classIndex ?? 0
      const isWrong = next() < 0.3
      if (isWrong) wrongCount++
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
  const accuracy = accuracyOf(imageCount - wrongCount, imageCount)
  updateRun(db, runId, {
    ...{ state: 'done', stepsDone: 1, endedAtMs: startMs, evaluatedOn: 'test', accuracy, wrongCount },
  })
  return { datasetId, runId }
}

/** In the order of the import. */
function placesOf({ imageCount, shares }: Work): number[] {
  const around = (place: number, before: number, after: number): number[] =>
    Array.from({ length: before + after }, (_, index) => place - before + index)
  return [
    ...around(0, 0, thumbnailsAtStart),
    ...shares.flatMap((share) => around(Math.round(share * imageCount), thumbnailsAround, thumbnailsAround)),
  ].filter((place) => place >= 0 && place < imageCount)
}

/** As if the images had been seen before: blurred noise of a photo's size in bytes, few kinds of it. */
async function keepThumbnails(work: Work, places: readonly number[]): Promise<void> {
  const next = randomStream(seed, 1, 0)
  const cache = openThumbnails(work.homePath)
  for (const px of [128, 256, 512]) {
    const kinds = await Promise.all(
      Array.from({ length: 16 }, async () => {
        const pixels = Uint8Array.from({ length: 24 * 24 * 3 }, () => 256 * next())
        const image = sharp(pixels, { raw: { width: 24, height: 24, channels: 3 } })
        return image.resize(px, px, { kernel: 'cubic' }).jpeg().toBuffer()
      }),
    )
    for (const place of new Set(places))
      cache.put(hashOf(place), px, { bytes: kinds[place % 16] ?? new Uint8Array(), mime: 'image/jpeg' })
  }
  cache.close()
}

function hashOf(index: number): string {
  return String(index).padStart(32, '0')
}

void main()
