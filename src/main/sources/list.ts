/**
 * A list of images: a text file with a line per image, `path class` or `path class part`, in UTF-8. Columns are parted by tabs where the line has
 * one, else by spaces. A path is relative to the folder of the list and stays in it. Blank lines and lines that begin with # say nothing.
 */
import { basename, dirname, join, posix, win32 } from 'node:path'
import type { SplitPart } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import { eachAtMost } from '../images/decode-queue'
import { reasonOf, type FileSource } from '../images/file-source'
import { filesBelow, isWithin } from './files'
import { partOf } from './part-names'
import type { ProblemList } from './problem-list'
import type { ListOptions, Listing, SourceKind, SourceWords } from './source'

export const listKind: SourceKind = {
  kind: 'list',
  endings: ['txt', 'lst'],
  open(path, files) {
    const words = wordsOf(path)
    return {
      ...filesBelow(dirname(path), words, files),
      address: { kind: 'list', path },
      words,
      list: (options) => listImages(path, files, options),
    }
  },
}

/** A line of some 100 bytes per image: millions of images. It is held in memory whole. */
const mostListBytes = 400e6
const mostClassLength = 200
/** A system call each, which waits for the disk. */
const atOnce = 64

interface Entry {
  readonly key: string
  readonly className: string
  readonly part: SplitPart | null
  readonly line: number
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
  const entries = await insideFolder([...found.values()], dirname(path), files, options)
  return {
    keys: entries.map(({ key }) => key),
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

/** Those whose files are there and, links followed, below the folder. */
async function insideFolder(
  entries: readonly Entry[],
  folder: string,
  files: FileSource,
  { problems, onProgress }: ListOptions,
): Promise<Entry[]> {
  const realRoot = await files.realPath(folder)
  const faults = new Map<number, readonly ['unreadable' | 'symlink-outside', string]>()
  let done = 0
  await eachAtMost(entries.length, atOnce, async (index) => {
    onProgress(done++)
    const { key, line } = entries[index] ?? { key: '', line: 0 }
    const where = `Line ${String(line)}: the file`
    try {
      const target = await files.realPath(join(folder, key))
      if (isWithin(realRoot, target)) return
      const message = `${where} is outside the folder of the list: a link leads to ${target}. Put the files themselves there.`
      faults.set(index, ['symlink-outside', message])
    } catch (error) {
      faults.set(index, ['unreadable', `${where} cannot be read: ${reasonOf(error)}`])
    }
  })
  return entries.filter(({ key }, index) => {
    const fault = faults.get(index)
    if (fault !== undefined) problems.add('error', fault[0], key, fault[1])
    return fault === undefined
  })
}

function noteSimilarClasses(classNames: ReadonlySet<string>, problems: ProblemList): void {
  const seen = new Map<string, string>()
  for (const name of classNames) {
    const folded = name.toLowerCase()
    const other = seen.get(folded)
    if (other === undefined) seen.set(folded, name)
    else {
      const message = `The classes "${other}" and "${name}" differ only in case. They are two classes; if they are one, write it the same way.`
      problems.add('note', 'duplicate-class-name', name, message)
    }
  }
}
