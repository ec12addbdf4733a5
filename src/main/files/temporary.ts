/**
 * What is written beside its place until it is whole. A killed process leaves it; it is swept by the next one that writes there, and where a
 * record could be kept of it, at the next start. Only what carries the mark of a process that has ended, and belongs to this user, is ever removed.
 */
import { randomUUID } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ownerGone, ownerMark, ownerPattern } from './owner'

/** A name of its own beside `path`. */
export function temporaryBeside(path: string): string {
  return `${path}.partial-${ownerMark()}-${randomUUID().slice(0, 8)}`
}

/** Ends the name under which `temporaryBeside(path)` keeps what lay at `path` before, while the new one takes its place. */
export const replacedSuffix = '-old'

/** Removes what ended processes left beside `path`; what one of them was replacing, and had no successor yet, gets its name back. */
export function sweepBeside(path: string): void {
  const begin = `${basename(path)}.partial-`
  for (const name of namesIn(dirname(path)))
    if (name.startsWith(begin)) sweep(join(dirname(path), name), path)
}

/** Removes from `folder` what ended processes left there under names that begin so. */
export function sweepNamed(folder: string, begin: string): void {
  for (const name of namesIn(folder)) if (name.startsWith(begin)) sweep(join(folder, name), null)
}

/**
 * Keeps a record in `folder` that `temporary` will be beside `target`, for `sweepRecorded` at a later start; null, or a folder that cannot be written: none.
 * Call what is returned when `temporary` is gone or has its name.
 */
export function recordTemporary(folder: string | null, temporary: string, target: string): () => void {
  return keepRecord(folder, { temporary, target })
}

/** Keeps a record in `folder` that this work is under way, so that `sweepRecorded` tells of it where its process is killed. Call what is returned at its end. */
export function recordWork(folder: string | null, work: string): () => void {
  return keepRecord(folder, { work })
}

function keepRecord(folder: string | null, said: Partial<Said>): () => void {
  if (folder === null) return () => undefined
  const record = join(folder, `${ownerMark()}-${randomUUID().slice(0, 8)}`)
  try {
    // not `recursive`: its parent is there, and under /proc Node 22 would try for ever
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 })
    writeFileSync(record, JSON.stringify(said), { mode: 0o600 })
  } catch {
    return () => undefined // read-only or full: who writes there next sweeps
  }
  return () => rmSync(record, { force: true })
}

/** Removes what the records in `folder` name, of processes that have ended. Returns the work that was under way in them. */
export function sweepRecorded(folder: string): string[] {
  const works: string[] = []
  for (const name of namesIn(folder)) {
    const mark = ownerPattern.exec(name)?.[0]
    if (mark === undefined || !ownerGone(mark)) continue
    const record = join(folder, name)
    const { temporary = '', target = '', work } = readRecord(record)
    // A record may be old, or not ours: only what carries the same mark is swept.
    if (basename(temporary).startsWith(`${basename(target)}.partial-${mark}-`)) {
      sweep(`${temporary}${replacedSuffix}`, target)
      sweep(temporary, target)
    }
    if (work !== undefined) works.push(work)
    rmSync(record, { force: true })
  }
  return works.sort()
}

function sweep(path: string, target: string | null): void {
  const mark = ownerPattern.exec(basename(path).slice(basename(target ?? '').length))?.[0]
  if (mark === undefined || !ownerGone(mark)) return
  try {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found === undefined || found.isSymbolicLink() || (process.getuid && found.uid !== process.getuid()))
      return
    if (target !== null && path.endsWith(replacedSuffix) && !existsSync(target)) renameSync(path, target)
    else rmSync(path, { recursive: true, force: true })
  } catch {
    // Its folder is read-only now, or its disk is gone: nothing of ours depends on it.
  }
}

/** What a record says. */
interface Said {
  readonly temporary: string
  readonly target: string
  readonly work: string
}

function readRecord(path: string): Partial<Said> {
  try {
    const said = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    return Object.fromEntries(Object.entries(said).filter(([, value]) => typeof value === 'string'))
  } catch {
    return {} // half-written when its process was killed
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // not there
  }
}
