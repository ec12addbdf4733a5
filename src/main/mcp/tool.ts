/** A question that an agent can ask: its words, what it takes, and who answers. */
import { z } from 'zod'
import type { Dataset } from '../../contract/entities/dataset'
import type { Run } from '../../contract/entities/run'
import type { ReadCall } from '../host/read-only-core'

/** What is asked: the calls that only look, and how people name things. */
export interface AskedHome {
  readonly call: ReadCall
  /** By name or number. Throws 'not-found', 'bad-input' where several have the name. */
  findDataset(wanted: string): Promise<Dataset>
  findRun(wanted: string): Promise<Run>
}

export interface Tool {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly input: z.ZodObject
  answer(home: AskedHome, input: unknown): Promise<Readonly<Record<string, unknown>>>
}

export function tool<Input extends z.ZodObject>(
  words: Pick<Tool, 'name' | 'title' | 'description'>,
  input: Input,
  answer: (home: AskedHome, input: z.output<Input>) => Promise<Readonly<Record<string, unknown>>>,
): Tool {
  return { ...words, input, answer: (home, given) => answer(home, input.parse(given)) }
}

export const datasetField = z.string().max(1000).describe('Name or number of a dataset.')
export const runField = z
  .string()
  .max(1000)
  .describe('Name or number of a run, or DATASET@in-use for the one that was promoted.')
/** An agent reads all that it gets: pages are short. */
export const pageFields = {
  offset: z.int().min(0).default(0).describe('How many to pass over.'),
  limit: z.int().min(1).max(200).default(20).describe('How many to answer with, at most.'),
}
