/** Bundles of runs: the file itself damaged, and one of its members in a file that is whole around it. */
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { defaultSplitOptions } from '../../../contract/entities/dataset'
import { recipeSchema } from '../../../contract/entities/run'
import { packBlock } from '../../../domain/prediction-set/block'
import { withBundle } from '../../exchange/bundle-file'
import {
  bundleVersion,
  members,
  setName,
  stepColumns,
  stepLine,
  type BundleDataset,
  type BundleImage,
  type BundleRun,
} from '../../exchange/bundle-format'
import { readBundle } from '../../exchange/read-bundle'
import { createZipWriter, type Member } from '../../exchange/zip-writer'
import { versionHashOf } from '../../store/runs/bundled-runs'
import { fileSample, type Parser } from './sample'

export function bundleParser(scratchFolder: string): Parser {
  const place = (name: string): string => {
    mkdirSync(scratchFolder, { recursive: true })
    return join(scratchFolder, name)
  }
  return {
    name: 'bundle',
    async samples() {
      const files = membersOfBundle()
      const path = place('sample.bitwrun')
      await pack(files, path)
      const names = [...files.keys()]
      return [
        fileSample('run.bitwrun', readFileSync(path)),
        ...names.map((name) => ({ name, files, damaged: [name], opened: '' })),
      ]
    },
    async read(path, attempt) {
      const scratch = place('unpacked')
      let file = path
      if (statSync(path).isDirectory()) await pack(membersIn(path), (file = place('packed.bitwrun')))
      try {
        await attempt(() => withBundle(file, (bundle) => readBundle(bundle, scratch, () => undefined)))
      } finally {
        rmSync(scratch, { recursive: true, force: true })
      }
    },
  }
}

function membersIn(folder: string): ReadonlyMap<string, Buffer> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return new Map(
    names
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name))]),
  )
}

/** Lengths and hashes are those of what is in it, whatever that is. */
async function pack(files: ReadonlyMap<string, Buffer>, path: string): Promise<void> {
  const handle = openSync(path, 'w')
  try {
    const zip = createZipWriter(handle)
    const listed: Record<string, Member> = {}
    for (const [name, bytes] of files) listed[name] = await zip.add(name, [bytes], true)
    const manifest = { format: 'bitw-run', version: bundleVersion, writtenBy: 'fuzz', files: listed }
    await zip.add(members.manifest, [Buffer.from(JSON.stringify(manifest))], false)
    zip.end()
  } finally {
    closeSync(handle)
  }
}

function membersOfBundle(): ReadonlyMap<string, Buffer> {
  const classNames = ['rose', 'tulip']
  const images = Array.from({ length: 8 }, (_, index): BundleImage => ({
    ...{ path: `photos/${String(index)}.jpg`, contentHash: `0${String(index)}`.repeat(16) },
    ...{ classIndex: index % 2, part: index < 4 ? 'train' : 'test', widthPx: 640, heightPx: 480 },
    ...{ byteCount: 90_000, format: 'jpeg', colourSpace: 'srgb', bitsPerSample: 8, hasAlpha: false },
    ...{ orientation: 1, modifiedMs: 1e12 },
  }))
  const dataset: BundleDataset = {
    ...{ name: 'flowers', sourceKind: 'folder', classNames, imageCount: images.length },
    split: { origin: 'seeded', options: defaultSplitOptions },
    versionSha256: versionHashOf(images, classNames),
  }
  const accuracy = { correct: 3, total: 4, value: 0.75, low: 0.3, high: 0.95 }
  const shape = { classCount: 2, loss: 'softmax', hasScores: true } as const
  const rows = [4, 5, 6, 7].map((imageId) => ({
    ...{ imageId, labelIndex: imageId % 2, loss: 0.5, labelRank: 1, labelProbability: 0.6 },
    ...{ topIndices: [imageId % 2], topProbabilities: [0.6] },
  }))
  const block = packBlock(shape, rows, new Uint16Array(rows.length * 2))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(block.length)
  const steps = Array.from({ length: 20 }, (_, stepIndex) =>
    stepLine({
      ...{ stepIndex, loss: 2 / (stepIndex + 1), batchAccuracy: 0.5, learningRate: 0.003 },
      ...{ stepMs: 100, waitMs: 1, atMs: 1e12 + stepIndex, memoryBytes: 1e9 },
    }),
  )
  const measures = { partCount: 4, topFive: null, balanced: null }
  const evaluation = { stepIndex: 20, part: 'test', loss: 0.5, accuracy, measures, atMs: 1e12 } as const
  const predictions = rows.map(({ imageId, labelIndex, topIndices, topProbabilities, ...row }) => ({
    ...{ image: imageId, label: labelIndex, ...row },
    top: topIndices.map((index, place) => [index, topProbabilities[place]]),
  }))
  const log = ['info', 'warn'].map((kind) => ({ atMs: 1e12, kind, text: 'A line of the log.' }))
  return new Map([
    [members.dataset, lines([dataset])],
    [members.images, lines(images)],
    [members.steps, Buffer.from([stepColumns.join(','), ...steps].map((line) => line.trimEnd()).join('\n'))],
    [members.evaluations, lines([evaluation])],
    [members.log, lines(log)],
    [members.predictions, lines(predictions)],
    [setName(0), Buffer.concat([length, block])],
    [members.run, lines([runOf(accuracy)])],
  ])
}

function runOf(accuracy: BundleRun['run']['accuracy']): BundleRun {
  const recipe = recipeSchema.parse({
    ...{ rule: 'paper', sizeClass: 'small', stepCount: 20, batchSize: 8, microBatchSize: 4 },
    ...{ resizePx: 160, cropPx: 128, baseLearningRate: 0.003, momentum: 0.9, decayAtSteps: [10] },
    ...{ warmupStepCount: 0, mixupAlpha: 0, flip: false, randomCrop: true, checkpointEverySteps: 10 },
    ...{ evaluateEverySteps: 10, precision: 'float32', seed: 5 },
  })
  return {
    run: {
      ...{ name: 'first', state: 'done', model: 'units:1-1-1-1,width:0.5', recipe },
      spec: { units: [1, 1, 1, 1], width: 0.5 },
      choices: [{ key: 'batch', label: 'Batch', value: '8', because: 'the rule', departure: null }],
      ...{ departureCount: 0, weights: null, budgetMs: null, expectedMs: null, exampleCount: 4 },
      ...{
        classCount: 2,
        parameterCount: 1_000_000,
        createdAtMs: 1e12,
        endedAtMs: 1e12 + 5000,
        stepsDone: 20,
      },
      ...{ imagesPerSecond: 50, waitFraction: 0, trainingMs: 2000, peakMemoryBytes: 1e9, engine: null },
      ...{ accuracy, evaluatedOn: 'test', wrongCount: 1, resultStep: 20, changedCount: 0, error: null },
    },
    marks: { tags: ['baseline'], note: 'What people say of it.' },
    weightsStep: null,
    sets: [
      {
        ...{ checkpointStep: 20, part: 'test', createdAtMs: 1e12, kind: 'scores', loss: 'softmax' },
        ...{ classCount: 2, partCount: 4, rowCount: 4, isResult: true },
      },
    ],
  }
}

function lines(values: readonly unknown[]): Buffer {
  return Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''))
}
