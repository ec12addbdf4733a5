/** The core, put together: the only wiring. The command line and the server run it in their process, the window forks it. */
import { existsSync, mkdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { endpoints, isEndpointName, type Call, type EndpointName } from '../../contract/endpoints'
import type { DamagedDataset } from '../../contract/entities/dataset'
import type { DamagedRun } from '../../contract/entities/run'
import { usualImageCacheBytes } from '../../contract/entities/settings'
import { WorkbenchError } from '../../contract/errors'
import type { SequencedEvent } from '../../contract/events'
import { createDevices, missingWords } from '../engine/devices'
import { trainerEnvironment } from '../engine/environment'
import { publishedAddress } from '../../domain/model/published'
import { appHandlers } from '../app/app'
import { inOrder } from '../app/in-order'
import type { ServiceContext } from '../app/context'
import { checkpointsHandlers } from '../checkpoints/checkpoints'
import { createColumns } from '../columns/columns'
import { datasetsHandlers } from '../datasets/datasets'
import { createEngineService, engineHandlers } from '../engine/engine'
import { exchangeHandlers } from '../exchange/exchange'
import { exportsHandlers } from '../exports/exports'
import { createFeatureService } from '../features/features'
import { mapHandlers } from '../features/map'
import { labellingHandlers } from '../features/labelling'
import { featureReader } from '../features/feature-reader'
import { watchTraining } from '../features/training-watch'
import { foldersHandlers } from '../app/folders'
import type { Handlers } from '../app/handlers'
import { imageExportsHandlers } from '../image-exports/image-exports'
import { imagesHandlers } from '../datasets/images'
import { labelsHandlers } from '../labels/labels'
import { modelsHandlers } from '../models/models'
import { sweepCheckpoints } from '../store/checkpoints/checkpoint-space'
import { createImages, type Images } from '../datasets/image-view'
import { thumbnailsHandlers } from '../datasets/ready-thumbnails'
import { evaluateHandlers } from '../predict/evaluate-on'
import { createPredictService, type PredictService } from '../predict/predict'
import { preflightHandlers } from '../preflight/preflight'
import { ratingsHandlers } from '../ratings/ratings'
import { predictionsHandlers } from '../runs/predictions'
import { createRunner } from '../training/runner'
import { createSpeedProbe } from '../training/speed-probe'
import { historyHandlers, purgeOutdated } from '../runs/desk'
import { manyRunsHandlers } from '../runs/many-runs'
import { promotionsHandlers } from '../runs/promotions'
import { comparisonHandlers } from '../runs/compared'
import { runsHandlers } from '../runs/runs'
import { slicesHandlers } from '../runs/slices'
import { watchRunEnds } from '../settings/run-notices'
import { createSettings } from '../settings/settings'
import { createTasks, tasksHandlers } from '../tasks/tasks'
import { groupCourse } from '../training/group-course'
import { groupsHandlers } from '../training/groups'
import { createQueue } from '../training/queue'
import { createTraining } from '../training/training'
import { viewsHandlers } from '../views/views'
import { dropLeftOvers } from '../store/home/left-overs'
import { dropDrafts } from '../store/datasets/version-drafts'
import { lookAtCheckpoints } from '../store/checkpoints/checkpoint-look'
import { lockHome } from '../store/home/lock'
import { recordWork } from '../files/temporary'
import { littleRoomNote } from '../store/home/home'
import { openStore } from '../store/home/open'
import { listDamagedDatasets } from '../store/datasets/datasets'
import { listDamagedRuns, markInterrupted, type InterruptedRun } from '../store/runs/runs'
import { openThumbnails } from '../store/datasets/thumbnails'
import {
  openCheckpointBytes,
  startCheckpointThread,
  type CheckpointBytes,
} from '../store/checkpoints/checkpoint-bytes'
import { openFeatures } from '../store/features'
import { systemClock, type Clock } from '../app/clock'
import { createEvents } from '../app/events'
import { checkedInput } from './checked-input'
import { checkDatabase, unchecked } from './database-check'
import { createOpenedBundles } from './opened-bundles'
import { homePaths } from './paths'
import { sweepAfterKills } from './sweep'
import { findResources } from './resources'

export interface CoreOptions {
  readonly homePath: string
  /** The built src/main/trainer/child.ts. */
  readonly trainerPath: string
  /** The built src/main/checker.ts; else checker.cjs beside the trainer. null: the database is not looked through, for what soon ends. */
  readonly checkerPath?: string | null
  /** Else those of this copy of the workbench. */
  readonly resourcesPath?: string
  readonly clock?: Clock
  /** Whether it trains what waits in the queue, one after the other. Not for a command that soon ends. */
  readonly worksQueue?: boolean
  /** Who holds the home, told to the next who asks for it, e.g. "bitw serve". */
  readonly purpose?: string
}

export interface Core {
  readonly call: Call
  /** What the last time left: interrupted runs, work that did not end, damage. Sentences. */
  readonly startNotes: readonly string[]
  /** For names and inputs that come from outside: the name is looked up, the input checked. */
  callRaw(name: string, input: unknown): Promise<unknown>
  /** Events from now on; the answer ends the subscription. */
  subscribe(listener: (event: SequencedEvent) => void): () => void
  /** A thumbnail, upright, as webp or jpeg; or the image in its own pixels. */
  readonly image: Images['image']
  /** Keeps an image that a browser sends, for predict.start. */
  readonly upload: PredictService['upload']
  /** Where this core serves the interface: what gives a link for one use. */
  offerLink(link: () => string): void
  /** Process id of the trainer of that run, or of whichever trains. */
  trainerProcessId(runId?: number): number | null
  /** Ends tasks and trainer (its run becomes 'interrupted'), closes the databases, gives the home free. */
  close(): Promise<void>
}

/** Throws 'home-locked', 'home-read-only', 'home-broken', 'disk-full'. */
export async function openCore(options: CoreOptions): Promise<Core> {
  const clock = options.clock ?? systemClock
  const paths = homePaths(options.homePath)
  const lock = lockHome(paths.homePath, options.purpose ?? 'BiT Workbench')
  const opened: { close(): void }[] = [{ close: () => lock.release() }]
  try {
    const store = openStore(paths.homePath)
    opened.unshift(store)
    const thumbnails = openThumbnails(paths.homePath)
    opened.unshift(thumbnails)
    const featureStore = openFeatures(paths.homePath)
    opened.unshift(featureStore)
    const threadPath = join(dirname(options.trainerPath), 'checkpointer.cjs')
    // a copy of the program that lacks it still works, if less smoothly
    const checkpoints = existsSync(threadPath)
      ? startCheckpointThread(threadPath, paths.homePath)
      : openCheckpointBytes(paths.homePath)
    return compose(options, { clock, paths, store, checkpoints, thumbnails, featureStore, opened })
  } catch (thrown) {
    for (const part of opened) part.close()
    throw thrown
  }
}

interface Parts {
  readonly clock: Clock
  readonly paths: ReturnType<typeof homePaths>
  readonly store: ReturnType<typeof openStore>
  readonly checkpoints: CheckpointBytes
  readonly thumbnails: ReturnType<typeof openThumbnails>
  readonly featureStore: ReturnType<typeof openFeatures>
  readonly opened: readonly { close(): void }[]
}

function compose(options: CoreOptions, parts: Parts): Core {
  const { clock, paths, store, checkpoints, thumbnails, featureStore, opened } = parts
  mkdirSync(paths.logsPath, { recursive: true })
  const littleRoom = littleRoomNote(paths.homePath)
  const unfinished = sweepAfterKills(paths)
  const found = tidyAfterLastTime(store, clock)
  const startNotes = [
    ...(littleRoom === null ? [] : [littleRoom]),
    ...unfinished,
    ...lookAtCheckpoints(paths.homePath, store.db),
    ...found.notes,
  ]
  const environment = trainerEnvironment(process.env)
  const { emit, subscribe } = createEvents()
  const tasks = createTasks(emit, clock, (label) => recordWork(paths.unfinishedPath, label))
  const context: ServiceContext = {
    paths,
    db: store.db,
    checkpoints,
    ordered: inOrder(),
    clock,
    resourcesPath: options.resourcesPath ?? findResources(),
    modelsAddress: process.env['BITW_MODELS_URL'] ?? publishedAddress,
    trainerPath: options.trainerPath,
    trainerEnvironment: environment,
    tasks,
    databaseCheck: () => check.now(),
    startNotes,
    emit,
  }
  const { checkerPath = join(dirname(options.trainerPath), 'checker.cjs') } = options
  const check =
    checkerPath === null
      ? unchecked
      : checkDatabase(checkerPath, paths.databasePath, (found) =>
          emit({ type: 'database-checked', check: found }),
        )
  void sweepCheckpoints(context)
  const settings = createSettings(context, environment)
  watchRunEnds(context, settings, subscribe, found.interruptedIds)
  const devices = createDevices(environment)
  const engine = createEngineService(options.trainerPath, environment, devices.found)
  subscribe(({ event }) => {
    if (event.type === 'settings-changed' && devices.apply()) engine.forget()
  })
  const runner = createRunner(context, engine, devices)
  const probe = createSpeedProbe(context, engine, runner)
  const trainings = createTraining(
    context,
    engine,
    runner,
    probe,
    () => settings.now().imageCacheBytes ?? usualImageCacheBytes,
  )
  const { worksQueue = false } = options
  const queue = createQueue(context, engine, runner, trainings, groupCourse(store.db), {
    works: worksQueue,
    subscribe,
  })
  const predict = createPredictService(context, engine)
  const training = watchTraining(() => runner.active().length > 0, subscribe)
  const features = createFeatureService(context, featureStore, predict, training)
  const columns = createColumns(store.db, {
    folder: paths.columnsPath,
    writes: true,
    features: featureReader(featureStore, features.modelOf),
  })
  const runUsing = (datasetId: number): string | null => {
    return runner.active().find((run) => run.datasetId === datasetId)?.name ?? null
  }
  const labels = labelsHandlers(context, columns)
  const images = createImages(context, thumbnails, predict)
  const bundles = createOpenedBundles(context, thumbnails)
  const image: Images['image'] = (key, size, signal) =>
    'imageId' in key && key.bundleId !== undefined
      ? bundles.image(key.bundleId, key.imageId, size, signal)
      : images.image(key, size, signal)
  const labelling = labellingHandlers(context, {
    store: featureStore,
    modelOf: features.modelOf,
    isTraining: training.isTraining,
  })
  const deviceWords = async () => {
    await devices.found
    return {
      devices: devices.list().map(({ name }) => name),
      devicesMissing: missingWords(devices.missing()),
    }
  }
  let link: (() => string) | null = null
  const handlers: Handlers = {
    ...appHandlers(context, deviceWords, () => link?.() ?? null),
    ...engineHandlers(engine),
    ...foldersHandlers(context),
    ...settings.handlers,
    ...tasksHandlers(tasks),
    ...datasetsHandlers(context, runUsing),
    ...preflightHandlers(context, {
      isTraining: training.isTraining,
      applyLabels: labels['labels.apply'],
      featureStore,
      computeFeatures: features.compute,
    }),
    ...features.handlers,
    ...labelling.handlers,
    ...mapHandlers(context, {
      store: featureStore,
      features,
      training,
      mapperPath: join(dirname(options.trainerPath), 'mapper.cjs'),
    }),
    ...imagesHandlers(context, columns),
    ...thumbnailsHandlers(context, thumbnails),
    ...imageExportsHandlers(context, columns),
    ...labels,
    ...modelsHandlers(context, engine),
    ...trainings.handlers,
    ...queue.handlers,
    ...groupsHandlers(context, engine, runner, queue, devices),
    ...runsHandlers(context),
    ...comparisonHandlers(context, columns),
    ...checkpointsHandlers(context),
    ...historyHandlers(context),
    ...manyRunsHandlers(context),
    ...promotionsHandlers(context, columns, { who: () => userInfo().username }),
    ...predictionsHandlers(context, columns),
    ...ratingsHandlers(context, columns, images.image, labels),
    ...slicesHandlers(context, columns),
    ...exportsHandlers(context),
    ...exchangeHandlers(context, { call: (name, input) => call(name, input), image: images.image }),
    ...bundles.handlers,
    ...predict.handlers,
    ...evaluateHandlers(context, predict),
    ...viewsHandlers(context),
  }

  subscribe(({ event }) => {
    if (event.type === 'run' && event.run.state === 'starting') predict.endIdle()
  })

  queue.goOn()

  let closing: Promise<void> | null = null
  const isClosing = (): WorkbenchError => new WorkbenchError('cancelled', 'The workbench is closing.')
  const call: Call = async (name, input) => {
    if (closing !== null) throw isClosing()
    try {
      return await invoke(handlers, name, input)
    } catch (thrown) {
      // what works in turns finds the database closed
      throw closing === null ? thrown : isClosing()
    }
  }
  return {
    call,
    startNotes,
    callRaw: async (name, input) => {
      if (!isEndpointName(name)) throw new WorkbenchError('bad-input', `There is no call named "${name}".`)
      return call(name, input as never)
    },
    subscribe,
    image,
    upload: predict.upload,
    offerLink: (given) => {
      link = given
    },
    trainerProcessId: (runId) => runner.processId(runId),
    close: () =>
      (closing ??= (async () => {
        await Promise.all([
          columns.close(),
          labelling.close(),
          tasks.close(),
          predict.close(),
          queue.close(),
          runner.close(),
          engine.close(),
          check.close(),
        ])
        await bundles.close()
        await checkpoints.close()
        for (const part of opened) part.close()
      })()),
  }
}

/** Runs a handler between the checks of its contract: nothing wrong comes in, nothing wrong goes out. */
async function invoke<N extends EndpointName>(handlers: Handlers, name: N, input: unknown) {
  const checked = checkedInput(name, input)
  // The table relates name, input and output; TypeScript cannot follow the three through one generic index.
  const handler = handlers[name] as (input: unknown) => Promise<unknown>
  return endpoints[name].output.parse(await handler(checked)) as never
}

function tidyAfterLastTime(
  { db }: Parts['store'],
  clock: Clock,
): { readonly notes: string[]; readonly interruptedIds: number[] } {
  dropLeftOvers(db, null)
  dropDrafts(db)
  purgeOutdated({ db, clock })
  const interrupted = markInterrupted(db, clock())
  const notes = [
    ...interrupted.map(interruptedNote),
    ...listDamagedDatasets(db).map((dataset) => damagedNote('dataset', dataset)),
    ...listDamagedRuns(db).map((run) => damagedNote('run', run)),
  ]
  return { notes, interruptedIds: interrupted.map(({ id }) => id) }
}

function damagedNote(kind: 'dataset' | 'run', { name, reason }: DamagedDataset | DamagedRun): string {
  return `The ${kind} "${name}" is damaged: ${reason}. Other ${kind}s are not affected.`
}

function interruptedNote({ name, checkpointStep }: InterruptedRun): string {
  const what = `The run "${name}" was interrupted: the workbench closed while it was training.`
  return checkpointStep === null
    ? `${what} It had no checkpoint yet. Resume starts it again from step 0, with the same result.`
    : `${what} Its completed steps and its checkpoint of step ${String(checkpointStep)} were kept. Resume continues from there.`
}
