/** A look at the top of a folder, to tell what kind of dataset it is. */
import { join } from 'node:path'
import type { FileSource } from '../images/file-source'
import type { FolderNames, FolderStart } from './source'
import { decodeText } from './text-file'

/** Descriptions of datasets are short. */
const mostTextBytes = 1 << 20

export async function folderStart(path: string, files: FileSource): Promise<FolderStart> {
  const namesIn = async (folder: string): Promise<FolderNames> => {
    const entries = await files.list(join(path, folder)).catch(() => [])
    const named = (kind: string): string[] =>
      entries
        .filter((entry) => entry.kind === kind)
        .map(({ nameBytes }) => nameBytes.toString('utf8'))
        .filter((name) => !name.startsWith('.'))
        .sort()
    return { files: named('file'), folders: named('folder') }
  }
  return { path, names: await namesIn(''), namesIn, textOf: (file) => textIn(join(path, file), files) }
}

async function textIn(path: string, files: FileSource): Promise<string | null> {
  try {
    const { bytes, byteCount } = await files.read(path, 0, (_, size) => size <= mostTextBytes)
    return bytes.length === byteCount ? decodeText(bytes) : null
  } catch {
    return null // whoever needs it says why
  }
}
