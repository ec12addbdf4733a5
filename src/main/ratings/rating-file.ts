/** A rating as one file: what is frozen, the answers so far, small copies of the images. Lines of JSON; the last has the hash of all before. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { answerSchema, mostRatedImages, ratingSpecSchema } from '../../contract/entities/rating'

export const fileVersion = 1
/** How such a file begins. */
export const fileHead = '{"bitwRating":'

/** Bytes of a copy, at most, and with it of a line. */
export const mostCopyBytes = 4_194_304
export const mostLineBytes = 2 * mostCopyBytes
export const mostAnswers = 5_000_000

const hex = z.string().regex(/^(?:[0-9a-f]{2}){4,64}$/)
const word = z.string().max(10_000)

export const headLineSchema = z.object({
  bitwRating: z.int(),
  key: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string().min(1).max(200),
  createdAtMs: z.number().min(0).max(8.64e15),
  imageCount: z.int().min(1).max(mostRatedImages),
  spec: ratingSpecSchema,
})
export type HeadLine = z.infer<typeof headLineSchema>

export const imageLineSchema = z.object({
  image: z.object({
    contentHash: hex,
    path: z.string().max(4096),
    aspect: z.number().min(1e-4).max(1e4),
    prediction: word,
    confidence: z.number().min(0).max(1),
    label: word,
    isRest: z.boolean(),
  }),
  copy: z
    .object({
      mime: z.enum(['image/jpeg', 'image/png', 'image/webp']),
      base64: z
        .base64()
        .min(8)
        .max(Math.ceil(mostCopyBytes / 3) * 4),
    })
    .optional(),
})
export type ImageLine = z.infer<typeof imageLineSchema>

export const answerLineSchema = z.object({
  answer: z.object({
    rater: z.string().min(1).max(200),
    position: z.int().min(0),
    isControl: z.boolean(),
    atMs: z.number().min(0).max(8.64e15),
    answer: answerSchema.or(z.literal('')),
    freeLabel: z.string().max(200),
    note: z.string().max(10_000),
  }),
})
export type AnswerLine = z.infer<typeof answerLineSchema>

export const endLineSchema = z.object({
  end: z.object({ lines: z.int(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
})

/** Lines as they are written, with the last one. */
export function lineWriter(write: (text: string) => void) {
  const hash = createHash('sha256')
  let lines = 0
  return {
    line(value: HeadLine | ImageLine | AnswerLine): void {
      const text = `${JSON.stringify(value)}\n`
      hash.update(text)
      lines++
      write(text)
    },
    end: () => write(`${JSON.stringify({ end: { lines, sha256: hash.digest('hex') } })}\n`),
  }
}

/** The format of an image by its first bytes; null: none of those that a copy may have. */
export function mimeOf(bytes: Uint8Array): 'image/jpeg' | 'image/png' | 'image/webp' | null {
  const text = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  return text.startsWith('RIFF') && text.endsWith('WEBP') ? 'image/webp' : null
}
