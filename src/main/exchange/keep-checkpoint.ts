import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ServiceContext } from '../app/context'
import { appendChunk, beginCheckpoint, completeCheckpoint } from '../store/checkpoints'
import type { WeightTensor } from '../weights/weight-set'

const chunkBytes = 4_194_304

/** Keeps weights as a checkpoint of a run, without momenta. Throws 'disk-full'. */
export async function keepCheckpoint(
  { db }: ServiceContext,
  checkpoint: { readonly runId: number; readonly stepIndex: number; readonly createdAtMs: number },
  tensors: readonly (WeightTensor & { readonly name: string })[],
): Promise<void> {
  const headers = tensors.map(({ name, shape, data }) => ({
    name,
    shape: [...shape],
    byteCount: data.byteLength,
  }))
  const id = beginCheckpoint(db, { ...checkpoint, tensors: headers })
  const hash = createHash('sha256')
  let index = 0
  for (const { data } of tensors) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    for (let from = 0; from < bytes.length; from += chunkBytes) {
      const chunk = bytes.subarray(from, from + chunkBytes)
      hash.update(chunk)
      appendChunk(db, id, index++, chunk)
      await nextTurn()
    }
  }
  completeCheckpoint(db, id, hash.digest('hex'))
}
