import { createHash } from 'node:crypto'
import type { FromTrainerBody } from '../../protocol/messages'
import type { TrainState } from './train-state'

/** As the protocol says, see protocol/messages.ts. */
const chunkBytes = 1024 * 1024

export interface Out {
  /** Resolves when the receiver has room for more. */
  send(body: FromTrainerBody): Promise<void>
}

export type TensorSource = Pick<TrainState, 'tensorHeaders' | 'readTensors'>

/** Parameters and momenta, a few tensors at a time. `stepIndex` is how many steps they have seen. */
export async function sendCheckpoint(state: TensorSource, stepIndex: number, out: Out): Promise<void> {
  const headers = state.tensorHeaders()
  const tensors = headers.map(({ name, shape }) => ({
    name,
    shape,
    byteCount: 4 * shape.reduce((product, size) => product * size, 1),
  }))
  await out.send({ type: 'checkpoint-begin', stepIndex, tensors })
  const hash = createHash('sha256')
  for await (const { data } of state.readTensors()) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    hash.update(bytes)
    for (let start = 0; start < bytes.length; start += chunkBytes) {
      await out.send({ type: 'checkpoint-chunk', bytes: bytes.slice(start, start + chunkBytes) })
    }
  }
  await out.send({ type: 'checkpoint-end', sha256: hash.digest('hex') })
}
