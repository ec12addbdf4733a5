/** A checkpoint as the core hands it to a trainer that goes on with a run: its tensors' float32 numbers one after another. */
import { WorkbenchError } from '../../../contract/errors'
import { elementCount } from '../../../domain/model/spec'

/** In the order of the headers, one at a time; `bytes` may be cut anywhere. Throws 'home-broken' where they are not exactly these numbers. */
export async function* checkpointTensors(
  bytes: AsyncIterable<Uint8Array>,
  headers: readonly { readonly name: string; readonly shape: readonly number[] }[],
): AsyncGenerator<Float32Array> {
  const broken = (): WorkbenchError =>
    new WorkbenchError('home-broken', 'The checkpoint does not fit the model.', 'Start the run again.')
  const parts = bytes[Symbol.asyncIterator]()
  let part: Uint8Array = new Uint8Array(0)
  for (const { shape } of headers) {
    const data = new Float32Array(elementCount(shape))
    const filling = new Uint8Array(data.buffer)
    for (let filled = 0; filled < filling.length;) {
      if (part.length === 0) {
        const next = await parts.next()
        if (next.done === true) throw broken()
        part = next.value
      }
      const taken = part.subarray(0, filling.length - filled)
      filling.set(taken, filled)
      filled += taken.length
      part = part.subarray(taken.length)
    }
    yield data
  }
  // whoever sends them compares their hash at the end
  if (part.length > 0 || (await parts.next()).done !== true) throw broken()
}
