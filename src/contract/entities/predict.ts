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
