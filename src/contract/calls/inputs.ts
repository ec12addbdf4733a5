/** What many calls take. */
import { z } from 'zod'

export const id = z.object({ id: z.int() })
export const nothing = z.object({})
/** `setId`: of this prediction set (a checkpoint, another part, another dataset) in place of the run's results. */
export const ofPredictions = z.object({ runId: z.int(), setId: z.int().optional() })
export const page = { offset: z.int().min(0), limit: z.int().min(1).max(5000) }
/** Longer ones are refused by the calls themselves, in words. */
export const typedName = z.string().max(10_000)
export const absolutePath = z
  .string()
  .max(4096)
  .refine((path) => path.trim() !== '', 'it is empty')
  .refine((path) => !path.includes('\0'), 'it contains the character U+0000')

/** A text, or the file that holds it, which the core reads: a text that is longer than a message can only come so. */
export const textOrFile = z.union([
  z.object({ text: z.string().max(50_000_000) }),
  z.object({ path: absolutePath }),
])
export type TextOrFile = z.infer<typeof textOrFile>

/** Something that lies on the disk, by what it is and never by its path: the core alone knows where it is. */
export const placeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('home') }),
  z.object({ kind: z.enum(['dataset', 'image', 'run']), id: z.int() }),
])
export type Place = z.infer<typeof placeSchema>
