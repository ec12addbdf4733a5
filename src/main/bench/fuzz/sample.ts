/** What a parser is asked to read, and what is damaged of it. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

export interface Sample {
  readonly name: string
  /** The bytes of each file, by its path below the sample's folder. */
  readonly files: ReadonlyMap<string, Buffer>
  /** Those of them that are damaged, one at a time. */
  readonly damaged: readonly string[]
  /** What is read: one of the files; '' is the folder itself. */
  readonly opened: string
  /** Sums and hashes made right again, so that not they alone are what refuses the file: every other time. */
  readonly resign?: (bytes: Buffer) => Buffer
  /** So many zeros follow the damaged file, without being written. */
  readonly holeBytes?: number
}

export interface Parser {
  readonly name: string
  samples(fixtures: string): Promise<readonly Sample[]> | readonly Sample[]
  /** Throws a WorkbenchError where the file is refused. `attempt` is for each of several ways to read it. */
  read(path: string, attempt: Attempt): Promise<void>
}

/** Lets a refusal pass, so that the next way to read the file is tried, too. */
export type Attempt = (work: () => unknown) => Promise<void>

/** One file. */
export function fileSample(name: string, bytes: Buffer, resign?: Sample['resign']): Sample {
  return {
    name,
    files: new Map([[name, bytes]]),
    damaged: [name],
    opened: name,
    ...(resign !== undefined && { resign }),
  }
}

export function fixtureFile(path: string, resign?: Sample['resign']): Sample {
  return fileSample(basename(path), readFileSync(path), resign)
}

/** All files of a folder; `isDamaged` says which may be. */
export function folderSample(folder: string, isDamaged: (path: string) => boolean, opened = ''): Sample {
  const files = new Map<string, Buffer>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(path.slice(folder.length + 1), readFileSync(path))
  }
  const damaged = [...files.keys()].filter(isDamaged).sort()
  return { name: basename(folder), files, damaged, opened }
}
