/** How a core fares that is used for half an hour; fails where it holds more and more. */
import { fileURLToPath } from 'node:url'
import { machine } from '../machine.mjs'
import { soak } from '../soak.mjs'

const program = fileURLToPath(new URL('../../out/main/cli.cjs', import.meta.url))

export async function* soakResults({ minutes = 30, note }) {
  const { samples, orphans, heap, resident, grown, isFlat, isKnown } = await soak({
    program,
    durationMs: minutes * 60_000,
    note,
  })
  if (!isFlat) process.exitCode = 1
  const [first, last] = [samples[0], samples.at(-1)]
  const perMinute = ({ value, low, high }) =>
    `${(value / 1e3).toFixed(0)} kB a minute (95 %: ${(low / 1e3).toFixed(0)} to ${(high / 1e3).toFixed(0)})`
  yield {
    case: 'soak',
    what: `${samples.length} cycles in ${(last.atMs / 60_000).toFixed(1)} minutes, as many restarts by kill -9,`,
    samples,
    orphans,
    heap,
    resident,
    grown,
    isFlat,
    machine: machine(),
    lines: [
      `heap after collection ${perMinute(heap)}, from ${(first.heapBytes / 1e6).toFixed(1)} to ${(last.heapBytes / 1e6).toFixed(1)} MB`,
      `resident ${perMinute(resident)}, from ${(first.residentBytes / 1e6).toFixed(0)} to ${(last.residentBytes / 1e6).toFixed(0)} MB`,
      `databases of the home ${(first.homeBytes / 1e6).toFixed(1)} to ${(last.homeBytes / 1e6).toFixed(1)} MB`,
      `open files ${first.openFiles} to ${last.openFiles}, child processes ${first.children} to ${last.children}, trainers that outlived their core ${orphans}`,
      isFlat ? 'flat' : isKnown ? 'NOT FLAT' : 'too few cycles to tell: give it more minutes',
    ],
  }
}
