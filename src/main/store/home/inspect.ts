/** What kind of file lies where the database should: looked at before SQLite opens it, which would make a database of an empty file. */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { WorkbenchError } from '../../../contract/errors'
import { brokenFile } from '../sqlite-errors'

const magic = 'SQLite format 3\0'
/** https://sqlite.org/fileformat.html#the_database_header */
const headerBytes = 100

/** Whether there is a database to open; false: there is none yet. Reads only. Throws 'home-broken' where what is there cannot be one of ours. */
export function inspectDatabase(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  const logBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
  if (found === undefined) {
    if (logBytes > 0) throw databaseGone(path)
    return false
  }
  if (!found.isFile()) throw brokenFile(path, 'it is not a file')
  if (found.size === 0) throw empty(path)
  const header = readHeader(path)
  if (header.length < headerBytes || header.toString('latin1', 0, 16) !== magic)
    throw brokenFile(path, 'it does not begin as a database does')
  // What the write-ahead log holds is newer than the header.
  if (logBytes === 0 && found.size < pagesBytes(header))
    throw brokenFile(path, `it was cut off: ${found.size} of ${pagesBytes(header)} bytes are there`)
  return true
}

/** Length by the header; 0 where the header does not say. */
function pagesBytes(header: Buffer): number {
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16)
  const isCounted = header.readUInt32BE(24) === header.readUInt32BE(92)
  return isCounted ? pageBytes * header.readUInt32BE(28) : 0
}

function readHeader(path: string): Buffer {
  const handle = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(headerBytes)
    return bytes.subarray(0, readSync(handle, bytes, 0, headerBytes, 0))
  } finally {
    closeSync(handle)
  }
}

function empty(path: string): WorkbenchError {
  return new WorkbenchError(
    'home-broken',
    `The database ${path} is empty (0 bytes): what was in it is gone, or copying it was broken off. It was not replaced.`,
    'Restore it from a backup, or choose another home with --home. Delete the file only if nothing was ever kept in this home.',
  )
}

function databaseGone(path: string): WorkbenchError {
  return new WorkbenchError(
    'home-broken',
    `The database ${path} is not there, but its log ${path}-wal is. No new database was made.`,
    'Put the database back beside its log. If you meant to begin anew, move the log away too, or choose another home with --home.',
  )
}
