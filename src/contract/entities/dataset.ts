import { z } from 'zod'
import { packedSchema } from '../packed'

/**
 * How the folders of a dataset are read where they can be read in two ways: the top folders are classes, or parts with the classes in them. unlabelled: they
 * say nothing of classes, the images are to be labelled.
 */
export const folderChoiceSchema = z.enum(['classes', 'parts', 'unlabelled'])
export type FolderChoice = z.infer<typeof folderChoiceSchema>

/** Columns of a table by their names, or by their numbers from 1; absent: as they are recognized. */
export const tableColumnsSchema = z.object({
  path: z.string().min(1).max(500).optional(),
  label: z.string().min(1).max(500).optional(),
  /** train, val or test; null: no column says it. */
  part: z.string().min(1).max(500).nullable().optional(),
})
export type TableColumns = z.infer<typeof tableColumnsSchema>

export const splitParts = ['train', 'val', 'test'] as const
export const splitPartSchema = z.enum(splitParts)
export type SplitPart = z.infer<typeof splitPartSchema>

/** How images are divided when the dataset does not say it. Fractions of each class, in [0, 0.9]; the rest trains. */
export const splitOptionsSchema = z.object({
  valFraction: z.number().min(0).max(0.9),
  testFraction: z.number().min(0).max(0.9),
  seed: z.int().min(0).max(0xffffffff),
})
export type SplitOptions = z.infer<typeof splitOptionsSchema>
export const defaultSplitOptions: SplitOptions = { valFraction: 0.1, testFraction: 0.2, seed: 0 }

/**
 * What a new split keeps in one part beside copies of the same bytes. alike: what the last check found to be the same image or like it. folder: the images of
 * a folder. column: those with the same value in a column of the dataset's table, such as a patient.
 */
export const splitTogetherSchema = z.union([
  z.enum(['copies', 'alike', 'folder']),
  z.object({ column: z.string().trim().min(1) }),
])
export type SplitTogether = z.infer<typeof splitTogetherSchema>

const partCountsSchema = z.object({ train: z.int(), val: z.int(), test: z.int() })

/** A split never changes once it exists: runs refer to it. A new choice makes a new split. */
const splitSchema = z.object({
  id: z.int(),
  /** `folders`: the dataset itself, by train/val/test folders or a column of its list (a missing val or test part is then seeded: `mixed`). */
  origin: z.enum(['folders', 'mixed', 'seeded']),
  /** The held-out parts that the dataset itself gave; the options drew the others. */
  own: z.array(z.enum(['val', 'test'])),
  options: splitOptionsSchema,
  /** Eight hex digits over (content hash, part) of all images. */
  hash: z.string(),
  counts: partCountsSchema,
})
export type Split = z.infer<typeof splitSchema>

/** A line of a list of parts that fits no image; `reason`: half a sentence. */
const splitLineFaultSchema = z.object({ line: z.int(), text: z.string(), reason: z.string() })
export type SplitLineFault = z.infer<typeof splitLineFaultSchema>

/** What came of a list of parts. */
export const givenSplitSchema = z.object({
  /** Images that the list names, those of them that are in another part now, and those that it does not name: they keep theirs. */
  namedCount: z.int(),
  movedCount: z.int(),
  unnamedCount: z.int(),
  faultCount: z.int(),
  /** The first of them. */
  faults: z.array(splitLineFaultSchema),
})
export type GivenSplit = z.infer<typeof givenSplitSchema>

const datasetClassSchema = z.object({
  index: z.int(),
  name: z.string(),
  counts: partCountsSchema,
})
export type DatasetClass = z.infer<typeof datasetClassSchema>

export const datasetSchema = z.object({
  id: z.int(),
  name: z.string(),
  /** Absolute: of the folder, or of the list that names the images. Nothing is ever written there. */
  rootPath: z.string(),
  createdAtMs: z.number(),
  imageCount: z.int(),
  classCount: z.int(),
  /** Files and folders that were left out, and notes. */
  problemCount: z.int(),
  /** Of these, the notes: what was used, or left out as it should be, and is worth knowing. */
  noteCount: z.int(),
  medianWidthPx: z.int(),
  medianHeightPx: z.int(),
  byteCount: z.number(),
  /** Images whose EXIF orientation turns them; shown upright everywhere. */
  rotatedCount: z.int(),
  split: splitSchema,
  /** Images of the split that have the same bytes as one under another class, and as one in another part. */
  sameBytes: z.object({ classes: z.int(), parts: z.int() }),
  /** Of the list of images that it has now, counted from 1. */
  versionNumber: z.int(),
  versionCount: z.int(),
  /** Without those in the trash. */
  runCount: z.int(),
  /** Those in the trash: they go with their dataset, too. */
  trashedRunCount: z.int(),
  /** Its source gave no classes: they come by labelling. */
  isUnlabelled: z.boolean(),
})
export type Dataset = z.infer<typeof datasetSchema>

/** A dataset whose row is damaged: what can still be said of it. */
export const damagedDatasetSchema = z.object({
  id: z.int(),
  name: z.string(),
  /** What cannot be read, half a sentence. */
  reason: z.string(),
})
export type DamagedDataset = z.infer<typeof damagedDatasetSchema>

export const datasetDetailSchema = datasetSchema.extend({
  classes: z.array(datasetClassSchema),
  /** How its source is read, as the user chose; absent: as it is recognized. */
  folders: folderChoiceSchema.optional(),
  columns: tableColumnsSchema.optional(),
})
export type DatasetDetail = z.infer<typeof datasetDetailSchema>

/**
 * moved: the same content under another key. relabelled: the same file, but its source gives it another class or part, or other boxes. changed: another content under the
 * same key.
 */
export const differenceKinds = ['new', 'gone', 'changed', 'moved', 'relabelled'] as const
export const differenceKindSchema = z.enum(differenceKinds)
export type DifferenceKind = z.infer<typeof differenceKindSchema>

export const differenceCountsSchema = z.record(differenceKindSchema, z.int())
export type DifferenceCounts = z.infer<typeof differenceCountsSchema>

/** A version is a list of (key, content hash, class, part) that never changes; a run names the one that it used. */
export const datasetVersionSchema = z.object({
  id: z.int(),
  /** Within its dataset, from 1. */
  number: z.int(),
  createdAtMs: z.number(),
  imageCount: z.int(),
  splitHash: z.string(),
  runCount: z.int(),
  isCurrent: z.boolean(),
  madeBy: z.enum(['import', 'split', 'take-in', 'labels']),
  /** Of one that took in changes of the source, or corrected labels (excluded images are gone, restored ones new), against the version that was current then; else null. */
  changes: differenceCountsSchema.nullable(),
})
export type DatasetVersion = z.infer<typeof datasetVersionSchema>

/** What is different in the source since the dataset's version was made. */
export const datasetCheckSchema = z.object({
  datasetId: z.int(),
  /** That it was held to. */
  versionNumber: z.int(),
  checkedAtMs: z.number(),
  /** Images that are as they were. */
  sameCount: z.int(),
  counts: differenceCountsSchema,
})
export type DatasetCheck = z.infer<typeof datasetCheckSchema>

export const differenceSchema = z.object({
  kind: differenceKindSchema,
  /** Where it is now; of one that is gone, where it was. */
  key: z.string(),
  /** Where it was; null of a new one. */
  wasKey: z.string().nullable(),
  /** null of one that is gone. */
  className: z.string().nullable(),
  /** null of a new one. */
  wasClassName: z.string().nullable(),
  /** Its row in the version before; null of a new one. */
  imageId: z.int().nullable(),
  /** Why it counts as gone though its file is there, a sentence; else ''. */
  note: z.string(),
})
export type ImageDifference = z.infer<typeof differenceSchema>

/** `error`: the file or folder was left out. `note`: it was used, and this is worth knowing. */
export const problemSchema = z.object({
  path: z.string(),
  severity: z.enum(['error', 'note']),
  code: z.enum([
    'corrupt',
    'truncated',
    'empty-file',
    'too-large',
    'unreadable',
    'unsupported-format',
    'hidden',
    'duplicate-class-name',
    'empty-class',
    'outside-class-folder',
    'layout',
    'symlink-outside',
    'bad-entry',
    'changed-since-import',
    'class-missing-from-split',
  ]),
  message: z.string(),
})
export type Problem = z.infer<typeof problemSchema>

export const imageBoxSchema = z.object({
  className: z.string(),
  /** In pixels of the image as shown, from its top left corner. */
  xPx: z.number(),
  yPx: z.number(),
  widthPx: z.number(),
  heightPx: z.number(),
  /** Around many that cannot be told apart, as COCO has it. */
  isCrowd: z.boolean(),
})
export type ImageBox = z.infer<typeof imageBoxSchema>

export const imageSchema = z.object({
  id: z.int(),
  datasetId: z.int(),
  /** The source's name for it; of a file, its path below the source's folder, with `/`. */
  path: z.string(),
  classIndex: z.int(),
  className: z.string(),
  part: splitPartSchema,
  /** As shown, after EXIF rotation. */
  widthPx: z.int(),
  heightPx: z.int(),
  byteCount: z.number(),
  /** xxh3-128 or sha-256 of the file's bytes, lower-case hex. */
  contentHash: z.string(),
  /** jpeg, png, webp, avif, gif, tiff, bmp */
  format: z.string(),
  /** srgb, cmyk, b-w, rgb16, grey16 … as the decoder names it. */
  colourSpace: z.string(),
  bitsPerSample: z.int(),
  hasAlpha: z.boolean(),
  /** EXIF orientation 1…8; 1 is upright. */
  orientation: z.int(),
  /** In the order of the source; none where it has no boxes. */
  boxes: z.array(imageBoxSchema),
})
export type Image = z.infer<typeof imageSchema>

/** The most characters that the text of a query may have. */
export const queryTextSchema = z.string().max(4000)

/** An image that a query found. */
export const foundImageSchema = z.object({
  id: z.int(),
  path: z.string(),
  className: z.string(),
  part: splitPartSchema,
  widthPx: z.int(),
  heightPx: z.int(),
  byteCount: z.number(),
})
export type FoundImage = z.infer<typeof foundImageSchema>

/** All that a query found, as columns, and how many it would find of each class, part and tag if it said nothing of classes, parts or tags. */
export const imagesFoundSchema = z.object({
  /** uint32 */
  ids: packedSchema,
  /** float32: width ÷ height of each, after rotation. */
  aspects: packedSchema,
  classCounts: z.array(z.int()),
  partCounts: partCountsSchema,
  /** Of the tags by name, at most 200: those of the most images. */
  tagCounts: z.array(z.object({ tag: z.string(), count: z.int() })),
  /** Another where it finds others, or in another order: see imageChoiceSchema. */
  stamp: z.string(),
})

export const imageFilterSchema = z.object({
  /** Of that version; without it of the current one. */
  versionId: z.int().optional(),
  classIndex: z.int().optional(),
  part: splitPartSchema.optional(),
  /** Part of the path, case-insensitive. */
  text: z.string().max(500).optional(),
  /** Only images turned by EXIF. */
  rotated: z.boolean().optional(),
  /** Only images that have the same bytes as one under another class, or in another part; those of the same bytes come together. */
  sameIn: z.enum(['classes', 'parts']).optional(),
})
export type ImageFilter = z.infer<typeof imageFilterSchema>

/** Column by column, so that a million images are two flat arrays. */
export const imageLayoutSchema = z.object({
  ids: z.array(z.int()),
  /** width ÷ height of each, after rotation. */
  aspects: z.array(z.number()),
})
export type ImageLayout = z.infer<typeof imageLayoutSchema>
