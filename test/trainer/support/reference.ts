import { readFileSync } from 'node:fs'
import { z } from 'zod'

const base = {
  blocks: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  widthFactor: z.number(),
  classes: z.number(),
  batch: z.number(),
  px: z.number(),
  parameters: z.number(),
}
const trainingSchema = z.object({
  ...base,
  labels: z.array(z.number()),
  learningRate: z.number(),
  momentum: z.number(),
  steps: z.array(
    z.object({
      loss: z.number(),
      logitsNk: z.array(z.array(z.number())),
      gradientL2: z.record(z.string(), z.number()).optional(),
    }),
  ),
})
const logitsSchema = z.object({ ...base, bits: z.number(), logitsNk: z.array(z.array(z.number())) })

export const referenceFolder = 'test/fixtures/reference'

export function trainingReference(name: 'tiny' | 'r50x1'): z.infer<typeof trainingSchema> {
  return trainingSchema.parse(JSON.parse(readFileSync(`${referenceFolder}/${name}.json`, 'utf8')))
}

export function logitsReference(name: 'half'): z.infer<typeof logitsSchema> {
  return logitsSchema.parse(JSON.parse(readFileSync(`${referenceFolder}/${name}.json`, 'utf8')))
}
