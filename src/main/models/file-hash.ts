import { createHash } from 'node:crypto'
import { openToRead } from '../files/open-to-read'

/** SHA-256 (hex) and MD5 (base64, as Google's storage gives it) of a file, read once. `seen` counts the bytes. Throws when aborted. */
export async function hashFile(
  path: string,
  signal?: AbortSignal,
  seen: (byteCount: number) => void = () => undefined,
): Promise<{ sha256: string; md5: string; byteCount: number }> {
  const sha256 = createHash('sha256')
  const md5 = createHash('md5')
  let byteCount = 0
  const options = { highWaterMark: 1024 * 1024, ...(signal !== undefined && { signal }) }
  for await (const piece of (await openToRead(path)).createReadStream(options) as AsyncIterable<Buffer>) {
    sha256.update(piece)
    md5.update(piece)
    byteCount += piece.length
    seen(byteCount)
  }
  return { sha256: sha256.digest('hex'), md5: md5.digest('base64'), byteCount }
}
