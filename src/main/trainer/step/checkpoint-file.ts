/** A checkpoint as the core hands it to a trainer that goes on with a run: its tensors' float32 numbers one after another. */
import { open } from 'node:fs/promises'
import { WorkbenchError } from '../../../contract/errors'
import { elementCount } from '../../../domain/model/spec'

/** In the order of the headers, one at a time. Throws 'home-broken' where the file has not exactly these numbers. */
export async function* checkpointTensors(
  path: string,
  headers: readonly { readonly name: string; readonly shape: readonly number[] }[],
): AsyncGenerator<Float32Array> {
  const broken = (): WorkbenchError =>
    new WorkbenchError(
      'home-broken',
      `The checkpoint in ${path} does not fit the model.`,
      'Start the run again.',
    )
  const handle = await open(path, 'r')
  try {
    const byteCount = headers.reduce((sum, { shape }) => sum + 4 * elementCount(shape), 0)
    if ((await handle.stat()).size !== byteCount) throw broken()
    for (const { shape } of headers) {
      const data = new Float32Array(elementCount(shape))
      const { bytesRead } = await handle.read(new Uint8Array(data.buffer))
      if (bytesRead !== data.byteLength) throw broken()
      yield data
    }
  } finally {
    await handle.close()
  }
}
