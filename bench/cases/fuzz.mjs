/** Damaged files through every parser: how many, the slowest, the most memory; fails where one took too much or ended in no words. */
import { fileURLToPath } from 'node:url'
import { fuzzParsers, mostBytes, mostCpuMs } from '../fuzz-parsers.mjs'
import { machine } from '../machine.mjs'

const program = fileURLToPath(new URL('../../out/main/bench-fuzz.cjs', import.meta.url))

export async function* fuzzResults({ files: fileCount = 10_000, seed = 20_261_127, only, note }) {
  const { parsers, files: all, faults } = await fuzzParsers({ program, fileCount, seed, only, note })
  const files = all.filter(({ isWhole }) => !isWhole)
  const most = (list, field) => list.reduce((top, file) => Math.max(top, file[field]), 0)
  const sum = (list, field) => list.reduce((total, file) => total + file[field], 0)
  const byParser = parsers.map((parser) => {
    const own = files.filter((file) => file.parser === parser)
    return {
      parser,
      files: own.length,
      read: own.filter(({ read }) => read > 0).length,
      slowestCpuMs: most(own, 'cpuMs'),
      peakBytes: most(own, 'peakBytes'),
    }
  })
  if (faults.length > 0) process.exitCode = 1
  yield {
    case: 'fuzz',
    what: `${files.length.toLocaleString('en')} damaged files, seed ${seed},`,
    parsers: byParser,
    faults,
    machine: machine(),
    lines: [
      ...byParser.map(
        (one) =>
          `${one.parser.padEnd(12)} ${String(one.files).padStart(6)} files, ${one.read} still read in some way; slowest ${one.slowestCpuMs.toFixed(0)} ms, memory by then ${(one.peakBytes / 1e6).toFixed(0)} MB`,
      ),
      `${sum(files, 'read')} readings gave a result, ${sum(files, 'refused')} a refusal; slowest file ${most(files, 'cpuMs').toFixed(0)} ms of the processor (limit ${mostCpuMs}), most memory ${(most(files, 'peakBytes') / 1e6).toFixed(0)} MB (limit ${mostBytes / 1e6})`,
      ...faults.map(({ again, what }) => `FAULT ${what}\n    again: npm run bench -- fuzz ${again}`),
      faults.length === 0 ? 'no fault' : `${faults.length} faults`,
    ],
  }
}
