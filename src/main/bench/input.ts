/**
 * What `npm run bench -- input` measures, in a process of its own: the pipeline alone, its batches taken as fast as they come.
 * Takes one JSON argument, prints one JSON line.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { recipeSchema, type Recipe } from '../../contract/entities/run'
import { openMissingImages } from '../trainer/data/missing-images'
import { openImageStore } from '../trainer/data/image-store'
import { openPipeline } from '../trainer/data/pipeline'
import { useResizer } from '../images/resizer'
import { loadGraphAddon } from '../trainer/engines/tensorflow/graph-addon'
import { threadCount } from '../engine/machine'
import { nativeResizer } from '../trainer/engines/tensorflow/native-resizer'
import { readSetupRecord } from '../engine/setup-record'
import type { JobImages } from '../protocol/messages'
import { openSource } from '../sources/sources'

interface Work {
  /** A folder for each class. */
  readonly folder: string
  readonly perClass: number | null
  readonly resizePx: number
  readonly cropPx: number
  readonly batchSize: number
  readonly epochCount: number
  readonly cacheBytes: number
  /** null: nothing is kept on disk. */
  readonly cacheFolder: string | null
  readonly mixupAlpha: number
  readonly crop: Recipe['crop']
  /** Of an inception crop; 1 for a square. */
  readonly leastCropArea: number
}

async function main(): Promise<void> {
  const work = JSON.parse(process.argv[2] ?? '') as Work
  const images = list(work)
  const { batchSize } = work
  const stepsOfEpoch = Math.ceil(images.keys.length / batchSize)
  resizeAsTrainer()
  const startMs = performance.now()
  const source = { kind: 'folder', path: work.folder }
  const store = openImageStore({
    source: openSource(source),
    cacheBytes: work.cacheBytes,
    diskCache:
      work.cacheFolder === null ? null : { folder: work.cacheFolder, limitBytes: 20e9, keepFreeBytes: 1e9 },
    onProblem(path, message) {
      throw new Error(`${path}: ${message}`)
    },
  })
  const none = { ids: [], keys: [], labelIndices: [] }
  const missing = openMissingImages({
    source,
    classNames: [],
    images: { train: images, val: none, test: none },
    unreadable: [],
    reasonOf: () => '',
  }).of('train')
  const pipeline = openPipeline({
    store,
    train: images,
    missing,
    classCount: new Set(images.labelIndices).size,
    recipe: recipeSchema.parse({
      rule: 'paper',
      sizeClass: 'small',
      stepCount: stepsOfEpoch * work.epochCount,
      batchSize,
      microBatchSize: batchSize,
      resizePx: work.resizePx,
      cropPx: work.cropPx,
      baseLearningRate: 0.003,
      momentum: 0.9,
      decayAtSteps: [],
      warmupStepCount: 0,
      mixupAlpha: work.mixupAlpha,
      crop: work.crop,
      leastCropArea: work.leastCropArea,
      flip: true,
      randomCrop: true,
      checkpointEverySteps: 1,
      evaluateEverySteps: 1,
      precision: 'float32',
      seed: 0,
    }),
  })
  const endsMs = [startMs]
  for (let step = 0; step < stepsOfEpoch * work.epochCount; step++) {
    const batch = await pipeline.batch(step)
    await batch.microBatch(0, batch.size)
    if ((step + 1) % stepsOfEpoch === 0) endsMs.push(performance.now())
  }
  await pipeline.close()
  await store.close()
  const rates = endsMs
    .slice(1)
    .map((endMs, epoch) => (stepsOfEpoch * batchSize * 1000) / (endMs - (endsMs[epoch] ?? 0)))
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  process.stdout.write(
    `${JSON.stringify({ rates, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMemoryBytes: maxRSS * 1024 })}\n`,
  )
}

/** With the trainer's addon, where the set-up has built it. */
function resizeAsTrainer(): void {
  const path = readSetupRecord(process.env)?.graphAddon ?? null
  if (path === null) return
  const addon = loadGraphAddon(path)
  useResizer(nativeResizer({ addon, instructionSet: addon.start(threadCount(process.env)) }))
}

function list({ folder, perClass }: Work): JobImages {
  const keys: string[] = []
  const labelIndices: number[] = []
  const classes = readdirSync(folder).sort()
  for (const [index, name] of classes.entries()) {
    const files = readdirSync(join(folder, name)).sort()
    for (const file of files.slice(0, perClass ?? files.length)) {
      keys.push(join(name, file))
      labelIndices.push(index)
    }
  }
  return { ids: keys.map((_, index) => index), keys, labelIndices }
}

void main()
