import { z } from 'zod'
import { splitPartSchema } from './dataset'

/** What a check of a dataset can find, the gravest first. */
const findingKinds = [
  /** The same image in two parts. */
  'leak',
  /** The same image under two classes. */
  'conflicting-labels',
  /** By what the images look like; looked for where it is asked. */
  'wrong-label',
  'same-bytes',
  'same-image',
  /** Alike, maybe the next shot of the same thing; for the eye to decide. */
  'similar',
  'class-missing',
  'imbalance',
  'blank',
  'dark',
  'bright',
  'blurred',
  'odd-colours',
  'extreme-shape',
  'extreme-size',
] as const
export const findingKindSchema = z.enum(findingKinds)
export type FindingKind = z.infer<typeof findingKindSchema>

/** `groups`: its images come in groups that show the same. `classes`: it is about classes, named in `classes`. */
const findingSubjectSchema = z.enum(['groups', 'images', 'classes'])

const ignoredSchema = z.object({ groupCount: z.int(), reason: z.string(), atMs: z.number() })

export const findingSchema = z.object({
  kind: findingKindSchema,
  subject: findingSubjectSchema,
  /** What is found and not ignored: groups, of `images` images, of `classes` classes. */
  groupCount: z.int(),
  imageCount: z.int(),
  /** What it is called, e.g. "Leaks between the parts". */
  title: z.string(),
  /** What was found, with its figures. */
  sentence: z.string(),
  /** Why it matters and what can be done. */
  advice: z.string(),
  /** The first groups, a few images each. */
  samples: z.array(z.array(z.int())),
  classes: z.array(z.object({ classIndex: z.int(), name: z.string(), note: z.string() })),
  /** What of it is ignored; the reason given last. null: nothing. */
  ignored: ignoredSchema.nullable(),
})
export type Finding = z.infer<typeof findingSchema>

export const preflightSchema = z.object({
  datasetId: z.int(),
  /** null: it was never checked. */
  check: z
    .object({
      checkedAtMs: z.number(),
      /** Else images came in since. */
      isCurrent: z.boolean(),
      /** When wrong labels were looked for; null: never. */
      labelsCheckedAtMs: z.number().nullable(),
      /** Images that could not be read. */
      unreadCount: z.int(),
    })
    .nullable(),
  imageCount: z.int(),
  /** Corrections of labels that the findings have already and the current version of the dataset not yet, see 'labels.takeIn'. */
  pendingCount: z.int(),
  /** Held-out images that the train part has a twin of, leaks that are ignored left out. */
  twins: z.object({ val: z.int(), test: z.int() }),
  findings: z.array(findingSchema),
})
export type Preflight = z.infer<typeof preflightSchema>

const foundImageSchema = z.object({
  id: z.int(),
  path: z.string(),
  classIndex: z.int(),
  className: z.string(),
  part: splitPartSchema,
  /** width ÷ height, as shown. */
  aspect: z.number(),
})
export type FoundImage = z.infer<typeof foundImageSchema>

export const foundGroupSchema = z.object({
  images: z.array(foundImageSchema),
  /** What was measured, e.g. "brightness 4 %"; '' where the images say it themselves. */
  note: z.string(),
  /** The class that its images look like; null where nothing says so. */
  suggestion: z.string().nullable(),
  /** Why it is ignored; null: it is not. */
  ignoredReason: z.string().nullable(),
})
export type FoundGroup = z.infer<typeof foundGroupSchema>

/** From which likeness on two images count as the same one. */
export const thresholdsSchema = z.object({
  usual: z.number(),
  current: z.number(),
  /** Ascending; none where the last check kept no pairs. `contentCount`: different files in the groups. */
  steps: z.array(z.object({ likeness: z.number(), groupCount: z.int(), contentCount: z.int() })),
})
export type Thresholds = z.infer<typeof thresholdsSchema>

/** What the last check of its dataset says of one image. */
export const imageCheckSchema = z.object({
  datasetId: z.int(),
  /** null: the dataset was never checked. */
  checkedAtMs: z.number().nullable(),
  /** null: nobody looked for wrong labels. */
  labelsCheckedAtMs: z.number().nullable(),
  /** What a probe made of it that had not seen it, from 0 to 1; null where that was not kept, or the image has another label since. */
  outOfFold: z
    .object({
      label: z.string(),
      labelProbability: z.number(),
      predicted: z.string(),
      predictedProbability: z.number(),
      /** Its label is among the likely wrong ones. */
      isDoubted: z.boolean(),
    })
    .nullable(),
  /** Others that show the same, or nearly, the closest kind first; the first few of `copyIds`. */
  copies: z.array(foundImageSchema.extend({ kind: z.enum(['same-bytes', 'same-image', 'similar']) })),
  copyIds: z.array(z.int()),
})
export type ImageCheck = z.infer<typeof imageCheckSchema>
