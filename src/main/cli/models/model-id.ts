/** Models as people name them. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { modelIdSchema } from '../../../contract/entities/model'
import { WorkbenchError } from '../../../contract/errors'
import type { ReadCall } from '../../host/read-only-core'
import { splitWhich } from '../../../domain/model/run-model'
import { findPublished } from '../../../domain/model/published'
import { findDataset, findRun, inUseEnd } from '../datasets/find'
import { pathArgument } from '../path-argument'

/** An id, DATASET@in-use, a weights file, the name of a published or embedded model, or a run's name or number, with @best or @STEP where not its last checkpoint is meant; in this order. Throws 'not-found', 'bad-input'. */
export async function findModelId(call: ReadCall, wanted: string): Promise<string> {
  if (/^file:/i.test(wanted)) return `path:${pathArgument(wanted)}`
  const isThere = statSync(wanted, { throwIfNoEntry: false })?.isFile() === true
  if (wanted.startsWith('path:') || /\.(npz|safetensors)$/i.test(wanted) || isThere)
    return `path:${resolve(wanted.replace(/^path:/, ''))}`
  if (wanted.endsWith(inUseEnd))
    return `in-use:${String((await findDataset(call, wanted.slice(0, -inUseEnd.length))).id)}`
  if (modelIdSchema.safeParse(wanted).success) return wanted
  if (findPublished(wanted) !== undefined) return `published:${wanted}`
  if (/^bit-tiny$/i.test(wanted)) return 'embedded:bit-tiny'
  try {
    const { name, which } = splitWhich(wanted)
    return `run:${(await findRun(call, name)).id}${which}`
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError) || thrown.code !== 'not-found') throw thrown
    throw new WorkbenchError(
      'not-found',
      `There is no model or run "${wanted}", and it is not a .npz or .safetensors file.`,
      '"bitw models" lists the models, "bitw runs" the runs.',
    )
  }
}
