/** A file from its beginning to its end, piece by piece. */
import { openToRead } from '../../files/open-to-read'
import { readError } from '../../files/read-error'

export interface FileBytes {
  readonly byteCount: number
  /** Just so many; null where the file ends before. */
  read(length: number): Promise<Buffer | null>
  /** Passes over so many. */
  skip(length: number): void
  at(): number
}

const windowBytes = 1024 * 1024

/** Throws 'path-not-readable'. */
export async function withBytes<T>(path: string, use: (bytes: FileBytes) => Promise<T>): Promise<T> {
  const handle = await openToRead(path).catch((thrown: unknown) => {
    throw readError(path, thrown)
  })
  try {
    const { size } = await handle.stat()
    let position = 0
    let window: Buffer = Buffer.alloc(0)
    let windowAt = 0
    return await use({
      byteCount: size,
      at: () => position,
      skip(length) {
        position += length
      },
      async read(length) {
        if (position + length > size) return null
        if (position < windowAt || position + length > windowAt + window.length) {
          const wanted = Math.min(Math.max(length, windowBytes), size - position)
          const next = Buffer.alloc(wanted)
          const { bytesRead } = await handle.read(next, 0, wanted, position)
          if (bytesRead < length) return null
          window = next.subarray(0, bytesRead)
          windowAt = position
        }
        const from = position - windowAt
        position += length
        return window.subarray(from, from + length)
      },
    })
  } finally {
    await handle.close()
  }
}

const mostLineBytes = 256 * 1024

/** Lines of text without their ends; `null` after one that is too long to be one. */
export async function* textLines(bytes: FileBytes): AsyncGenerator<string | null> {
  let rest: Buffer = Buffer.alloc(0)
  while (bytes.at() < bytes.byteCount) {
    const piece = await bytes.read(Math.min(65_536, bytes.byteCount - bytes.at()))
    if (piece === null) return
    const all = Buffer.concat([rest, piece])
    let from = 0
    for (let end = all.indexOf(10); end >= 0; end = all.indexOf(10, from)) {
      yield all.toString('utf8', from, end).replace(/\r$/, '')
      from = end + 1
    }
    rest = all.subarray(from)
    if (rest.length > mostLineBytes) return yield null
  }
  if (rest.length > 0) yield rest.toString('utf8')
}
