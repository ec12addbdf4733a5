/** The text of a file that says what is in a dataset: UTF-8, or UTF-16 with its mark. */
import { WorkbenchError } from '../../contract/errors'
import { reasonOf, type FileSource } from '../images/file-source'

/** Some 100 bytes per image: millions of images. It is held in memory whole. */
const mostTextBytes = 400e6

/** `what` it is, such as "list". Throws 'path-not-found', 'path-not-readable'. */
export async function readText(path: string, what: string, files: FileSource): Promise<string> {
  let reason: string
  try {
    const { bytes, byteCount } = await files.read(path, 0, (_, size) => size <= mostTextBytes)
    if (byteCount <= mostTextBytes) return decodeText(bytes)
    reason = `it has more than ${String(mostTextBytes / 1e6)} MB.`
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new WorkbenchError('path-not-found', `There is no ${what} ${path}.`, 'Check the path.', { cause })
    }
    reason = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not text in UTF-8.' : reasonOf(cause)
  }
  throw new WorkbenchError(
    'path-not-readable',
    `Cannot read the ${what} ${path}: ${reason}${reason.endsWith('.') ? '' : '.'}`,
    'Check that you have permission to read it, and that it is a text file in UTF-8.',
  )
}

/** Without its byte-order mark. Throws where it is no such text. `isCut`: what is missing at its end may be half a character. */
export function decodeText(bytes: Uint8Array, isCut = false): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8'
  return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: isCut })
}
