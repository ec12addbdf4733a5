/**
 * A list of images: a text file with a line per image, `path class` or `path class part`, in UTF-8. Columns are parted by tabs where the line has
 * one, else by spaces. A path is relative to the folder of the list and stays in it. Blank lines and lines that begin with # say nothing.
 */
import { basename, dirname } from 'node:path'
import type { FileSource } from '../images/file-source'
import { classFault, keyOfPath, listingOfEntries, sourceOfEntries, type Entry } from './entries'
import { partOf } from './part-names'
import type { ListOptions, Listing, SourceKind, SourceWords } from './source'
import { readText } from './text-file'

export const listKind: SourceKind = {
  kind: 'list',
  text: 'List of images',
  endings: ['txt', 'lst'],
  open(address, files) {
    const { path } = address
    return sourceOfEntries(address, dirname(path), wordsOf(path), files, (options) =>
      listImages(path, files, options),
    )
  },
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
  const text = await readText(path, 'list', files)
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
      else leaveOut(line, `“${entry.key}” is already on line ${first.where.slice('Line '.length)}.`)
    }
  }
  return listingOfEntries([...found.values()], dirname(path), files, options)
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
  const fault = classFault(label)
  if (fault !== null) return fault
  const part = third === undefined || third === '' ? null : partOf(third)
  if (third !== undefined && third !== '' && part === null)
    return `its third column is “${third}”, not train, val or test. Where a path or a class has spaces in it, part the columns by tabs.`
  const found = keyOfPath(path, 'the list')
  if ('fault' in found) return found.fault
  return { key: found.key, className: label.normalize('NFC'), part, where: `Line ${String(line)}` }
}
