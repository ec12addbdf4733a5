/** Models as people name them. */
import { resolve } from 'node:path'
import { modelIdSchema } from '../../contract/entities/model'
import { WorkbenchError } from '../../contract/errors'
import type { ReadCall } from '../host/read-only-core'
import { findRun } from './find'

/** What was given on the command line: an id such as run:12, or else the path of a file. */
export function modelIdOf(given: string): string {
  const isId = !given.startsWith('path:') && modelIdSchema.safeParse(given).success
  return isId ? given : `path:${resolve(given.replace(/^path:/, ''))}`
}

/** An id, a .npz or .safetensors, or a run's name or number. Throws 'not-found', 'bad-input'. */
export async function findModelId(call: ReadCall, wanted: string): Promise<string> {
  const isFile = wanted.startsWith('path:') || /\.(npz|safetensors)$/i.test(wanted)
  if (isFile || modelIdSchema.safeParse(wanted).success) return modelIdOf(wanted)
  try {
    return `run:${(await findRun(call, wanted)).id}`
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError) || thrown.code !== 'not-found') throw thrown
    throw new WorkbenchError(
      'not-found',
      `There is no run "${wanted}", and it is neither a model's id nor a .npz or .safetensors.`,
      '"bitw runs" lists the runs, "bitw models" the models with their ids.',
    )
  }
}
