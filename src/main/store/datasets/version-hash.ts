/** The hash of a version: of the list of (path, content, class, part) of its images, in the order of their ids. */
import { createHash, type Hash } from 'node:crypto'
import type { SplitPart } from '../../../contract/entities/dataset'
import type { InTurns } from '../../../domain/in-turns'

export interface VersionLine {
  readonly key: string
  /** Lower-case hex. */
  readonly contentHash: string
  readonly className: string
  readonly part: SplitPart
}

export function startVersionHash(): Hash {
  return createHash('sha256')
}

export function addVersionLine(hash: Hash, { key, contentHash, className, part }: VersionLine): Hash {
  // JSON, so that no path can look like two columns
  return hash.update(`${JSON.stringify([key, contentHash, className, part])}\n`)
}

/** Bytes of SHA-256. */
export function* hashingVersion(count: number, lineAt: (place: number) => VersionLine): InTurns<Buffer> {
  const hash = startVersionHash()
  for (let place = 0; place < count; place++) {
    addVersionLine(hash, lineAt(place))
    if (place % linesAtOnce === linesAtOnce - 1) yield
  }
  return hash.digest()
}

/** Between two pauses: some milliseconds. */
const linesAtOnce = 4000
