import { WorkbenchError } from '../../contract/errors'
import { openToRead } from '../files/open-to-read'
import { badWeights } from './bad-weights'

/** A file read piece by piece; nothing outside its real size can be asked for. */
export interface FileReader {
  readonly path: string
  readonly byteCount: number
  /** Exactly these bytes, or 'bad-weights'. `what` is for the message: "the tensor x". */
  read(offset: number, byteCount: number, what: string): Promise<Buffer>
  /** The same in pieces of at most `atMost` bytes, else `pieceBytes`. */
  pieces(offset: number, byteCount: number, what: string, atMost?: number): AsyncGenerator<Buffer>
}

const pieceBytes = 4 * 1024 * 1024

/** Opens, hands over and always closes. Throws 'path-not-found' or 'path-not-readable' where there is no file to read, or its disk fails. */
export async function withFile<T>(path: string, use: (reader: FileReader) => Promise<T>): Promise<T> {
  const handle = await openToRead(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  try {
    const byteCount = (await handle.stat()).size
    const read = async (offset: number, length: number, what: string): Promise<Buffer> => {
      if (offset < 0 || length < 0 || offset + length > byteCount)
        throw badWeights(path, `${what} is cut off`)
      const buffer = Buffer.alloc(length)
      const { bytesRead } = await handle.read(buffer, 0, length, offset).catch((cause: unknown) => {
        throw unreadable(path, cause)
      })
      if (bytesRead !== length) throw badWeights(path, `${what} is cut off`)
      return buffer
    }
    return await use({
      path,
      byteCount,
      read,
      async *pieces(offset, length, what, atMost = pieceBytes) {
        for (let start = 0; start < length; start += atMost) {
          yield await read(offset + start, Math.min(atMost, length - start), what)
        }
      },
    })
  } finally {
    await handle.close()
  }
}

function unreadable(path: string, cause: unknown): WorkbenchError {
  const missing = (cause as { code?: unknown }).code === 'ENOENT'
  return new WorkbenchError(
    missing ? 'path-not-found' : 'path-not-readable',
    missing ? `There is no file ${path}.` : `${path} cannot be read: ${String((cause as Error).message)}.`,
    'Check the path and the permissions of the weights file, and try again.',
    { cause },
  )
}
