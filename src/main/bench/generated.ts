/** A small dataset and runs on it, as benches generate them. */
import { defaultSplitOptions } from '../../contract/entities/dataset'
import { recipeSchema } from '../../contract/entities/run'
import { assignSplit } from '../../domain/split'
import { getDataset } from '../store/datasets/datasets'
import { insertDataset } from '../store/datasets/new-dataset'
import type { NewRun } from '../store/runs/runs'
import type { Db } from '../store/statement'

export const startMs = 1_764_000_000_000

interface Wanted {
  readonly name: string
  readonly createdAtMs: number
  readonly stepCount: number
  readonly batchSize: number
  readonly seed: number
  readonly baseLearningRate?: number
}

/** With HyperRule's settings but for these. */
export function generatedRun(
  db: Db,
  datasetId: number,
  { name, createdAtMs, stepCount, batchSize, seed, baseLearningRate = 0.003 }: Wanted,
): NewRun {
  return {
    name,
    datasetId,
    splitId: getDataset(db, datasetId).split.id,
    model: 'units:1-1-1-1,width:0.5',
    spec: { units: [1, 1, 1, 1], width: 0.5 },
    recipe: recipeSchema.parse({
      rule: 'paper',
      sizeClass: 'small',
      stepCount,
      batchSize,
      microBatchSize: batchSize,
      resizePx: 160,
      cropPx: 128,
      baseLearningRate,
      momentum: 0.9,
      decayAtSteps: [0.3, 0.6, 0.9].map((share) => Math.floor(share * stepCount)),
      warmupStepCount: Math.floor(stepCount / 40),
      mixupAlpha: 0,
      flip: true,
      randomCrop: true,
      checkpointEverySteps: 1000,
      evaluateEverySteps: 1000,
      precision: 'float32',
      seed,
    }),
    choices: [],
    departureCount: 0,
    weights: null,
    budgetMs: null,
    expectedMs: null,
    exampleCount: 50_000,
    classCount: 2,
    parameterCount: 1e6,
    createdAtMs,
  }
}

export function generateDataset(db: Db): number {
  const images = Array.from(
    { length: 40 },
    (_, index) =>
      ({
        key: `class ${index % 2}/${String(index)}.jpg`,
        classIndex: index % 2,
        folderPart: null,
        linkTarget: null,
        widthPx: 100,
        heightPx: 100,
        byteCount: 1000,
        contentHash: String(index).padStart(32, '0'),
        format: 'jpeg',
        colourSpace: 'srgb',
        bitsPerSample: 8,
        hasAlpha: false,
        orientation: 1,
        modifiedMs: 0,
      }) as const,
  )
  return insertDataset(db, {
    name: 'generated',
    createdAtMs: startMs,
    scan: {
      source: { kind: 'folder', path: '/generated' },
      classNames: ['class 0', 'class 1'],
      images,
      problems: [],
      split: assignSplit(images, defaultSplitOptions),
    },
    splitOptions: defaultSplitOptions,
  })
}
