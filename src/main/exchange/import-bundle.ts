/** Takes a bundle in: a run with all that it measured, on a dataset that is here, or on one whose images are not. */
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Run } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { inTurns } from '../../domain/in-turns'
import { datasetName, shownName } from '../../domain/names'
import { parameterShapes } from '../../domain/model/spec'
import type { ServiceContext } from '../app/context'
import type { SourceAddress } from '../sources/source'
import { openSource } from '../sources/sources'
import { runsBegunAt, splitFacts, splitOfVersion } from '../store/runs/bundled-runs'
import { insertBundledRun } from '../store/runs/bundled-run-insert'
import { listDatasets } from '../store/datasets/datasets'
import { listEvaluations, listSteps } from '../store/runs/metrics'
import { makingDataset } from '../store/datasets/new-dataset'
import { restoreRuns, trashedRuns } from '../store/runs/run-marks'
import { getRun } from '../store/runs/runs'
import type { TaskWork } from '../tasks/tasks'
import { readWeights } from '../weights/read'
import { withBundle, type BundleFile } from './bundle-file'
import { runKey } from './bundle-format'
import { keepCheckpoint } from './keep-checkpoint'
import { readBundle, type BundleContent } from './read-bundle'

export interface TakenRun {
  readonly runId: number
  readonly isNew: boolean
  /** Whether it was here already, in the trash: it is out of it again. */
  readonly wasTrashed: boolean
  /** Whether its dataset was made, without its images. */
  readonly madeDataset: boolean
}

export interface TakeOptions {
  /** Without its weights, which are then not read. */
  readonly toLookAt?: boolean
  /** Where the images of a version lie, by its hash; null: nobody knows. */
  readonly imagesOf?: (versionSha256: string) => SourceAddress | null
}

/** Reads all of it before anything is kept. Throws 'bad-input' naming the file, 'path-not-found', 'path-not-readable', 'disk-full', 'cancelled'. */
export async function importBundle(
  context: ServiceContext,
  path: string,
  task: TaskWork,
  { toLookAt = false, imagesOf = () => null }: TakeOptions = {},
): Promise<TakenRun> {
  const scratch = join(context.paths.scratchPath, `bundle-${randomUUID()}`)
  try {
    return await withBundle(path, async (bundle) => {
      task.progress({ phase: 'Reading the file', done: 0, total: null })
      const content = await readBundle(bundle, toLookAt ? null : scratch, () => task.signal.throwIfAborted())
      const { run, dataset, steps, evaluations } = content
      const key = runKey(run, dataset.versionSha256, steps, evaluations)
      const known = findSame(context, content, key)
      const taken =
        known === null
          ? await take(context, bundle, content, { key, imagesOf }, task)
          : { ...known, isNew: false, wasTrashed: takeOutOfTrash(context, known.runId) }
      await addWeights(context, content, taken.runId)
      return taken
    })
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Imported before, or trained here and saved. */
function findSame(
  { db }: ServiceContext,
  { run }: BundleContent,
  key: string,
): Omit<TakenRun, 'isNew' | 'wasTrashed'> | null {
  for (const runId of runsBegunAt(db, run.createdAtMs)) {
    const here = getRun(db, runId)
    const facts = splitFacts(db, here.splitId)
    if (facts === null) continue
    if (runKey(here, facts.sha256, listSteps(db, runId), listEvaluations(db, runId)) === key)
      return { runId, madeDataset: false }
  }
  return null
}

/** Whether it was in it. */
function takeOutOfTrash({ db }: ServiceContext, runId: number): boolean {
  if (!trashedRuns(db).includes(runId)) return false
  restoreRuns(db, [runId])
  return true
}

async function take(
  context: ServiceContext,
  bundle: BundleFile,
  content: BundleContent,
  { key, imagesOf }: { readonly key: string } & Required<Pick<TakeOptions, 'imagesOf'>>,
  task: TaskWork,
): Promise<TakenRun> {
  const { db, clock } = context
  const { versionSha256 } = content.dataset
  task.progress({ phase: 'Keeping the run', done: 0, total: null })
  const known = splitOfVersion(db, versionSha256)
  if (known === null) {
    const source = imagesOf(versionSha256)
    if (source === null) refuseEscapes(bundle, content)
    await makeDataset(context, content, source)
  }
  const place = known ?? splitOfVersion(db, versionSha256)
  if (place === null) throw bundle.refuse('its images are not those of its dataset')
  const name = shownName(content.run.name, 'imported run').slice(0, 200)
  try {
    const runId = insertBundledRun(db, {
      ...content,
      ...place,
      run: { ...content.run, name },
      key,
      nowMs: clock(),
    })
    return { runId, isNew: true, wasTrashed: false, madeDataset: known === null }
  } catch (thrown) {
    throw isContradiction(thrown) ? bundle.refuse('what it says of the run contradicts itself') : thrown
  }
}

/** `found`: where its images are; null: the folder that it then names is none, and "Locate" takes it to where they are. */
async function makeDataset(
  context: ServiceContext,
  { dataset, images }: BundleContent,
  found: SourceAddress | null,
): Promise<void> {
  const { db, clock, paths, emit } = context
  const wanted = datasetName(dataset.name)
  const names = new Set(listDatasets(db).map(({ name }) => name))
  let name = wanted
  for (let place = 2; names.has(name); place++) name = `${wanted.slice(0, 190)} (${place})`
  const path = join(paths.homePath, 'imported', dataset.versionSha256.slice(0, 16))
  const { origin, options } = dataset.split
  // links out of the folder are opened only where they led when the dataset here was imported
  const targets = new Map(found?.links)
  const scan = {
    source: found ?? { kind: kindOf(dataset.sourceKind, path), path },
    classNames: dataset.classNames,
    images: images.map(({ path: key, part, ...image }) => ({
      ...image,
      key,
      linkTarget: targets.get(key) ?? null,
      folderPart: origin === 'folders' ? part : null,
    })),
    problems: [],
    split: { origin, parts: images.map(({ part }) => part) },
  }
  await inTurns(makingDataset(db, { name, createdAtMs: clock(), scan, splitOptions: options }), nextTurn)
  emit({ type: 'datasets-changed' })
}

/** No file may make this workbench look for images where nobody pointed it. Datasets that are here stay as they are, wherever they look. */
function refuseEscapes(bundle: BundleFile, { images }: BundleContent): void {
  const escapes = ({ path }: { readonly path: string }): boolean =>
    /^[/\\]|^[a-z]:|\0/i.test(path) || path.split(/[/\\]/).includes('..')
  const found = images.find(escapes)
  if (found !== undefined)
    throw bundle.refuse(
      `the path ${found.path} leads out of its dataset, which has to be imported here first`,
    )
}

function kindOf(kind: string, path: string): string {
  try {
    openSource({ kind, path })
    return kind
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && thrown.code === 'unsupported') return 'folder'
    throw thrown
  }
}

/** Also of a run that was kept without them: the last import was broken off. */
async function addWeights(
  context: ServiceContext,
  { weightsPath, weightsStep, run }: BundleContent,
  runId: number,
): Promise<void> {
  const here: Run = getRun(context.db, runId)
  if (weightsPath === null || weightsStep === null || here.checkpointStep !== null) return
  const tensors = await readWeights(weightsPath)
  const ordered = parameterShapes(run.spec, run.classCount).flatMap(({ name }) => {
    const tensor = tensors.get(name)
    return tensor === undefined ? [] : [{ name, ...tensor }]
  })
  await keepCheckpoint(
    context,
    { runId, stepIndex: weightsStep, createdAtMs: run.endedAtMs ?? run.createdAtMs },
    ordered,
  )
}

function isContradiction(thrown: unknown): boolean {
  for (let one = thrown; one instanceof Error; one = one.cause)
    if (String((one as { code?: unknown }).code ?? '').startsWith('SQLITE_CONSTRAINT')) return true
  return false
}
