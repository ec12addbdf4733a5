/** A table of metrics: a row a step, a column a metric. */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CsvError, parse } from 'csv-parse'
import { lineEnds } from '../../files/line-ends'
import { withBytes } from './file-bytes'
import { damaged, Metrics, type FoundRun } from './found-run'

const stepNames = ['step', 'global_step', '_step', 'iteration', 'iter', 'epoch']
const timeNames = ['wall time', 'wall_time', 'timestamp', '_timestamp', 'time']
const rowsAtOnce = 2000
const mostColumns = 2000

/** A column of steps is told by its name; without one rows are counted. Throws 'bad-input' naming the file. */
export async function readCsvMetrics(path: string, pause: () => void): Promise<FoundRun> {
  const delimiter = await withBytes(path, async (bytes) => {
    const start = (await bytes.read(Math.min(bytes.byteCount, 4096)))?.toString('utf8') ?? ''
    const [first = ''] = start.split('\n', 1)
    // a name in quotes may have any of them
    const bare = first.replace(/"[^"]*"/g, '')
    return [',', '\t', ';'].find((one) => bare.includes(one)) ?? ','
  })
  const metrics = new Metrics(path)
  const stream = createReadStream(path)
  const rows = stream.pipe(
    parse({
      delimiter,
      bom: true,
      trim: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 1_000_000,
      record_delimiter: lineEnds,
    }),
  )
  let names: readonly string[] | null = null
  let [stepAt, timeAt, row] = [-1, -1, 0]
  let [first, last] = [NaN, NaN]
  try {
    for await (const cells of rows as AsyncIterable<string[]>) {
      if (names === null) {
        if (cells.length > mostColumns) throw damaged(path, 'it has too many columns')
        names = cells
        const lower = cells.map((cell) => cell.toLowerCase())
        stepAt = stepNames.map((name) => lower.indexOf(name)).find((at) => at >= 0) ?? -1
        timeAt = timeNames.map((name) => lower.indexOf(name)).find((at) => at >= 0) ?? -1
        continue
      }
      const step = stepAt < 0 ? row : numberOf(cells[stepAt])
      const atMs = timeAt < 0 ? NaN : 1000 * numberOf(cells[timeAt])
      if (Number.isFinite(atMs)) [first, last] = [Number.isNaN(first) ? atMs : first, atMs]
      names.forEach((name, at) => {
        if (at !== stepAt && at !== timeAt) metrics.add(name, step, numberOf(cells[at]), atMs)
      })
      if (++row % rowsAtOnce !== 0) continue
      pause()
      await nextTurn()
    }
  } catch (thrown) {
    throw thrown instanceof CsvError ? damaged(path, thrown.message, thrown) : thrown
  } finally {
    stream.destroy()
  }
  if (metrics.lists.size === 0) throw damaged(path, 'no column below its first line has numbers')
  return {
    program: 'csv',
    name: basename(path).replace(/\.[^.]+$/, ''),
    path,
    startedAtMs: Number.isNaN(first) ? null : first,
    endedAtMs: Number.isNaN(last) ? null : last,
    state: 'unknown',
    settings: [],
    tags: [],
    metrics: metrics.lists,
  }
}

function numberOf(cell: string | undefined): number {
  return cell === undefined || cell === '' ? NaN : Number(cell)
}
