import { engineReportSchema } from '../entities/model'
import { nothing } from './inputs'

export const engineCalls = {
  /** Starts a trainer once to ask; remembered until the core ends. */
  'engine.report': { input: nothing, output: engineReportSchema },
} as const
