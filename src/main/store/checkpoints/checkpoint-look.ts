/** The file of checkpoints at the start of a core: where it is gone or cannot be read, that costs the checkpoints and nothing else. */
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { WorkbenchError } from '../../../contract/errors'
import { checkpointFileName, openCheckpointFile } from './checkpoint-file'
import { storedNames } from './checkpoints'
import type { Db } from '../statement'

/** What is to be told, a line each. A file that cannot be read at all is moved aside, so that a new one can be begun. Throws nothing that concerns that file. */
export function lookAtCheckpoints(homePath: string, db: Db): string[] {
  const path = join(homePath, checkpointFileName)
  const named = storedNames(db)
  if (!existsSync(path)) {
    if (named.length === 0) return []
    return [
      `The file of the checkpoints, ${path}, is missing: ${countOf(named.length)} of ${runsOf(db)} cannot be used. Everything else works. ` +
        'Put the file back and start the workbench again; a run that is resumed without it begins again, with the same result.',
    ]
  }
  const file = openCheckpointFile(homePath, { readOnly: true })
  try {
    const found = new Set(file.names())
    const missing = named.filter((name) => !found.has(name)).length
    return missing === 0
      ? []
      : [`${path} lacks ${countOf(missing)}: they cannot be used. Everything else works.`]
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError)) throw thrown
    if (thrown.code !== 'home-broken') return [`The checkpoints cannot be read now. ${thrown.message}`]
    file.close()
    const aside = setAside(path)
    return [
      `The file of the checkpoints cannot be read, and was moved to ${aside}. ${thrown.message} ` +
        `${countOf(named.length)} of ${runsOf(db)} cannot be used; a run that is resumed begins again, with the same result. Everything else works.`,
    ]
  } finally {
    file.close()
  }
}

/** With its log. Answers with the new path. */
export function setAside(path: string): string {
  let number = 1
  const named = (): string => path.replace(/\.db$/, `-damaged-${String(number)}.db`)
  while (existsSync(named())) number++
  for (const suffix of ['', '-wal', '-shm'])
    if (existsSync(path + suffix)) renameSync(path + suffix, named() + suffix)
  return named()
}

function countOf(count: number): string {
  return `${String(count)} ${count === 1 ? 'checkpoint' : 'checkpoints'}`
}

function runsOf(db: Db): string {
  const count =
    db
      .prepare<[], number>('SELECT count(DISTINCT run_id) FROM checkpoints WHERE stored_as IS NOT NULL')
      .pluck()
      .get() ?? 0
  return `${String(count)} ${count === 1 ? 'run' : 'runs'}`
}
