/** Models as people name them. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Call } from '../../contract/endpoints'
import { modelIdSchema } from '../../contract/entities/model'
import { WorkbenchError } from '../../contract/errors'
import { modelIdOf } from './model-id'

/** The id of what is given as an id, as a weights file, as a name of the zoo or of a run, or as a run's number; in this order. */
export async function findModelId(call: Call, wanted: string): Promise<string> {
  const isFile = existsSync(resolve(wanted)) || /\.(npz|safetensors)$/i.test(wanted)
  if (isFile || modelIdSchema.safeParse(wanted).success) return modelIdOf(wanted)
  const models = await call('models.list', { datasetId: null })
  const named = models.filter(({ id, name }) => name === wanted || id === `embedded:${wanted}`)
  if (named.length > 1) {
    throw new WorkbenchError(
      'bad-input',
      `There are ${named.length} models named "${wanted}".`,
      `Name one by its id: ${named.map(({ id }) => id).join(', ')}.`,
    )
  }
  const found = named[0] ?? models.find(({ runId }) => String(runId) === wanted)
  if (found !== undefined) return found.id
  const run = (await call('runs.list', {})).find(({ id, name }) => name === wanted || String(id) === wanted)
  if (run !== undefined) return `run:${run.id}` // which says itself why it cannot be used
  throw new WorkbenchError(
    'not-found',
    `There is no model, no run and no weights file "${wanted}".`,
    '"bitw models" and "bitw runs" list what there is.',
  )
}
