/** The models of the zoo, each from where it lies: with the workbench, published, added as a file, or as a run's checkpoint. */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ModelEntry } from '../../contract/entities/model'
import { earlierResultStep, type Checkpoint, type LossName, type Run } from '../../contract/entities/run'
import { toWireError, WorkbenchError, type WireError } from '../../contract/errors'
import { modelIdWords, trainedWords } from '../../domain/model/model-names'
import { shownName } from '../../domain/names'
import {
  findPublished,
  publishedBytes,
  publishedModels,
  type PublishedModel,
  usualLoss,
} from '../../domain/model/published'
import { checkpointWords, runModelOf, splitWhich } from '../../domain/model/run-model'
import { convGmac, modelName, parameterCount } from '../../domain/model/spec'
import { inspectWeights, type WeightFacts } from '../weights/inspect'
import { readModelMetadata } from '../weights/model-metadata'
import { evaluatedCount, measureLines } from '../../domain/rules/measure-words'
import { classNamesOf } from '../store/datasets/splits'
import { bestCheckpoint } from '../store/checkpoints/checkpoint-retention'
import { checkpointOf } from '../store/checkpoints/checkpoints'
import { findModelFile, listModelFiles } from '../store/runs/model-files'
import { inTurns, type InTurns } from '../../domain/in-turns'
import { findRunName, getRun, listingRunsWithCheckpoint, runsATurn } from '../store/runs/runs'
import { wholePath } from '../app/whole-path'
import { classNamesBeside, listedClassNames } from './class-names'
import { memoByFile } from './file-memo'
import { resolveModel } from './in-use'
import { partialBytes } from './partial-file'
import { embeddedFile, embeddedFolder, publishedFile, splitModelId, type ZooContext } from './model-places'

export interface KnownModel {
  readonly entry: ModelEntry
  /** null where they are not known. */
  readonly classNames: readonly string[] | null
  /** What turns its logits into probabilities. */
  readonly loss: LossName
}

/** Side of BiT's pre-training, for files that say nothing. */
const unknownCropPx = 224

const inspect = memoByFile(inspectWeights)

/** Those that come with the workbench, the published ones, added files, runs with a checkpoint; in this order. */
export async function knownModels(context: ZooContext): Promise<KnownModel[]> {
  const runs = await inTurns(listingRunsWithCheckpoint(context.db), nextTurn)
  return [
    ...(await embeddedModels(context)),
    ...(await Promise.all(publishedModels.map((model) => publishedModel(context, model)))),
    ...(await Promise.all(addedFiles(context).map((record) => addedModel(record)))).flatMap(
      (found) => found ?? [],
    ),
    ...(await inTurns(runModels(context, runs), nextTurn)),
  ]
}

function* runModels(context: ZooContext, runs: readonly Run[]): InTurns<KnownModel[]> {
  const models: KnownModel[] = []
  for (const [place, run] of runs.entries()) {
    if (place % runsATurn === runsATurn - 1) yield
    models.push(runModel(context, run))
  }
  return models
}

/** Throws 'not-found' where there is none of this id; for a file that was never added, what keeps it from being used. */
export async function knownModel(context: ZooContext, wanted: string): Promise<KnownModel> {
  const { id } = resolveModel(context.db, wanted)
  const [origin, rest] = splitModelId(id)
  if (origin === 'embedded' && existsSync(embeddedFile(context, rest))) return embeddedModel(context, rest)
  const published = origin === 'published' ? findPublished(rest) : undefined
  if (published !== undefined) return publishedModel(context, published)
  if (origin === 'path') {
    const record = findModelFile(context.db, rest)
    return (record === null ? null : await addedModel(record)) ?? modelInFile(wholePath(rest))
  }
  if (origin === 'run') {
    const { run, checkpoint } = runCheckpoint(context, id)
    const { entry, ...known } = runModel(context, run, checkpoint)
    // the best may be another one later
    const { stepIndex } = checkpoint
    const fixed = id.endsWith('@best') ? `run:${String(run.id)}@${String(stepIndex)}` : id
    return { ...known, entry: { ...entry, id: fixed } }
  }
  throw new WorkbenchError('not-found', `There is no model ${id}.`, '"bitw models" lists the models.')
}

/** Whether it was added or not. Throws 'bad-weights', 'path-not-found', 'path-not-readable'. */
export async function modelInFile(path: string): Promise<KnownModel> {
  return fileModel(path, await inspect(path))
}

function noCheckpoint(run: Run): WorkbenchError {
  return new WorkbenchError(
    'not-found',
    `The run "${run.name}" has no checkpoint.`,
    'Train the run at least until its first checkpoint.',
  )
}

/** What is known of downloaded files is among the records too. */
function addedFiles(context: ZooContext): ReturnType<typeof listModelFiles> {
  const published = new Set(publishedModels.map((model) => publishedFile(context, model)))
  return listModelFiles(context.db).filter(({ path }) => !published.has(path))
}

async function embeddedNames(context: ZooContext): Promise<string[]> {
  const files = existsSync(embeddedFolder(context)) ? await readdir(embeddedFolder(context)) : []
  return files
    .filter((file) => extname(file) === '.safetensors')
    .map((file) => basename(file, '.safetensors'))
}

/** Without what is damaged, which is named when it is asked for: the others are there all the same. */
async function embeddedModels(context: ZooContext): Promise<KnownModel[]> {
  const models: KnownModel[] = []
  for (const name of await embeddedNames(context)) {
    if ('problem' in (await inspected(embeddedFile(context, name)))) continue
    models.push(await embeddedModel(context, name))
  }
  return models
}

async function embeddedModel(context: ZooContext, name: string): Promise<KnownModel> {
  const path = embeddedFile(context, name)
  const found = await modelInFile(path)
  return { ...found, entry: { ...found.entry, id: `embedded:${name}`, origin: 'embedded' } }
}

async function publishedModel(context: ZooContext, model: PublishedModel): Promise<KnownModel> {
  const { name, spec, cropPx, trainedOn, classList, loss } = model
  const path = publishedFile(context, model)
  const promised = {
    id: `published:${name}`,
    origin: 'published',
    name,
    spec,
    classCount: model.classCount,
    cropPx,
    byteCount: publishedBytes(model),
    trainedOn,
    figures: model.figures.map((figure) => ({ ...figure })),
  } as const
  const classNames = classList === null ? null : await listedClassNames(context.paths.modelsPath, classList)
  if (!existsSync(path)) {
    const downloadedBytes = await partialBytes(path)
    return known(
      { ...promised, downloadedBytes, state: downloadedBytes > 0 ? 'partial' : 'absent' },
      classNames,
      loss,
    )
  }
  const found = await inspected(path)
  const problem = 'problem' in found ? found.problem : differenceFrom(model, path, found)
  if ('problem' in found || problem !== null) {
    return known({ ...promised, path, state: 'broken', problem }, classNames, loss)
  }
  const { classCount, byteCount } = found
  return known({ ...promised, path, classCount, byteCount }, classNames, loss)
}

/** null where the file is of the model that it is named after. */
export function differenceFrom(model: PublishedModel, path: string, found: WeightFacts): WireError | null {
  const { spec, classCount } = found
  const isIt =
    modelName(spec) === modelName(model.spec) &&
    (model.classCount === null || classCount === model.classCount)
  if (isIt) return null
  return {
    code: 'bad-weights',
    message: `${path} contains ${modelName(spec)} with ${headText(classCount)}, not ${model.name}.`,
    wayOut: 'Remove it and download it again.',
  }
}

/** As it was found when it was added, where it cannot be read now; null where that is not known either. */
async function addedModel(record: ReturnType<typeof listModelFiles>[number]): Promise<KnownModel | null> {
  const { path } = record
  const found = await inspected(path)
  if (!('problem' in found)) return fileModel(path, found)
  if (record.spec === null) return null
  const { name, spec, classCount, cropPx, byteCount, trainedOn, classNames } = record
  const { problem } = found
  return known(
    { ...fileIdentity(path), name, spec, classCount, cropPx, byteCount, trainedOn, state: 'broken', problem },
    classNames,
  )
}

async function fileModel(path: string, facts: WeightFacts): Promise<KnownModel> {
  const { spec, classCount, byteCount } = facts
  const said = readModelMetadata(facts.metadata, classCount)
  return known(
    {
      ...fileIdentity(path),
      name: said.name ?? shownName(basename(path, extname(path)), 'model'),
      spec,
      classCount,
      cropPx: said.cropPx ?? unknownCropPx,
      byteCount,
      trainedOn: said.trainedOn ?? 'The file does not say.',
      figures: (said.figures ?? []).map((figure) => ({ ...figure })),
    },
    said.classNames ?? (await classNamesBeside(path, classCount)),
    said.loss ?? usualLoss(classCount),
  )
}

/** The run and the checkpoint that an id names: run:12, run:12@best, run:12@400. `step`: in place of what it names. Throws 'not-found'. */
export function runCheckpoint(
  { db }: Pick<ZooContext, 'db'>,
  id: string,
  step?: number,
): { readonly run: Run; readonly checkpoint: Pick<Checkpoint, 'id' | 'stepIndex'> } {
  const { runId = 0, which = 'last' } = runModelOf(id) ?? {}
  const run = getRun(db, runId)
  const wanted = step ?? which
  const checkpoint =
    wanted === 'best'
      ? bestCheckpoint(db, runId)
      : checkpointOf(db, runId, wanted === 'last' ? undefined : wanted)
  if (checkpoint !== null) return { run, checkpoint }
  if (run.checkpointStep === null) throw noCheckpoint(run)
  throw new WorkbenchError(
    'not-found',
    wanted === 'best'
      ? `No checkpoint of the run "${run.name}" was evaluated on validation images.`
      : `The run "${run.name}" has no checkpoint of step ${String(wanted)}.`,
    `"bitw checkpoints ${String(runId)}" lists those that it has.`,
  )
}

function runModel(
  { db }: ZooContext,
  run: Run,
  checkpoint: Pick<Checkpoint, 'stepIndex'> | null = null,
): KnownModel {
  const { id, name, spec, classCount, recipe, parameterCount: count, accuracy } = run
  const title = trainedWords({ ...run, linearProbe: recipe.linearProbe })
  const examples = `${run.exampleCount} images of ${classCount} classes`
  const through =
    run.weights === null || run.weights === run.origin
      ? ''
      : `, by way of ${modelNameOf(db, splitWhich(run.weights).name)}`
  const earlier = earlierResultStep(run)
  const stepIndex = checkpoint?.stepIndex ?? run.checkpointStep ?? 0
  const figures =
    // the results are of one step; a run that was resumed still shows those from before
    accuracy === null ||
    (stepIndex !== run.resultStep && (earlier === null || stepIndex !== run.checkpointStep))
      ? []
      : [
          {
            what: `${run.datasetName}, of ${evaluatedCount(accuracy, run.measures)} ${run.evaluatedOn ?? 'test'} images${earlier === null ? '' : ` after ${earlier} steps, before the resume`}`,
            value: `${(accuracy.value * 100).toFixed(1)} %`,
          },
          ...measureLines(run.measures, 1).map(({ label, share, of }) => ({
            what: `${label}, ${of}`,
            value: share,
          })),
        ]
  return known(
    {
      id: `run:${id}`,
      origin: 'run',
      name,
      title,
      spec,
      classCount,
      cropPx: recipe.cropPx,
      byteCount: 4 * count,
      trainedOn: `${title}${through}: ${examples}, ${String(stepIndex)} steps.`,
      figures,
      runId: id,
    },
    classNamesOf(db, run.splitId),
    recipe.loss,
  )
}

/** What is called so wherever its entry is not at hand: a run by its own name as long as it is there. */
export function modelNameOf(db: ZooContext['db'], id: string): string {
  const ofRun = runModelOf(id)
  const runName = ofRun === null ? null : findRunName(db, ofRun.runId)
  return ofRun === null || runName === null ? modelIdWords(id) : `${runName}${checkpointWords(ofRun.which)}`
}

const fileIdentity = (path: string) => ({ id: `path:${path}`, origin: 'file', path }) as const

type Given = 'id' | 'origin' | 'name' | 'spec' | 'classCount' | 'cropPx' | 'byteCount' | 'trainedOn'

/** What follows from the rest is worked out here. */
function known(
  given: Pick<ModelEntry, Given> & Partial<ModelEntry>,
  classNames: readonly string[] | null,
  loss: LossName = 'softmax',
): KnownModel {
  const { spec, classCount, cropPx } = given
  const entry = {
    title: given.name,
    architecture: modelName(spec),
    hasClassNames: classNames !== null,
    parameterCount: parameterCount(spec, classCount ?? 0),
    convGmac: convGmac(spec, cropPx),
    state: 'ready' as const,
    problem: null,
    figures: [],
    path: null,
    runId: null,
    taskId: null,
    downloadedBytes: 0,
    cost: null,
    ...given,
  }
  return { entry, classNames, loss }
}

async function inspected(path: string): Promise<WeightFacts | { readonly problem: WireError }> {
  try {
    return await inspect(path)
  } catch (thrown) {
    if (thrown instanceof WorkbenchError) return { problem: toWireError(thrown) }
    throw thrown
  }
}

function headText(classCount: number | null): string {
  return classCount === null ? 'no head' : `a head of ${classCount} classes`
}
