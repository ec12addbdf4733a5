/** Writes a run as one file that another workbench takes in; docs/bundle.md has the layout. */
import { createReadStream } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { activeRunStates, type Run } from '../../contract/entities/run'
import type { PredictionSet } from '../../contract/entities/prediction-set'
import { WorkbenchError } from '../../contract/errors'
import { readBlock } from '../../domain/prediction-set/block'
import { version } from '../../../package.json'
import type { ServiceContext } from '../app/context'
import { openModelFile } from '../models/model-source'
import { openStreamedFile } from '../report/streamed-file'
import {
  resultRows,
  setBlocks,
  splitFacts,
  splitImageIds,
  splitImages,
  type SplitFacts,
} from '../store/runs/bundled-runs'
import { listEvaluations, listLog, listSteps } from '../store/runs/metrics'
import { listPredictionSets } from '../store/runs/prediction-sets'
import { getRun } from '../store/runs/runs'
import { classNamesOf } from '../store/datasets/splits'
import type { TaskWork } from '../tasks/tasks'
import {
  bundleDatasetSchema,
  bundleRunSchema,
  bundleVersion,
  members,
  setName,
  stepColumns,
  stepLine,
  type BundleDataset,
  type BundleImage,
  type BundleRun,
  type Manifest,
} from './bundle-format'
import { createZipWriter, type Member } from './zip-writer'

type Context = ServiceContext
const linesAtOnce = 1000
const allLines = 1_000_000_000

/** An earlier bundle under that name is replaced. Throws 'busy' while the run trains, 'not-found', 'not-allowed', 'disk-full', 'cancelled'. */
export async function exportBundle(
  context: Context,
  runId: number,
  path: string,
  task: TaskWork,
): Promise<void> {
  const { db } = context
  const run = getRun(db, runId)
  if (activeRunStates.includes(run.state))
    throw new WorkbenchError('busy', `The run "${run.name}" is training.`, 'Save it once it has ended.')
  const known = splitFacts(db, run.splitId)
  if (known === null) throw new WorkbenchError('not-found', `The dataset of the run "${run.name}" is gone.`)
  const ids = splitImageIds(db, run.splitId)
  const placeOf = new Map<number, number>()
  ids.forEach((id, place) => placeOf.set(id, place))
  const sets = setsOfItsVersion(context, run)
  const file = openStreamedFile(path, isBundle, context.paths.unfinishedPath)
  try {
    const zip = createZipWriter(file.handle)
    const files: Record<string, Member> = {}
    const add = async (
      name: string,
      content: AsyncIterable<string | Uint8Array>,
      compress = true,
    ): Promise<void> => {
      task.progress({ phase: `Writing ${name}`, done: Object.keys(files).length, total: sets.length + 7 })
      files[name] = await zip.add(name, inTurns(content, task.signal), compress)
    }
    await add(members.dataset, lines([datasetOf(context, run, known, ids.length)]))
    await add(members.images, imageLines(context, run.splitId, ids))
    await add(members.steps, stepLines(context, runId))
    await add(members.evaluations, lines(listEvaluations(db, runId)))
    await add(members.log, lines(listLog(db, runId, allLines)))
    await add(members.predictions, predictionLines(context, runId, placeOf))
    for (const [index, set] of sets.entries()) await add(setName(index), blocks(context, set, placeOf))
    if (run.checkpointStep !== null) {
      const weights = await openModelFile(context, `run:${run.id}`)
      try {
        await add(members.weights, createReadStream(weights.path), false)
      } finally {
        await weights.close()
      }
    }
    await add(members.run, lines([runOf(run, sets)]))
    const manifest: Manifest = {
      format: 'bitw-run',
      version: bundleVersion,
      writtenBy: `BiT Workbench ${version}`,
      files,
    }
    await zip.add(members.manifest, [Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)], false)
    zip.end()
    file.finish()
  } finally {
    file.close()
  }
}

/** How such a file begins: its first member. */
function isBundle(head: Buffer): boolean {
  return (
    head.length > 4 &&
    head.readUInt32LE(0) === 0x04034b50 &&
    head.toString('latin1', 30, 30 + members.dataset.length) === members.dataset
  )
}

/** Of its own images alone: what the model says elsewhere needs datasets that the file does not have. */
function setsOfItsVersion({ db }: Context, run: Run): PredictionSet[] {
  const all = listPredictionSets(db, run.id)
  const own = all.find(({ isResult }) => isResult)?.versionId ?? all[0]?.versionId
  return all.filter(({ versionId }) => versionId === own)
}

function runOf(run: Run, sets: readonly PredictionSet[]): BundleRun {
  const isHere = run.weights?.startsWith('run:') === true
  // the number of a run means nothing elsewhere
  const weights = isHere ? (run.origin?.startsWith('run:') === false ? run.origin : goneRun) : run.weights
  const { tags, note, checkpointStep } = run
  return bundleRunSchema.parse({
    run: { ...run, weights },
    marks: { tags, note },
    weightsStep: checkpointStep,
    sets,
  })
}

/** The id of a model that is not there, see model-names.ts. */
const goneRun = 'run:0'

function datasetOf(
  { db }: Context,
  run: Run,
  { sha256, sourceKind, origin, options }: SplitFacts,
  imageCount: number,
): BundleDataset {
  return bundleDatasetSchema.parse({
    name: run.datasetName,
    sourceKind,
    classNames: classNamesOf(db, run.splitId),
    imageCount,
    split: { origin, options },
    versionSha256: sha256,
  })
}

async function* lines(values: readonly unknown[]): AsyncGenerator<string> {
  for (const value of values) yield await Promise.resolve(`${JSON.stringify(value)}\n`)
}

async function* imageLines({ db }: Context, splitId: number, ids: Uint32Array): AsyncGenerator<string> {
  for (let from = 0; from < ids.length; from += linesAtOnce) {
    const some = splitImages(db, splitId, ids.subarray(from, from + linesAtOnce))
    yield await Promise.resolve(
      some.map(({ id: _, ...image }) => `${JSON.stringify(image satisfies BundleImage)}\n`).join(''),
    )
  }
}

async function* stepLines({ db }: Context, runId: number): AsyncGenerator<string> {
  yield `${stepColumns.join(',')}\n`
  const steps = listSteps(db, runId)
  for (let from = 0; from < steps.length; from += linesAtOnce)
    yield await Promise.resolve(
      steps
        .slice(from, from + linesAtOnce)
        .map(stepLine)
        .join(''),
    )
}

async function* predictionLines(
  { db }: Context,
  runId: number,
  placeOf: ReadonlyMap<number, number>,
): AsyncGenerator<string> {
  for (let last = -1; ;) {
    const rows = resultRows(db, runId, last, linesAtOnce)
    last = rows.at(-1)?.imageId ?? last
    if (rows.length === 0) return
    const text = rows.flatMap(
      ({ imageId, labelIndex, loss, labelRank, labelProbability, topIndices, topProbabilities }) => {
        const image = placeOf.get(imageId)
        if (image === undefined) return []
        const top = topIndices.map((index, at) => [index, topProbabilities[at] ?? 0])
        return [`${JSON.stringify({ image, label: labelIndex, loss, labelRank, labelProbability, top })}\n`]
      },
    )
    yield await Promise.resolve(text.join(''))
  }
}

/** Each behind its length, u32; images by their lines. */
async function* blocks(
  { db }: Context,
  { id }: PredictionSet,
  placeOf: ReadonlyMap<number, number>,
): AsyncGenerator<Uint8Array> {
  for (const stored of setBlocks(db, id)) {
    const bytes = Uint8Array.from(stored)
    const { imageIds } = readBlock(bytes)
    imageIds.forEach((imageId, row) => {
      imageIds[row] = placeOf.get(imageId) ?? 0
    })
    const length = Buffer.alloc(4)
    length.writeUInt32LE(bytes.length)
    yield await Promise.resolve(length)
    yield bytes
  }
}

async function* inTurns(
  content: AsyncIterable<string | Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const piece of content) {
    signal.throwIfAborted()
    yield typeof piece === 'string' ? Buffer.from(piece) : piece
    await nextTurn()
  }
}
