import { z } from 'zod'
import { wireErrorSchema } from '../errors'
import { problemSchema } from './dataset'

/** How the columns of a table are, or would be, read. */
const previewColumnsSchema = z.object({
  /** Of all columns; without a header their numbers from 1. */
  names: z.array(z.string()),
  /** null where they do not show it. */
  path: z.string().nullable(),
  label: z.string().nullable(),
  /** null: none says train, val or test. */
  part: z.string().nullable(),
  /** The first rows below the header, as they are written. */
  rows: z.array(z.array(z.string())),
})

const leftOutSchema = z.object({
  severity: problemSchema.shape.severity,
  count: z.int(),
  /** One of them; path '' where it is none of one file. */
  example: z.object({ path: z.string(), message: z.string() }),
})

/** What an import would make of a path, by names and descriptions alone: the contents of the images are looked at when they are imported. */
export const importPreviewSchema = z.object({
  /** That of a source: folder, zip, table … */
  kind: z.string(),
  /** "Folder of images". */
  kindText: z.string(),
  /** That the dataset would get. */
  name: z.string(),
  imageCount: z.int(),
  classCount: z.int(),
  /** The first of them, in the order that the dataset would have. */
  classes: z.array(z.object({ name: z.string(), imageCount: z.int() })),
  /** As the source gives them; `none`: it says nothing. */
  parts: z.object({ train: z.int(), val: z.int(), test: z.int(), none: z.int() }),
  /** null but for a table. */
  columns: previewColumnsSchema.nullable(),
  /** What would be left out or noted, each kind with its count; errors first. */
  leftOut: z.array(leftOutSchema),
  /** Small images of different classes. */
  examples: z.array(z.object({ className: z.string(), key: z.string(), dataUrl: z.string() })),
  /** Why it could not be imported as it is; null where it can. */
  fault: wireErrorSchema.nullable(),
  /** It has more files than were asked for: nothing was counted. */
  isTooLarge: z.boolean(),
  /** It says nothing of classes: the images are to be labelled. */
  isUnlabelled: z.boolean(),
})
export type ImportPreview = z.infer<typeof importPreviewSchema>
