/** Ratings: people say of each image whether the prediction or the label is right. What they see is frozen at the start. */
import { z } from 'zod'
import { accuracySchema } from './run'
import { splitPartSchema } from './dataset'

/** What a rater says of an image, and what several raters together say. */
export const answers = ['prediction', 'label', 'both', 'neither', 'unsure'] as const
export const answerSchema = z.enum(answers)
export type Answer = z.infer<typeof answerSchema>

/** words: both, told apart. blind: both in random order, not told apart. image: none, the rater names the class. */
export const shownWays = ['words', 'blind', 'image'] as const
export const shownSchema = z.enum(shownWays)
export type Shown = z.infer<typeof shownSchema>

export const mostRatedImages = 100_000

/** Which images, of the predictions of a run. */
export const ratingChoiceSchema = z.object({
  query: z.string().max(10_000),
  /** So many of what the query finds, drawn by the seed; null: all. */
  sample: z.int().min(1).max(mostRatedImages).nullable(),
  /** Right predictions of the whole part that are judged, too, drawn by the seed: without them no accuracy can be adjusted for noise in the labels. */
  rest: z.int().min(0).max(mostRatedImages),
  seed: z.int().min(0).max(0xffffffff),
})
export type RatingChoice = z.infer<typeof ratingChoiceSchema>

/** What never changes once it was started; the images are part of it. */
export const ratingSpecSchema = z.object({
  choice: ratingChoiceSchema,
  shown: shownSchema,
  /** The share of the images that come a second time. */
  controls: z.number().min(0).max(0.3),
  datasetName: z.string().max(1000),
  runName: z.string().max(1000),
  model: z.string().max(1000),
  part: splitPartSchema,
  /** How many steps the weights had seen. */
  step: z.int().min(0),
  classNames: z.array(z.string().max(10_000)).max(100_000),
  /** Predictions of the whole part. */
  population: z.object({ wrong: z.int().min(0), right: z.int().min(0) }),
})
export type RatingSpec = z.infer<typeof ratingSpecSchema>

const raterProgressSchema = z.object({
  name: z.string(),
  /** Images and repeated controls that are answered. */
  done: z.int(),
  total: z.int(),
})

export const ratingSchema = z.object({
  id: z.int(),
  name: z.string(),
  createdAtMs: z.number(),
  /** null: this home has no dataset with these images; those in the rating's file are shown. */
  datasetId: z.int().nullable(),
  /** null: it was made elsewhere, or its run is gone. */
  runId: z.int().nullable(),
  imageCount: z.int(),
  controlCount: z.int(),
  spec: ratingSpecSchema.omit({ classNames: true }),
  raters: z.array(raterProgressSchema),
})
export type Rating = z.infer<typeof ratingSchema>

/** What stands for an image: its number here, or the bytes that came with the rating. */
const ratedImageSchema = z.object({
  position: z.int(),
  imageId: z.int().nullable(),
  path: z.string(),
  aspect: z.number(),
})

/** One image as a rater sees it. What the answers 'first' and 'second' mean stays with the core. */
export const ratingSlotSchema = z.object({
  /** In this rater's order, from 0. */
  at: z.int(),
  done: z.int(),
  total: z.int(),
  image: ratedImageSchema.omit({ path: true }),
  /** With 'words' the prediction comes first; empty where the rater names the class. */
  words: z.array(z.string()),
  given: z
    .object({
      choice: z.enum(['first', 'second', 'both', 'neither', 'unsure']),
      freeLabel: z.string(),
      note: z.string(),
    })
    .nullable(),
  /** The first one after this that is not answered, else the first of all; null: all are. */
  nextOpen: z.int().nullable(),
  /** The image there, so that it can be loaded before; null where there is no other. */
  nextImage: ratedImageSchema.omit({ path: true }).nullable(),
})
export type RatingSlot = z.infer<typeof ratingSlotSchema>
export type SlotChoice = NonNullable<RatingSlot['given']>['choice']

export const votesSchema = z.record(answerSchema, z.int())
export type Votes = z.infer<typeof votesSchema>

/** What raters together say of an image under a prediction and a label, in all ratings. */
export const imageVerdictSchema = z.object({
  imageId: z.int(),
  prediction: z.string(),
  label: z.string(),
  verdict: answerSchema,
  votes: votesSchema,
  /** What the person at this machine says; null: nothing. */
  own: answerSchema.nullable(),
})
export type ImageVerdict = z.infer<typeof imageVerdictSchema>

/** An image with what was said of it. */
export const judgedImageSchema = ratedImageSchema.extend({
  prediction: z.string(),
  label: z.string(),
  /** null: nobody answered. */
  verdict: answerSchema.nullable(),
  votes: votesSchema,
  /** A class that at least half of the raters wrote; '': none. */
  freeLabel: z.string(),
  notes: z.array(z.string()),
})
export type JudgedImage = z.infer<typeof judgedImageSchema>

/**
 * Which images of a rating: of the wrong predictions those of which the raters together say so, or that nobody judged ('none'); right predictions that they
 * call not right; those whose label they would correct.
 */
export const judgedKinds = [...answers, 'none', 'not-right', 'correctable'] as const
export const judgedKindSchema = z.enum(judgedKinds)
export type JudgedKind = z.infer<typeof judgedKindSchema>

const agreementSchema = z.object({ value: z.number(), low: z.number(), high: z.number() })

export const raterFiguresSchema = raterProgressSchema.extend({
  votes: votesSchema,
  /** Controls that were answered twice, and how many of them alike. */
  controls: z.object({ same: z.int(), count: z.int() }),
})
export type RaterFigures = z.infer<typeof raterFiguresSchema>

/** One form of the accuracy, or why there is none. */
const accuracyFormSchema = z.object({
  accuracy: accuracySchema.omit({ correct: true, total: true }).nullable(),
  /** How it was found, or why it cannot be, a sentence. */
  basis: z.string(),
})
export type AccuracyForm = z.infer<typeof accuracyFormSchema>

export const outcomeSchema = z.object({
  /** Wrong predictions by what the raters together say. */
  verdicts: votesSchema,
  /** Right predictions by that, where some were judged. */
  restVerdicts: votesSchema,
  judgedWrong: z.int(),
  /** Wrong predictions of the rating that nobody judged yet. */
  openWrong: z.int(),
  /** All wrong predictions of the run; in the rating or not. */
  wrong: z.int(),
  judgedRest: z.int(),
  /** Right predictions of the rating that the raters together call not right. */
  restNotRight: z.int(),
  rest: z.int(),
  raters: z.array(raterFiguresSchema),
  /** Fleiss' κ of the mistakes with its 95 % interval; null: none has two answers, or all are the same. */
  kappa: agreementSchema.nullable(),
  /** Mistakes with two answers or more; of right predictions where the rating has nothing else. */
  kappaCount: z.int(),
  asLabelled: accuracyFormSchema,
  adjudicated: accuracyFormSchema,
  noiseAdjusted: accuracyFormSchema,
  /** Images whose label the raters together would correct, and which are not corrected already. */
  correctable: z.int(),
})
export type Outcome = z.infer<typeof outcomeSchema>

export const wallFormats = ['svg', 'png', 'html'] as const
export const wallFormatSchema = z.enum(wallFormats)
export type WallFormat = z.infer<typeof wallFormatSchema>
