import { createHash } from 'node:crypto'
import type { ServiceContext } from '../app/context'
import { insertCheckpoint } from '../store/checkpoints/checkpoints'
import type { WeightTensor } from '../weights/weight-set'

const chunkBytes = 4_194_304

/** Keeps weights as a checkpoint of a run, without momenta. Throws 'disk-full'. */
export async function keepCheckpoint(
  { db, checkpoints }: ServiceContext,
  checkpoint: { readonly runId: number; readonly stepIndex: number; readonly createdAtMs: number },
  tensors: readonly (WeightTensor & { readonly name: string })[],
): Promise<void> {
  const headers = tensors.map(({ name, shape, data }) => ({
    name,
    shape: [...shape],
    byteCount: data.byteLength,
  }))
  const writer = checkpoints.begin()
  try {
    const hash = createHash('sha256')
    for (const { data } of tensors) {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      for (let from = 0; from < bytes.length; from += chunkBytes) {
        const chunk = bytes.slice(from, from + chunkBytes)
        hash.update(chunk)
        await writer.append(chunk)
      }
    }
    const stored = await writer.finish(headers, hash.digest('hex'))
    const byteCount = headers.reduce((sum, one) => sum + one.byteCount, 0)
    insertCheckpoint(db, { ...checkpoint, byteCount, stored })
  } finally {
    writer.release()
  }
}
