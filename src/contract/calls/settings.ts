import { z } from 'zod'
import { settingsSchema } from '../entities/settings'
import { nothing } from './inputs'

export const settingsCalls = {
  'settings.get': { input: nothing, output: settingsSchema },
  /** All of them. What is about training holds from the next one on. Throws 'home-read-only', 'disk-full'. */
  'settings.set': { input: settingsSchema, output: settingsSchema },
  /** Tells as for a run that is done, to try it; `problems`: what went wrong, a sentence each. */
  'settings.tryNotices': { input: nothing, output: z.object({ problems: z.array(z.string()) }) },
} as const
