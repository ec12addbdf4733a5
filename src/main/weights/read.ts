import { badWeights } from './bad-weights'
import { withFile, type FileReader } from './file-reader'
import { readNpz } from './npz'
import { readSafetensors } from './safetensors'
import type { WeightSet } from './weight-set'

export { adaptWeights } from './adapt'

/**
 * Weights from a .npz or a .safetensors file, told apart by content, under their published names. Read tensor by tensor; no length in the
 * file is trusted. Throws 'bad-weights' naming the file and the tensor, 'path-not-found', 'path-not-readable'.
 */
export async function readWeights(path: string): Promise<WeightSet> {
  return withFile(path, async (reader) => {
    const weights = (await isNpz(reader)) ? await readNpz(reader) : await readSafetensors(reader)
    if (weights.size === 0) throw badWeights(path, 'it has no tensors')
    for (const [name, { data }] of weights) {
      if (!allFinite(data)) throw badWeights(path, `the tensor ${name} has a value that is not a number`)
    }
    return weights
  })
}

/** 0 · x is 0 for every finite x, and NaN for the others: a sum takes a tenth of the time of a call for each of a billion numbers. */
function allFinite(data: Float32Array): boolean {
  let sum = 0
  for (let index = 0; index < data.length; index += 1) sum += 0 * (data[index] ?? 0)
  return sum === 0
}

/**
 * An .npz is a zip; what is not one can only be a .safetensors. That begins with the length of its header, which may have the bytes of "PK"
 * in front, but is never as long as all four bytes would say.
 */
export async function isNpz(reader: FileReader): Promise<boolean> {
  if (reader.byteCount < 8) throw badWeights(reader.path, 'it is empty or cut off')
  return /^PK(?:\x03\x04|\x05\x06)/.test((await reader.read(0, 4, 'the file')).toString('latin1'))
}
