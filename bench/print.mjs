/** Results in words. */
import { machineText } from './machine.mjs'
import { quartiles } from './statistics.mjs'

export function printResult(result) {
  if (result.ran === false) return console.log(result.reason)
  console.log(`${result.what} on ${result.device ?? machineText(result.machine)}`)
  if (result.figures !== undefined) printFigures(result)
  if (result.results !== undefined) printContenders(result)
  for (const line of result.lines ?? []) console.log(`  ${line}`)
}

/** A line of a list of milliseconds: the median, and the quartiles. */
export function timesText(name, list) {
  const { low, median, high } = quartiles(list)
  return `${name.padEnd(44)} ${median.toFixed(0)} ms (${low.toFixed(0)} to ${high.toFixed(0)})`
}

function printContenders({
  results,
  refusals,
  disturbedRounds,
  unit,
  convolutionShare,
  precision,
  ratioOf = 'the first of these to it',
}) {
  for (const [name, { rate, ratio, memoryRatio, peakMemoryBytes }] of Object.entries(results)) {
    const compared =
      ratio === null ? '' : `; ${ratioOf} ${ratio.median.toFixed(2)}, in memory ${memoryRatio.toFixed(2)}`
    console.log(`  ${name.padEnd(12)} ${rateText(rate, unit)}, peak ${mb(peakMemoryBytes)}${compared}`)
  }
  for (const [name, message] of Object.entries(refusals)) console.log(`  ${name.padEnd(12)} ${message}`)
  if (disturbedRounds > 0) console.log(`  other programs disturbed ${disturbedRounds} rounds`)
  if (convolutionShare != null)
    console.log(`  ${(100 * convolutionShare).toFixed(0)} % of our time in convolutions, ${precision}`)
}

function printFigures({ figures, unit, peer, peakMemoryBytes }) {
  for (const [name, figure] of Object.entries(figures)) {
    if (name !== '') console.log(`  ${name}`)
    console.log(`  ours  ${rateText(figure.ours, unit)}`)
    if (figure.peer === null) continue
    console.log(`  peer  ${rateText(figure.peer, unit)}`)
    console.log(`  ratio ${figure.ratio.toFixed(2)}`)
  }
  console.log(`  peak memory: ours ${mb(peakMemoryBytes.ours)}, peer ${mb(peakMemoryBytes.peer)}`)
  console.log(peer === null ? '  no peer: give --peer PYTHON' : `  peer: ${peer}`)
}

function rateText({ low, median, high, runs }, unit) {
  return `${median.toFixed(1)} ${unit} (quartiles ${low.toFixed(1)}–${high.toFixed(1)} of ${runs})`
}

function mb(bytes) {
  return bytes === null ? 'not measured' : `${(bytes / 1e6).toFixed(0)} MB`
}
