/** Two runs on the images that both evaluated. */
import { z } from 'zod'
import { queryTextSchema, splitPartSchema } from './dataset'
import { accuracySchema, predictionSchema } from './run'

/** fixed: the first is wrong, the second right. broken: the other way round. */
export const comparisonGroups = ['fixed', 'broken', 'same-wrong', 'other-wrong', 'right'] as const
export const comparisonGroupSchema = z.enum(comparisonGroups)
export type ComparisonGroup = z.infer<typeof comparisonGroupSchema>

const countsSchema = z.record(comparisonGroupSchema, z.int())
export type GroupCounts = z.infer<typeof countsSchema>

export const comparisonSchema = z.object({
  part: splitPartSchema,
  counts: countsSchema,
  /** Of the images that both evaluated. */
  first: accuracySchema,
  second: accuracySchema,
  /** Exact two-sided p of McNemar's test on fixed against broken, in [0, 1]. */
  p: z.number(),
  /** The prediction set that was compared, where it is not the run's results; else null. */
  firstSet: z.int().nullable(),
  secondSet: z.int().nullable(),
  /** Images that only one of the two evaluated, and such as are excluded now. */
  onlyFirst: z.int(),
  onlySecond: z.int(),
  excluded: z.int(),
  /** Images whose label is another now than in the first or the second evaluation. */
  relabelled: z.int(),
  /** By the label of now, those with the most changes first. */
  classes: z.array(z.object({ name: z.string(), counts: countsSchema })),
})
export type Comparison = z.infer<typeof comparisonSchema>

/** A slice of the second run's dataset: of the images that both evaluated, those that its query finds among the second's predictions. */
export const comparedSliceSchema = z.object({
  id: z.int(),
  name: z.string(),
  query: queryTextSchema,
  counts: countsSchema,
  /** Why its query is not understood; ''. */
  fault: z.string(),
})
export type ComparedSlice = z.infer<typeof comparedSliceSchema>

const saidSchema = z.object({
  className: z.string(),
  probability: z.number(),
})

export const comparedSchema = z.object({
  imageId: z.int(),
  path: z.string(),
  aspect: predictionSchema.shape.aspect,
  /** The label of now. */
  label: z.string(),
  first: saidSchema,
  second: saidSchema,
})
export type ComparedImage = z.infer<typeof comparedSchema>

/** A page of the images of a group. */
export const comparedPageSchema = z.object({
  total: z.int(),
  /** Of each group, of the same class and query. */
  counts: countsSchema,
  images: z.array(comparedSchema),
})
