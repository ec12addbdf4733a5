import { z } from 'zod'
import { databaseCheckSchema } from '../events'
import { nothing } from './inputs'

export const appCalls = {
  /** What this core is: shown in Settings and in the status bar. `startNotes` says what the last start found (interrupted runs). */
  'app.info': {
    input: nothing,
    output: z.object({
      version: z.string(),
      homePath: z.string(),
      processId: z.int(),
      startNotes: z.array(z.string()),
      databaseBytes: z.number(),
      /** What trainings run on, one on each. */
      devices: z.array(z.string()),
      /** What was chosen and is not there, a sentence; '': nothing. */
      devicesMissing: z.string(),
      databaseCheck: databaseCheckSchema,
      /** Whether this core can open a file manager on the screen in front of the user (folders.reveal). */
      canReveal: z.boolean(),
    }),
  },
  /** A link to the interface that lets in once, soon; null where this core serves no browser. */
  'app.link': { input: nothing, output: z.object({ url: z.string().nullable() }) },
} as const
