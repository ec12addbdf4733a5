import { z } from 'zod'
import { queryTextSchema } from '../entities/dataset'
import { labelsSummarySchema } from '../entities/label'
import {
  answerSchema,
  imageVerdictSchema,
  judgedImageSchema,
  judgedKindSchema,
  outcomeSchema,
  ratingChoiceSchema,
  ratingSchema,
  ratingSlotSchema,
  shownSchema,
  wallFormatSchema,
} from '../entities/rating'
import { id, nothing, typedName, absolutePath, page } from './inputs'

export const ratingsCalls = {
  /** The newest first. `runId`: only those of its predictions. */
  'ratings.list': {
    input: z.object({ runId: z.int().nullable().default(null) }),
    output: z.array(ratingSchema),
  },
  /** Throws 'not-found'. */
  'ratings.get': { input: id, output: ratingSchema },
  /**
   * Freezes what raters will see: the images, with what the run says of them now. `name` '' takes the run's. Throws 'not-found' where there is nothing
   * to rate, 'bad-input'.
   */
  'ratings.start': {
    input: z.object({
      runId: z.int(),
      name: typedName,
      choice: ratingChoiceSchema,
      shown: shownSchema,
      controls: z.number().min(0).max(0.3).default(0.05),
    }),
    output: ratingSchema,
  },
  /** With all answers. */
  'ratings.delete': { input: id, output: nothing },
  /** What a rater sees at a place of their own order, from 0. */
  'ratings.slot': {
    input: z.object({ id: z.int(), rater: typedName, at: z.int().min(0) }),
    output: ratingSlotSchema,
  },
  /** Keeps what they say of it; on disk when it answers. `choice` null takes it back. */
  'ratings.answer': {
    input: z.object({
      id: z.int(),
      rater: typedName,
      at: z.int().min(0),
      choice: z.enum(['first', 'second', 'both', 'neither', 'unsure']).nullable(),
      freeLabel: z.string().max(200).default(''),
      note: z.string().max(10_000).default(''),
    }),
    output: ratingSlotSchema,
  },
  /**
   * Writes the paper's wall into a file: the prediction above each mistake, the label below; in the raters' colours (Figure 8), or `plain` (Figures 12 and
   * 13). Of a rating, or of what a query finds in a run. The note says how many. Another program's file is never replaced ('not-allowed').
   */
  'ratings.wall': {
    input: z.object({
      of: z.union([z.object({ ratingId: z.int() }), z.object({ runId: z.int(), query: queryTextSchema })]),
      format: wallFormatSchema,
      plain: z.boolean(),
      path: absolutePath,
    }),
    output: z.object({ taskId: z.int() }),
  },
  /** The copy of an image that came with the rating's file; null: none did. */
  'ratings.copy': {
    input: z.object({ id: z.int(), position: z.int().min(0) }),
    output: z.object({ mime: z.string(), base64: z.string() }).nullable(),
  },
  /**
   * Writes the rating as one file, for a rater on another machine or for their answers to come back: with the answers so far, of `rater` alone where one is
   * named, and `withImages` small copies of the images, for who has no dataset with them. A file that is no rating is never replaced ('not-allowed').
   */
  'ratings.export': {
    input: z.object({
      id: z.int(),
      rater: typedName.nullable(),
      path: absolutePath,
      withImages: z.boolean().default(true),
    }),
    output: z.object({ taskId: z.int() }),
  },
  /** Takes such a file in: a new rating, or answers to one that is here; twice is once. The task's `resultId` is the rating, its note says what came. */
  'ratings.import': { input: z.object({ path: absolutePath }), output: z.object({ taskId: z.int() }) },
  'ratings.classNames': { input: id, output: z.array(z.string()) },
  /**
   * Who is right about an image, as the person at this machine says outside a rating: a vote as any rater's. `answer` null takes theirs back. An entry of
   * the dataset's log of labels, undone as 'labels.undo' does. Throws 'not-found'.
   */
  'ratings.judge': {
    input: z.object({
      imageId: z.int(),
      prediction: z.string().min(1).max(10_000),
      label: z.string().min(1).max(10_000),
      answer: answerSchema.nullable(),
    }),
    output: z.object({ summary: labelsSummarySchema }),
  },
  /** What raters say of images of a dataset, in all ratings and in Mistakes. */
  'ratings.verdicts': { input: z.object({ datasetId: z.int() }), output: z.array(imageVerdictSchema) },
  'ratings.outcome': { input: id, output: outcomeSchema },
  /**
   * Corrects the labels that the raters together call wrong, to the prediction or to the class that at least half of them wrote: one entry of the log of
   * labels, undone as 'labels.undo' does. Throws 'not-found' where the rating has no dataset here.
   */
  'ratings.correct': { input: id, output: z.object({ changed: z.int(), summary: labelsSummarySchema }) },
  /** Its images with what was said; `verdict`: only those of a kind. */
  'ratings.judged': {
    input: z.object({ id: z.int(), verdict: judgedKindSchema.optional(), ...page }),
    output: z.object({ total: z.int(), images: z.array(judgedImageSchema) }),
  },
} as const
