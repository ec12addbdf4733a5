import { z } from 'zod'
import { nothing, absolutePath, placeSchema } from './inputs'

export const foldersCalls = {
  /**
   * Folders of a folder, for the path field; '' is the user's own. Hidden ones left out. `files`: the files too whose names end so ('npz', 'images' for
   * every format that the import reads, or 'datasets' for every file that can be imported), at most 5,000, and `filesLeftOut` how many more there are.
   */
  'folders.list': {
    input: z.object({
      path: z.string().max(4096),
      files: z
        .union([z.enum(['images', 'datasets']), z.array(z.string().regex(/^[a-z\d]{1,20}$/)).max(20)])
        .optional(),
    }),
    output: z.object({
      path: z.string(),
      parent: z.string().nullable(),
      /** The user's own folder. */
      ownPath: z.string(),
      folders: z.array(z.string()),
      files: z.array(z.string()),
      filesLeftOut: z.int(),
      imageCount: z.int(),
    }),
  },
  /** Makes an empty folder. Throws 'bad-input' for a name that is none, 'name-taken', 'path-not-found', 'not-allowed'. */
  'folders.make': {
    input: z.object({ parent: absolutePath, name: z.string().min(1).max(255) }),
    output: z.object({ path: z.string() }),
  },
  /** Where it lies; for a run, the database that holds it. Throws 'not-found'. */
  'folders.locate': { input: placeSchema, output: z.object({ path: z.string() }) },
  /** Shows it in the file manager of the machine that the core runs on. Throws 'unsupported' where app.info says that it cannot, 'path-not-found'. */
  'folders.reveal': { input: placeSchema, output: nothing },
} as const
