/**
 * Predictions and exports for the command line beside a core that may be at work in the same home: looks at its database, and writes nothing there
 * but, where it may, the name of a file that is not whole yet.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endpoints, type Call } from '../../contract/endpoints'
import { WorkbenchError } from '../../contract/errors'
import { trainerEnvironment } from '../engine/environment'
import { publishedAddress } from '../../domain/model/published'
import type { ServiceContext } from '../app/context'
import { inOrder } from '../app/in-order'
import { createEngineService } from '../engine/engine'
import { datasetsHandlers } from '../datasets/datasets'
import { exportsHandlers } from '../exports/exports'
import type { Handlers } from '../app/handlers'
import { modelsHandlers } from '../models/models'
import { createPredictService } from '../predict/predict'
import { historyHandlers } from '../runs/desk'
import { runsHandlers } from '../runs/runs'
import { createTasks, tasksHandlers } from '../tasks/tasks'
import { openCheckpointBytes } from '../store/checkpoints/checkpoint-bytes'
import { openStoreOrNone } from '../store/home/open'
import { systemClock } from '../app/clock'
import type { Core, CoreOptions } from './compose'
import { predictFolderName } from './sweep'
import { ownerMark } from '../files/owner'
import { sweepNamed } from '../files/temporary'
import { createEvents } from '../app/events'
import { homePaths } from './paths'
import { findResources } from './resources'

export type BesideCore = Pick<Core, 'call' | 'subscribe' | 'close'>

/** Takes predict.…, exports.…, tasks.…, models.list, datasets.list, and what finds a run. Throws 'home-broken' where the database cannot be read, or is of another version. */
export function openBesideCore({
  homePath,
  trainerPath,
}: Pick<CoreOptions, 'homePath' | 'trainerPath'>): BesideCore {
  const store = openStoreOrNone(homePath)
  sweepNamed(tmpdir(), predictFolderName)
  const scratchPath = mkdtempSync(join(tmpdir(), `${predictFolderName}${ownerMark()}-`))
  const { emit, subscribe } = createEvents()
  const tasks = createTasks(emit, systemClock)
  const checkpoints = openCheckpointBytes(homePath, { readOnly: true })
  const context: ServiceContext = {
    paths: { ...homePaths(homePath), scratchPath },
    db: store.db,
    checkpoints,
    ordered: inOrder(),
    clock: systemClock,
    resourcesPath: findResources(),
    modelsAddress: publishedAddress,
    trainerPath,
    trainerEnvironment: trainerEnvironment(process.env),
    tasks,
    databaseCheck: () => ({ state: 'unknown', error: null }),
    startNotes: [],
    emit,
  }
  const engine = createEngineService(trainerPath, context.trainerEnvironment)
  const predict = createPredictService(context, engine)
  const history = historyHandlers(context)
  const handlers: Partial<Handlers> = {
    ...predict.handlers,
    ...exportsHandlers(context),
    ...tasksHandlers(tasks),
    'models.list': modelsHandlers(context, engine)['models.list'],
    'runs.list': runsHandlers(context)['runs.list'],
    'runs.get': runsHandlers(context)['runs.get'],
    'datasets.list': datasetsHandlers(context, () => null)['datasets.list'],
    'history.find': history['history.find'],
    'history.rows': history['history.rows'],
  }
  const call: Call = async (name, input) => {
    // The table relates name, input and output; TypeScript cannot follow the three through one generic index.
    const handler = handlers[name] as ((input: unknown) => Promise<unknown>) | undefined
    if (handler === undefined) {
      throw new WorkbenchError('unsupported', `${name} needs a home folder that can be written to.`)
    }
    return (await handler(endpoints[name].input.parse(input))) as never
  }
  return {
    call,
    subscribe,
    close: async () => {
      await Promise.all([tasks.close(), predict.close()])
      await checkpoints.close()
      store.close()
      rmSync(scratchPath, { recursive: true, force: true })
    },
  }
}
