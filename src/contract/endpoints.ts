/** Every call that a client can make: one table gives IPC, HTTP, WebSocket and CLI their calls; calls/ has a file a domain. */
import type { z } from 'zod'
import { appCalls } from './calls/app'
import { engineCalls } from './calls/engine'
import { foldersCalls } from './calls/folders'
import { settingsCalls } from './calls/settings'
import { tasksCalls } from './calls/tasks'
import { datasetsCalls } from './calls/datasets'
import { preflightCalls } from './calls/preflight'
import { featuresCalls } from './calls/features'
import { imagesCalls } from './calls/images'
import { labelsCalls } from './calls/labels'
import { mapCalls } from './calls/map'
import { labellingCalls } from './calls/labelling'
import { imageExportsCalls } from './calls/image-exports'
import { viewsCalls } from './calls/views'
import { modelsCalls } from './calls/models'
import { trainingCalls } from './calls/training'
import { groupsCalls } from './calls/groups'
import { queueCalls } from './calls/queue'
import { checkpointsCalls } from './calls/checkpoints'
import { runsCalls } from './calls/runs'
import { historyCalls } from './calls/history'
import { manyRunsCalls } from './calls/many-runs'
import { promotionsCalls } from './calls/promotions'
import { exportsCalls } from './calls/exports'
import { exchangeCalls } from './calls/exchange'
import { predictionsCalls } from './calls/predictions'
import { evaluateCalls } from './calls/evaluate'
import { slicesCalls } from './calls/slices'
import { ratingsCalls } from './calls/ratings'
import { predictCalls } from './calls/predict'
import { thumbnailsCalls } from './calls/thumbnails'

export type { Place } from './calls/inputs'

export const endpoints = {
  ...appCalls,
  ...engineCalls,
  ...foldersCalls,
  ...settingsCalls,
  ...tasksCalls,
  ...datasetsCalls,
  ...preflightCalls,
  ...featuresCalls,
  ...imagesCalls,
  ...labelsCalls,
  ...mapCalls,
  ...labellingCalls,
  ...imageExportsCalls,
  ...viewsCalls,
  ...modelsCalls,
  ...trainingCalls,
  ...queueCalls,
  ...groupsCalls,
  ...runsCalls,
  ...checkpointsCalls,
  ...historyCalls,
  ...promotionsCalls,
  ...manyRunsCalls,
  ...exportsCalls,
  ...exchangeCalls,
  ...predictionsCalls,
  ...evaluateCalls,
  ...slicesCalls,
  ...ratingsCalls,
  ...predictCalls,
  ...thumbnailsCalls,
} as const

export type EndpointName = keyof typeof endpoints
export type Input<N extends EndpointName> = z.input<(typeof endpoints)[N]['input']>
export type Output<N extends EndpointName> = z.output<(typeof endpoints)[N]['output']>

export function isEndpointName(name: string): name is EndpointName {
  return Object.hasOwn(endpoints, name)
}

/** A client's side of the calls: transports and the core itself have this shape. */
export type Call = <N extends EndpointName>(name: N, input: Input<N>) => Promise<Output<N>>
