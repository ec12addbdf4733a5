/** A CSV file that only grows: a line is whole on the disk before the next is begun. */
import {
  closeSync,
  createReadStream,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { CsvError, parse } from 'csv-parse'
import { WorkbenchError } from '../../contract/errors'
import { lineEnds } from '../files/line-ends'
import { makeFolders } from '../files/make-folders'
import { pathToWrite } from '../files/replaceable'
import { writeError } from '../files/write-error'

export interface AppendedCsv {
  /** What the first field of each line was when it was opened. */
  readonly firstFields: ReadonlySet<string>
  append(lines: string): void
  close(): void
}

/**
 * `head`: its first line, which an earlier file must have, too. A line that was cut off at the end of the earlier file goes. Throws 'not-allowed' where
 * another file has the name, 'disk-full'.
 */
export async function openAppendedCsv(path: string, head: string): Promise<AppendedCsv> {
  const inWords = <T>(work: () => T): T => {
    try {
      return work()
    } catch (thrown) {
      throw writeError(path, thrown)
    }
  }
  const target = inWords(() =>
    pathToWrite(path, (bytes) => bytes.toString('utf8').startsWith(head.slice(0, 60))),
  )
  const wasThere = (statSync(target, { throwIfNoEntry: false })?.size ?? 0) > 0
  let end = wasThere ? inWords(() => endOfLines(target)) : 0
  const firstFields = end > 0 ? await firstFieldsOf(target, path, head, end) : new Set<string>()
  const handle = inWords(() => {
    makeFolders(dirname(target))
    return openSync(target, wasThere ? 'r+' : 'w')
  })
  const append = (lines: string): void =>
    inWords(() => {
      const bytes = Buffer.from(lines)
      for (let written = 0; written < bytes.length;)
        written += writeSync(handle, bytes, written, bytes.length - written, end + written)
      fsyncSync(handle)
      end += bytes.length
    })
  inWords(() => ftruncateSync(handle, end))
  if (end === 0) append(head)
  return { firstFields, append, close: () => closeSync(handle) }
}

/** After the last line that was written to its end, bytes. */
function endOfLines(target: string): number {
  const handle = openSync(target, 'r')
  try {
    const piece = Buffer.alloc(64 * 1024)
    for (let to = fstatSync(handle).size; to > 0;) {
      const from = Math.max(0, to - piece.length)
      const count = readSync(handle, piece, 0, to - from, from)
      const at = piece.subarray(0, count).lastIndexOf('\n')
      if (at >= 0) return from + at + 1
      to = from
    }
    return 0
  } finally {
    closeSync(handle)
  }
}

async function firstFieldsOf(target: string, path: string, head: string, end: number): Promise<Set<string>> {
  const fields = new Set<string>()
  let isHead = true
  const rows = createReadStream(target, { end: end - 1 }).pipe(
    parse({
      relax_column_count: true,
      relax_quotes: true,
      max_record_size: 1_000_000,
      record_delimiter: lineEnds,
      bom: true,
    }),
  )
  try {
    for await (const row of rows as AsyncIterable<string[]>) {
      if (isHead && row.join(',') !== head.trim()) {
        throw new WorkbenchError(
          'not-allowed',
          `${path} has other columns than ${head.trim()}.`,
          'Choose another file, or the --top that it was written with. It was not changed.',
        )
      }
      if (!isHead) fields.add(row[0] ?? '')
      isHead = false
    }
  } catch (thrown) {
    // Of a row that is broken and all after it nothing is known; all before it were read.
    if (!(thrown instanceof CsvError)) throw thrown
  }
  return fields
}
