/** The images among files and folders that someone points at, which belong to no dataset. */
import { dirname, join } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { defaultDecodeCount, eachAtMost } from '../images/decode-queue'
import { diskFiles, type FileSource } from '../images/file-source'
import { headByteCount, imageFormat, undecodableFormat } from '../images/image-format'
import { refusedBySystem, systemRefusal } from '../images/system-refusal'
import { problemList } from '../sources/problem-list'
import { checkRoot } from '../sources/folder-checks'
import { walkTree } from '../sources/folder-walk'

export interface FoundImages {
  /** Absolute, each once: in the order given, those of a folder in byte order. */
  readonly paths: string[]
  /** Files of the folders that are no images. */
  readonly otherCount: number
  /** Real paths of what was given. */
  readonly opened: ReadonlySet<string>
}

export interface FindOptions {
  readonly signal: AbortSignal
  /** Files seen so far. */
  readonly onProgress: (count: number) => void
  /** The disk, unless a test says otherwise. */
  readonly files?: FileSource
}

/**
 * A file is taken as given, whatever it is, there or not: why it cannot be read is told of it alone. Of a folder everything below it whose
 * content or name is an image's, without hidden files and links that lead out. Throws 'cancelled', 'path-not-readable'.
 */
export async function findImages(given: readonly string[], options: FindOptions): Promise<FoundImages> {
  const { files = diskFiles, signal } = options
  const paths = new Set<string>()
  const opened = new Set<string>()
  let otherCount = 0
  let seen = 0
  const see = (count: number): void => {
    if (signal.aborted) throw new WorkbenchError('cancelled', 'The search for images was cancelled.')
    options.onProgress(count)
  }
  for (const path of given) {
    const kind = await files.kindOf(path).catch(() => null)
    if (kind !== null) opened.add(await files.realPath(path).catch(() => path))
    if (kind !== 'folder') {
      paths.add(path)
      see(++seen)
      continue
    }
    await checkRoot(path, files)
    const tree = await walkTree({
      rootPath: path,
      files,
      problems: problemList(),
      onFolder: (count) => see(seen + count),
    })
    const found = tree.files.map((file) => join(path, file))
    const isImage = new Uint8Array(found.length)
    await eachAtMost(found.length, defaultDecodeCount * 2, async (index) => {
      if (await looksLikeImage(found[index] ?? '', files)) isImage[index] = 1
      see(++seen)
    })
    for (const [index, file] of found.entries()) {
      if (isImage[index] === 1) paths.add(file)
      else otherCount++
    }
  }
  return { paths: [...paths], otherCount, opened }
}

/** Whether the real path lies in what was given. A link that was put there later must not open the rest of the disk. */
export function isOpened(opened: ReadonlySet<string>, realPath: string): boolean {
  for (let path = realPath; ; path = dirname(path)) {
    if (opened.has(path)) return true
    if (path === dirname(path)) return false
  }
}

const imageName = /\.(jpe?g|jfif|png|webp|avif|gif|tiff?|bmp|hei[cf]|jxl|jp2|p[pgbn]m)$/i

/** By its first bytes; by its name where those say nothing, so that a broken image is told of and not passed over. */
async function looksLikeImage(path: string, files: FileSource): Promise<boolean> {
  if (imageName.test(path)) return true
  try {
    const { bytes } = await files.read(path, headByteCount, () => false)
    return imageFormat(bytes) !== null || undecodableFormat(bytes) !== null
  } catch (error) {
    if (refusedBySystem(error)) throw systemRefusal(path, error)
    return false // neither its content nor its name speaks for it
  }
}
