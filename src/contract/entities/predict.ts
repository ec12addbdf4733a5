import { z } from 'zod'
import { wireErrorSchema } from '../errors'
import type { LossName } from './run'

/** One class that a model gives an image, with its share of 1. */
const guessSchema = z.object({
  classIndex: z.int(),
  /** "class 17" where the model's class names are not known. */
  name: z.string(),
  probability: z.number(),
})

/** What the probabilities of an image are, for people. */
export const lossWords: Readonly<Record<LossName, string>> = {
  softmax: 'The probabilities of an image add up to 1 over all classes (softmax).',
  sigmoid:
    'Each probability is of its class alone (sigmoid): those of an image need not add up to 1, and several may be high.',
}

/** How many classes a row has at most. */
export const topCount = 5

/** One image and what a model sees in it, or why it was not seen. */
/** What each place of an image says for some classes: the head is linear on the features, so this is what the model computes, not a guess about it. */
export const evidenceSchema = z.object({
  /** The side of the image as the model sees it, squashed to a square. */
  cropPx: z.int(),
  /** Rows and columns of each map, which covers the image. */
  sidePlaces: z.int().min(1),
  /** Of the square, from one place to the next. Below 32 the map is finer than the model's own: from copies of the image, shifted. */
  stepPx: z.int(),
  /** In the order asked for. */
  classes: z.array(
    z.object({
      classIndex: z.int(),
      logit: z.number(),
      bias: z.number(),
      /** Row by row: what the logit would be without its bias if all places were like this one. */
      map: z.array(z.number()),
    }),
  ),
})
export type Evidence = z.infer<typeof evidenceSchema>

export const predictRowSchema = z.object({
  /** Absolute; of an image that was sent as bytes the name that came with it. */
  path: z.string(),
  /** Upright; null where the image cannot be read. */
  widthPx: z.int().nullable(),
  heightPx: z.int().nullable(),
  /** Most probable first; empty where the image cannot be read. */
  top: z.array(guessSchema).max(topCount),
  error: wireErrorSchema.nullable(),
})
export type PredictRow = z.infer<typeof predictRowSchema>

/** Answered by POST /upload?name=NAME with an image's bytes (loopback server only, at most `maxUploadBytes`); a refusal is a WireError as JSON. */
export const uploadSchema = z.object({ uploadId: z.string().regex(/^[\w-]{1,64}$/) })
export type Upload = z.infer<typeof uploadSchema>

export const maxUploadBytes = 64 * 1024 * 1024
