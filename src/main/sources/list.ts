/**
 * A list of images: a text file with a line per image, `path class` or `path class part`, in UTF-8. Columns are parted by tabs where the line has
 * one, else by spaces. A path is relative to the folder of the list and stays in it. Blank lines and lines that begin with # say nothing.
 */
import { basename, dirname, posix, win32 } from 'node:path'
import type { SplitPart } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import { reasonOf, type FileSource } from '../images/file-source'
import { noteSimilarClasses } from './class-names'
import { filesBelow } from './files'
import { insideFolder, type ListedFile } from './list-files'
import { partOf } from './part-names'
import type { ListOptions, Listing, SourceKind, SourceWords } from './source'

export const listKind: SourceKind = {
  kind: 'list',
  endings: ['txt', 'lst'],
  open(address, files) {
    const { path } = address
    const words = wordsOf(path)
    const links = new Map(address.links)
    return {
      ...filesBelow(dirname(path), words, files, links),
      address,
      words,
      async list(options) {
        const listing = await listImages(path, files, options)
        for (const [key, target] of listing.links) links.set(key, target)
        return listing
      },
    }
  },
}

/** A line of some 100 bytes per image: millions of images. It is held in memory whole. */
const mostListBytes = 400e6
const mostClassLength = 200

interface Entry extends ListedFile {
  readonly className: string
  readonly part: SplitPart | null
}

function wordsOf(path: string): SourceWords {
  const folder = dirname(path)
  return {
    place: folder,
    subject: `The image folder ${folder}`,
    bringBack: 'Connect the drive, or put the folder back',
    importAgain: 'import the list again',
    empty: `No line of ${path} names an image that can be used.`,
    layout:
      'Each line needs a path, relative to the folder of the list, and a class: cats/1.jpg cat. A third column may be train, val or test.',
  }
}

async function listImages(path: string, files: FileSource, options: ListOptions): Promise<Listing> {
  const { problems, onProgress } = options
  const text = await readList(path, files)
  const leaveOut = (line: number, why: string): void =>
    problems.add('error', 'bad-entry', `${basename(path)}:${String(line)}`, `Line ${String(line)}: ${why}`)
  const found = new Map<string, Entry>()
  let line = 0
  for (const words of text.split(/\r\n|\n|\r/)) {
    line += 1
    if (line % 1024 === 0) onProgress(found.size)
    if (words.trim() === '' || words.startsWith('#')) continue
    const entry = readLine(words, line)
    if (typeof entry === 'string') leaveOut(line, entry)
    else {
      const first = found.get(entry.key)
      if (first === undefined) found.set(entry.key, entry)
      else leaveOut(line, `“${entry.key}” is already on line ${String(first.line)}.`)
    }
  }
  const links = new Map<string, string>()
  const entries = await insideFolder([...found.values()], dirname(path), files, links, options)
  return {
    keys: entries.map(({ key }) => key),
    links,
    place(looked, later) {
      const placed = entries.flatMap(({ className, part }, index) =>
        looked.isUsable(index) ? [{ index, className, part }] : [],
      )
      noteSimilarClasses(new Set(placed.map(({ className }) => className)), later)
      return placed
    },
    hintForOneClass: () => null,
  }
}

async function readList(path: string, files: FileSource): Promise<string> {
  let reason: string
  try {
    const { bytes, byteCount } = await files.read(path, 0, (_, size) => size <= mostListBytes)
    if (byteCount <= mostListBytes) return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    reason = `it has more than ${String(mostListBytes / 1e6)} MB.`
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new WorkbenchError('path-not-found', `There is no list ${path}.`, 'Check the path.', { cause })
    }
    reason = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not text in UTF-8.' : reasonOf(cause)
  }
  throw new WorkbenchError(
    'path-not-readable',
    `Cannot read the list ${path}: ${reason}${reason.endsWith('.') ? '' : '.'}`,
    'Check that you have permission to read it, and that it is a text file in UTF-8.',
  )
}

/** The entry, or why there is none, a sentence. */
function readLine(text: string, line: number): Entry | string {
  const columns = text.includes('\t')
    ? text.split('\t').map((column) => column.trim())
    : text.trim().split(/ +/)
  const [path = '', label = '', third] = columns
  if (columns.length < 2 || path === '' || label === '') return 'it needs a path and a class.'
  if (columns.length > 3)
    return 'it has more than three columns. Where a path or a class has spaces in it, part the columns by tabs.'
  if (label.length > mostClassLength) return `its class has more than ${String(mostClassLength)} letters.`
  const part = third === undefined || third === '' ? null : partOf(third)
  if (third !== undefined && third !== '' && part === null)
    return `its third column is “${third}”, not train, val or test. Where a path or a class has spaces in it, part the columns by tabs.`
  if (posix.isAbsolute(path) || win32.isAbsolute(path) || /^[a-z]:/i.test(path))
    return `“${path}” is an absolute path. Write it relative to the folder of the list.`
  const key = posix.normalize(process.platform === 'win32' ? path.replaceAll('\\', '/') : path)
  if (key === '..' || key.startsWith('../'))
    return `“${path}” leads out of the folder of the list. Put the list into the folder that all its images are in.`
  return { key, className: label.normalize('NFC'), part, line }
}
