/** All that a bundle says, checked against itself, before anything is kept. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { z } from 'zod'
import type { Evaluation, LogLine, StepMetric } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { readBlock, type PredictedRow } from '../../domain/prediction-set/block'
import { parameterShapes } from '../../domain/model/spec'
import { versionHashOf } from '../store/runs/bundled-runs'
import { firstMisfit } from '../weights/fit'
import { inspectWeights } from '../weights/inspect'
import type { BundleFile } from './bundle-file'
import {
  bundleDatasetSchema,
  bundleEvaluationSchema,
  bundleImageSchema,
  bundleLogSchema,
  bundlePredictionSchema,
  bundleRunSchema,
  knownStepColumns,
  members,
  setName,
  stepColumns,
  type BundleDataset,
  type BundleImage,
  type BundleRun,
} from './bundle-format'

export interface BundleContent extends BundleRun {
  readonly dataset: BundleDataset
  readonly images: readonly BundleImage[]
  readonly steps: readonly StepMetric[]
  readonly evaluations: readonly Evaluation[]
  readonly log: readonly LogLine[]
  /** `imageId`: the place of the image in `images`. */
  readonly predictions: readonly PredictedRow[]
  /** Blocks of each set, images by their places. */
  readonly setBlocks: readonly (readonly Uint8Array[])[]
  /** In the scratch folder; null: it has no weights. */
  readonly weightsPath: string | null
}

const mostSteps = 20_000_000
const mostLogLines = 1_000_000
const mostBlockBytes = 4_194_304
const linesAtOnce = 2000

/** `scratch`: an empty folder for the weights; null: they are not read. `pause`: throws to end it. */
export async function readBundle(
  bundle: BundleFile,
  scratch: string | null,
  pause: () => void,
): Promise<BundleContent> {
  const head = await bundle.value(members.run, bundleRunSchema)
  const dataset = await bundle.value(members.dataset, bundleDatasetSchema)
  const classCount = dataset.classNames.length
  if (head.run.classCount !== classCount) throw bundle.refuse('the run has other classes than its dataset')
  if (new Set(dataset.classNames).size !== classCount) throw bundle.refuse('two classes have the same name')
  if (!['done', 'stopped', 'failed', 'interrupted', 'paused'].includes(head.run.state))
    throw bundle.refuse('the run was not at its end')
  const images = await all(bundle, members.images, bundleImageSchema, dataset.imageCount, pause)
  if (images.length !== dataset.imageCount) throw bundle.refuse('images of its dataset are missing')
  if (images.some(({ classIndex }) => classIndex >= classCount))
    throw bundle.refuse('an image is of no class')
  if (versionHashOf(images, dataset.classNames) !== dataset.versionSha256)
    throw bundle.refuse('its images are not those of its dataset')
  const predictions: PredictedRow[] = []
  for await (const line of bundle.lines(members.predictions)) {
    const { image, label, top, ...row } = bundle.parse(members.predictions, line, bundlePredictionSchema)
    if (image >= images.length || label >= classCount || top.some(([index]) => index >= classCount))
      throw bundle.refuse('a prediction is of no image, or of no class')
    predictions.push({
      ...row,
      imageId: image,
      labelIndex: label,
      topIndices: top.map(([index]) => index),
      topProbabilities: top.map(([, probability]) => probability),
    })
    if (predictions.length > images.length) throw bundle.refuse('it has more predictions than images')
    if (predictions.length % linesAtOnce === 0) await turn(pause)
  }
  const setBlocks: Uint8Array[][] = []
  for (const index of head.sets.keys())
    setBlocks.push(await readSet(bundle, head, index, images.length, pause))
  return {
    ...head,
    dataset,
    images,
    steps: await readSteps(bundle, pause),
    evaluations: await all(bundle, members.evaluations, bundleEvaluationSchema, mostSteps, pause),
    log: await all(bundle, members.log, bundleLogSchema, mostLogLines, pause),
    predictions,
    setBlocks,
    weightsPath: scratch === null ? null : await readWeights(bundle, head, scratch, pause),
  }
}

async function all<T>(
  bundle: BundleFile,
  name: string,
  schema: z.ZodType<T>,
  most: number,
  pause: () => void,
): Promise<T[]> {
  const found: T[] = []
  for await (const line of bundle.lines(name)) {
    found.push(bundle.parse(name, line, schema))
    if (found.length > most) throw bundle.refuse(`${name} has too many lines`)
    if (found.length % linesAtOnce === 0) await turn(pause)
  }
  return found
}

async function readSteps(bundle: BundleFile, pause: () => void): Promise<StepMetric[]> {
  const steps: StepMetric[] = []
  let isHead = true
  for await (const line of bundle.lines(members.steps)) {
    if (isHead) {
      if (line !== stepColumns.join(',')) throw bundle.refuse(`${members.steps} has other columns`)
      isHead = false
      continue
    }
    const fields = line.split(',')
    const values = fields.map(Number)
    const [stepIndex = NaN, loss = 0, batchAccuracy = 0, learningRate = 0, stepMs = 0, waitMs = 0, atMs = 0] =
      values
    const [memoryBytes, gpuUse] = fields
      .slice(knownStepColumns)
      .map((field) => (field === '' ? undefined : Number(field)))
    const isNext = Number.isSafeInteger(stepIndex) && stepIndex > (steps.at(-1)?.stepIndex ?? -1)
    if (
      !isNext ||
      fields.length !== stepColumns.length ||
      fields.slice(0, knownStepColumns).includes('') ||
      !values.every(Number.isFinite)
    )
      throw bundle.refuse(`a line of ${members.steps} is no step, or out of order`)
    steps.push({
      ...{ stepIndex, loss, batchAccuracy, learningRate, stepMs, waitMs, atMs },
      ...(memoryBytes !== undefined && { memoryBytes }),
      ...(gpuUse !== undefined && { gpuUse }),
    })
    if (steps.length > mostSteps) throw bundle.refuse(`${members.steps} has too many lines`)
    if (steps.length % linesAtOnce === 0) await turn(pause)
  }
  return steps
}

async function readSet(
  bundle: BundleFile,
  { sets, run }: BundleRun,
  index: number,
  imageCount: number,
  pause: () => void,
): Promise<Uint8Array[]> {
  const set = sets[index]
  const name = setName(index)
  const damaged = (): WorkbenchError => bundle.refuse(`${name} is no set of predictions of this run`)
  const blocks: Uint8Array[] = []
  let rowCount = 0
  let waiting = Buffer.alloc(0)
  for await (const piece of bundle.read(name)) {
    waiting = Buffer.concat([waiting, piece])
    while (waiting.length >= 4) {
      const length = waiting.readUInt32LE(0)
      if (length === 0 || length > mostBlockBytes) throw damaged()
      if (waiting.length < 4 + length) break
      const bytes = Uint8Array.from(waiting.subarray(4, 4 + length))
      waiting = waiting.subarray(4 + length)
      try {
        const block = readBlock(bytes)
        rowCount += block.rowCount
        const fits =
          block.classCount === run.classCount &&
          block.loss === set?.loss &&
          block.hasScores === (set.kind === 'scores') &&
          block.rowCount > 0 &&
          block.imageIds.every((place) => place < imageCount) &&
          [block.labels, block.topIndices].every((indices) => indices.every((one) => one < run.classCount)) &&
          block.labelRanks.every((rank) => rank >= 1 && rank <= run.classCount)
        if (!fits) throw damaged()
      } catch (thrown) {
        throw thrown instanceof RangeError ? damaged() : thrown
      }
      blocks.push(bytes)
      await turn(pause)
    }
  }
  if (
    waiting.length > 0 ||
    rowCount !== set?.rowCount ||
    rowCount > set.partCount ||
    set.classCount !== run.classCount
  )
    throw damaged()
  return blocks
}

/** Copied out, so that they are read as any weights are. */
async function readWeights(
  bundle: BundleFile,
  { run, weightsStep }: BundleRun,
  scratch: string,
  pause: () => void,
): Promise<string | null> {
  if (weightsStep === null) return null
  await mkdir(scratch, { recursive: true })
  const path = join(scratch, members.weights)
  const handle = openSync(path, 'wx')
  try {
    for await (const piece of bundle.read(members.weights)) {
      for (let written = 0; written < piece.length;) written += writeSync(handle, piece, written)
      await turn(pause)
    }
  } finally {
    closeSync(handle)
  }
  const facts = await inspectWeights(path).catch((thrown: unknown) => {
    throw thrown instanceof WorkbenchError && thrown.code === 'bad-weights'
      ? bundle.refuse(`${members.weights} is damaged`)
      : thrown
  })
  if (firstMisfit(facts.tensors, parameterShapes(run.spec, run.classCount)) !== null)
    throw bundle.refuse(`${members.weights} is of another model`)
  return path
}

async function turn(pause: () => void): Promise<void> {
  pause()
  await nextTurn()
}
