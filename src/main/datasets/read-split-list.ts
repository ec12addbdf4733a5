/**
 * A text that says of a dataset's images in which part they are: a line `path part`, or `path class part` as datasets.splitList writes it, parted by tabs or
 * spaces. Blank lines, and lines that begin with #, say nothing.
 */
import { posix } from 'node:path'
import type { SplitLineFault, SplitPart } from '../../contract/entities/dataset'
import type { InTurns } from '../../domain/in-turns'
import { partOf } from '../sources/part-names'

export interface GivenParts {
  /** By the images' numbers. */
  readonly parts: ReadonlyMap<number, SplitPart>
  readonly faultCount: number
  /** The first of them. */
  readonly faults: readonly SplitLineFault[]
}

const mostFaults = 20
const linesAtOnce = 4000
const mostShown = 200

/** `ids`: by the images' paths within the dataset; `rootPath`: absolute paths below it are found as well. */
export function* readingSplitList(
  text: string,
  ids: ReadonlyMap<string, number>,
  rootPath: string,
): InTurns<GivenParts> {
  const parts = new Map<number, SplitPart>()
  const faults: SplitLineFault[] = []
  let faultCount = 0
  let line = 0
  for (const words of text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)) {
    if (++line % linesAtOnce === 0) yield
    if (words.trim() === '' || words.startsWith('#')) continue
    const found = readLine(words, ids, rootPath)
    const reason =
      'fault' in found
        ? found.fault
        : (parts.get(found.id) ?? found.part) === found.part
          ? null
          : `an earlier line puts it into ${parts.get(found.id) ?? ''}`
    if (reason === null && 'id' in found) parts.set(found.id, found.part)
    if (reason === null) continue
    faultCount++
    if (faults.length < mostFaults) faults.push({ line, text: words.trim().slice(0, mostShown), reason })
  }
  return { parts, faultCount, faults }
}

type ReadLine = { readonly id: number; readonly part: SplitPart } | { readonly fault: string }

function readLine(text: string, ids: ReadonlyMap<string, number>, rootPath: string): ReadLine {
  const columns = text.includes('\t')
    ? text.split('\t').map((column) => column.trim())
    : text.trim().split(/ +/)
  const last = columns.at(-1) ?? ''
  if (columns.length < 2) return { fault: 'it needs a path and a part' }
  const part = partOf(last)
  if (part === null) return { fault: `“${last.slice(0, 40)}” is not train, val or test` }
  for (const path of pathsOf(text, columns)) {
    const id = ids.get(keyOf(path, rootPath))
    if (id !== undefined) return { id, part }
  }
  return { fault: 'the dataset has no such image' }
}

/** What the path may be. Without tabs, spaces may be of the path, and there may be a class behind it. */
function pathsOf(text: string, columns: readonly string[]): string[] {
  if (text.includes('\t')) return columns.slice(0, 1)
  const line = text.trim()
  const beforePart = line.slice(0, line.lastIndexOf(' ')).trimEnd()
  const beforeClass = beforePart.slice(0, Math.max(0, beforePart.lastIndexOf(' '))).trimEnd()
  return [beforePart, beforeClass]
}

function keyOf(path: string, rootPath: string): string {
  const plain = process.platform === 'win32' ? path.replaceAll('\\', '/') : path
  const root = process.platform === 'win32' ? rootPath.replaceAll('\\', '/') : rootPath
  return posix.normalize(plain.startsWith(`${root}/`) ? plain.slice(root.length + 1) : plain)
}
