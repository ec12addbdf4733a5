/** The calls that only look, over a database that another core may be writing. No lock, no trainer, no events. */
import type { EndpointName, Input, Output } from '../../contract/endpoints'
import { publishedAddress } from '../../domain/model/published'
import type { ServiceContext } from '../app/context'
import { inOrder } from '../app/in-order'
import { checkpointsReading } from '../checkpoints/checkpoints'
import { createColumns } from '../columns/columns'
import { datasetsHandlers } from '../datasets/datasets'
import { imagesHandlers } from '../datasets/images'
import { createFeatureModels } from '../features/feature-model'
import { featureReader } from '../features/feature-reader'
import type { Handlers } from '../app/handlers'
import { labelsHandlers } from '../labels/labels'
import { modelsHandlers } from '../models/models'
import { predictionsHandlers } from '../runs/predictions'
import { ratingsReading } from '../ratings/ratings'
import { historyHandlers } from '../runs/desk'
import { manyRunsHandlers } from '../runs/many-runs'
import { promotionsHandlers } from '../runs/promotions'
import { comparisonHandlers } from '../runs/compared'
import { runsHandlers } from '../runs/runs'
import { slicesHandlers } from '../runs/slices'
import { createTasks } from '../tasks/tasks'
import { lookAtBundleHandler } from '../exchange/look-at-bundle'
import { otherRunsReading } from '../exchange/other/others'
import { openCheckpointBytes } from '../store/checkpoints/checkpoint-bytes'
import { openFeatures } from '../store/features'
import { openStoreOrNone } from '../store/home/open'
import { systemClock } from '../app/clock'
import { checkedInput } from './checked-input'
import { homePaths } from './paths'
import { findResources } from './resources'

/** What can be asked without writing. */
export const readNames = [
  'datasets.list',
  'datasets.damaged',
  'datasets.get',
  'datasets.preview',
  'datasets.problems',
  'datasets.splitList',
  'datasets.versions',
  'labels.history',
  'labels.list',
  'labels.patch',
  'labels.summary',
  'labels.ofImages',
  'models.list',
  'models.get',
  'checkpoints.beyond',
  'checkpoints.list',
  'checkpoints.space',
  'checkpoints.verify',
  'exchange.lookAt',
  'exchange.other',
  'exchange.otherCurve',
  'history.find',
  'history.rows',
  'history.space',
  'promotions.list',
  'many.compare',
  'many.images',
  'many.lineage',
  'promotions.check',
  'runs.list',
  'runs.damaged',
  'runs.get',
  'runs.classNames',
  'runs.steps',
  'runs.curves',
  'runs.evaluations',
  'runs.log',
  'runs.checkpoints',
  'runs.predictionSets',
  'runs.setPredictions',
  'runs.withoutTwins',
  'runs.space',
  'runs.compare',
  'runs.compared',
  'runs.compareSlices',
  'images.sample',
  'images.layout',
  'images.query',
  'predictions.list',
  'ratings.list',
  'ratings.outcome',
  'ratings.verdicts',
  'predictions.query',
  'predictions.confusion',
  'predictions.sets',
  'predictions.find',
  'predictions.counts',
  'predictions.history',
  'predictions.calibration',
  'predictions.ofImages',
  'predictions.classes',
  'slices.list',
] as const satisfies readonly EndpointName[]
export type ReadName = (typeof readNames)[number]

/** A core's own `call` can stand in its place. */
export type ReadCall = <N extends ReadName>(name: N, input: Input<N>) => Promise<Output<N>>

export interface ReadOnlyCore {
  readonly call: ReadCall
  close(): void
}

/** Of a home where nothing was ever kept: looking does not make it. Throws 'home-broken' where the database cannot be read, or is of another version. */
export function openReadOnlyCore(homePath: string): ReadOnlyCore {
  const store = openStoreOrNone(homePath)
  const checkpoints = openCheckpointBytes(homePath, { readOnly: true })
  const context: ServiceContext = {
    paths: homePaths(homePath),
    db: store.db,
    checkpoints,
    ordered: inOrder(),
    clock: systemClock,
    resourcesPath: findResources(),
    modelsAddress: publishedAddress,
    trainerPath: '',
    trainerEnvironment: {},
    tasks: createTasks(() => undefined, systemClock),
    databaseCheck: () => ({ state: 'unknown', error: null }),
    startNotes: [],
    emit: () => undefined,
  }
  const featureStore = openFeatures(homePath, { readOnly: true })
  const columns = createColumns(store.db, {
    folder: context.paths.columnsPath,
    writes: false,
    features: featureReader(featureStore, createFeatureModels(context)),
  })
  const handlers: Pick<Handlers, ReadName> = {
    ...datasetsHandlers(context, () => null),
    ...labelsHandlers(context, columns),
    ...modelsHandlers(context, { known: () => null }),
    ...runsHandlers(context),
    ...comparisonHandlers(context, columns),
    ...checkpointsReading(context),
    ...lookAtBundleHandler(context),
    ...otherRunsReading(context),
    ...historyHandlers(context),
    ...manyRunsHandlers(context),
    ...promotionsHandlers(context, columns, { who: () => '' }),
    ...imagesHandlers(context, columns),
    ...predictionsHandlers(context, columns),
    ...ratingsReading(context),
    ...slicesHandlers(context, columns),
  }
  return {
    call: async (name, input) => {
      // The table relates name, input and output; TypeScript cannot follow the three through one generic index.
      const handler = handlers[name] as (input: unknown) => Promise<unknown>
      return (await handler(checkedInput(name, input))) as never
    },
    close: () => {
      featureStore.close()
      void checkpoints.close()
      store.close()
    },
  }
}
