/** Any number of runs on the images that all of them evaluated. */
import { z } from 'zod'
import { splitPartSchema } from './dataset'
import { accuracySchema } from './run'

export const mostCompared = 50

export const manyRunsSchema = z.object({
  part: splitPartSchema,
  imageCount: z.int(),
  /** In the order that was asked for. */
  runs: z.array(
    z.object({
      id: z.int(),
      /** On the images that all evaluated, under the labels of now. */
      accuracy: accuracySchema,
      /** Images that it evaluated and another did not. */
      leftOut: z.int(),
    }),
  ),
  /** At place k, the images that k of the runs have right. */
  rightCounts: z.array(z.int()),
  /** By name; `right`: of each run, in their order. */
  classes: z.array(z.object({ name: z.string(), total: z.int(), right: z.array(z.int()) })),
  /** Each two, the earlier first: images that the second has right and the first wrong, and the other way, and McNemar's exact test. */
  pairs: z.array(
    z.object({ first: z.int(), second: z.int(), fixed: z.int(), broken: z.int(), p: z.number() }),
  ),
})
export type ManyRuns = z.infer<typeof manyRunsSchema>

export const manyImageSchema = z.object({
  imageId: z.int(),
  path: z.string(),
  aspect: z.number(),
  label: z.string(),
  /** How many runs have it right. */
  right: z.int(),
  /** What each says, in their order. */
  said: z.array(z.string()),
})
export type ManyImage = z.infer<typeof manyImageSchema>

/** What led to runs: models, datasets, runs; each is made `from` others, named by their keys. */
export const lineageSchema = z.object({
  nodes: z.array(
    z.object({
      key: z.string(),
      kind: z.enum(['model', 'run', 'dataset', 'gone']),
      /** Of a run or a dataset. */
      id: z.int().nullable(),
      name: z.string(),
      /** A fact a line: version, seed, engine, departures … */
      facts: z.array(z.string()),
      from: z.array(z.string()),
      /** From the left. */
      layer: z.int(),
      /** Whether it was asked for. */
      isAsked: z.boolean(),
    }),
  ),
})
export type Lineage = z.infer<typeof lineageSchema>
