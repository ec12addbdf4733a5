/** Images that a file names one by one, each with its class: the listing of them. */
import { posix, win32 } from 'node:path'
import type { ImageBox, SplitPart } from '../../contract/entities/dataset'
import type { FileSource } from '../images/file-source'
import { noteSimilarClasses } from './class-names'
import { filesBelow } from './files'
import { insideFolder, type ListedFile } from './list-files'
import type { DatasetSource, ListOptions, Listing, ShownImage, SourceAddress, SourceWords } from './source'

export interface Entry extends ListedFile {
  readonly className: string
  readonly part: SplitPart | null
  /** In pixels of the image as shown. */
  readonly boxesIn?: (image: ShownImage) => ImageBox[]
}

const mostClassLength = 200

/** A source whose images are files below `folder`, listed by `list`. */
export function sourceOfEntries(
  address: SourceAddress,
  folder: string,
  words: SourceWords,
  files: FileSource,
  list: (options: ListOptions) => Promise<Listing>,
): DatasetSource {
  const links = new Map(address.links)
  return {
    ...filesBelow(folder, words, files, links),
    address,
    words,
    async list(options) {
      const listing = await list(options)
      for (const [key, target] of listing.links) links.set(key, target)
      return listing
    },
  }
}

/** Of entries with keys of their own. What is not there, or leads out of the folder, is left out. */
export async function listingOfEntries(
  all: readonly Entry[],
  folder: string,
  files: FileSource,
  options: ListOptions,
): Promise<Listing> {
  const links = new Map<string, string>()
  const entries = await insideFolder(all, folder, files, links, options)
  return {
    keys: entries.map(({ key }) => key),
    links,
    place(looked, problems) {
      const placed = entries.flatMap(({ className, part }, index) =>
        looked.isUsable(index) ? [{ index, className, part }] : [],
      )
      noteSimilarClasses(new Set(placed.map(({ className }) => className)), problems)
      return placed
    },
    boxesOf(index, image) {
      const entry = entries[index]
      return { where: entry?.where ?? '', boxes: entry?.boxesIn?.(image) ?? [] }
    },
    hintForOneClass: () => null,
  }
}

/** The key of a path as a file gives it, relative to the folder of that file; or why it cannot be one, a sentence. `what`: "the list". */
export function keyOfPath(path: string, what: string): { readonly key: string } | { readonly fault: string } {
  if (path.includes('\0')) return { fault: 'its path has a NUL character in it.' }
  if (posix.isAbsolute(path) || win32.isAbsolute(path) || /^[a-z]:/i.test(path))
    return { fault: `“${path}” is an absolute path. Write it relative to the folder of ${what}.` }
  const key = posix.normalize(process.platform === 'win32' ? path.replaceAll('\\', '/') : path)
  if (key === '..' || key.startsWith('../')) {
    const wayOut = `Put ${what} into the folder that all its images are in.`
    return { fault: `“${path}” leads out of the folder of ${what}. ${wayOut}` }
  }
  return { key }
}

/** Why a text cannot be a class, a sentence; null where it can. */
export function classFault(text: string): string | null {
  if (text.length > mostClassLength) return `its class has more than ${String(mostClassLength)} letters.`
  if (/\p{Cc}/u.test(text)) return 'its class has a control character in it.'
  return null
}
