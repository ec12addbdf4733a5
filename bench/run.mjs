/**
 * npm run bench -- CASE [--json] [--peer PYTHON] [--runs N]
 *
 * Ours and the peer's in turn, A B A B …, in one call; medians and quartiles. The peer's Python is the caller's own
 * (with Pillow for `import`, with torch and torchvision for `input`, with torch and timm for `step`); the set-up never installs it. Without a peer: ours alone.
 */
import os from 'node:os'
import { parseArgs } from 'node:util'
import { importCase } from './cases/import.mjs'
import { inputCase } from './cases/input.mjs'
import { stepCase } from './cases/step.mjs'

const cases = { import: importCase, input: inputCase, step: stepCase }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    peer: { type: 'string' },
    runs: { type: 'string', default: '5' },
    folder: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const chosen = cases[positionals[0]]
if (values.help || chosen === undefined) {
  console.error(
    `usage: npm run bench -- ${Object.keys(cases).join('|')} [--json] [--peer PYTHON] [--runs N] [--folder IMAGES]`,
  )
  process.exit(values.help ? 0 : 2)
}

const bench = await chosen({ folder: values.folder })
const ours = []
const peer = []
for (let run = 0; run < Number(values.runs); run++) {
  ours.push(await bench.ours())
  if (values.peer !== undefined) peer.push(await bench.peer(values.peer))
  for (const name of figures(ours)) {
    const [one, other] = [rateOf(ours.at(-1), name), rateOf(peer.at(-1), name)]
    console.error(
      `run ${run + 1}${label(name)}: ours ${one.toFixed(1)}, peer ${other?.toFixed(1) ?? '—'} ${bench.unit}`,
    )
  }
}

const first = figures(ours)[0]
const result = {
  case: positionals[0],
  what: bench.what,
  unit: bench.unit,
  ...compared(first),
  // a case with several figures
  ...(first === null
    ? {}
    : { figures: Object.fromEntries(figures(ours).map((name) => [name, compared(name)])) }),
  peakMemoryBytes: { ours: peak(ours), peer: peak(peer) },
  machine: `${os.cpus()[0]?.model.trim() ?? 'unknown processor'}, ${os.cpus().length} cores, ${(os.totalmem() / 2 ** 30).toFixed(0)} GiB`,
}
if (values.json) console.log(JSON.stringify(result))
else {
  console.log(`${result.what} on ${result.machine}`)
  for (const name of figures(ours)) {
    const figure = compared(name)
    if (name !== null) console.log(`  ${name}`)
    console.log(`  ours  ${line(figure.ours)}`)
    if (figure.peer !== null) {
      console.log(`  peer  ${line(figure.peer)}`)
      console.log(`  ratio ${figure.ratio.toFixed(2)}`)
    }
  }
  console.log(
    `  peak memory: ours ${mb(result.peakMemoryBytes.ours)}, peer ${mb(result.peakMemoryBytes.peer)}`,
  )
  console.log(values.peer === undefined ? '  no peer: give --peer PYTHON' : `  peer: ${bench.peerName}`)
}

/** Names of a case's figures; [null] where it has one without a name. */
function figures([one]) {
  return one?.rates === undefined ? [null] : Object.keys(one.rates)
}

function label(name) {
  return name === null ? '' : `, ${name}`
}

function rateOf(run, name) {
  return name === null ? run?.rate : run?.rates[name]
}

/** Ours, the peer's and the median of their ratios run by run. */
function compared(name) {
  const ratios = peer.map((run, index) => rateOf(ours[index], name) / rateOf(run, name))
  return {
    ours: quartiles(ours.map((run) => rateOf(run, name))),
    peer:
      peer.length === 0 ? null : { ...quartiles(peer.map((run) => rateOf(run, name))), what: bench.peerName },
    ratio: peer.length === 0 ? null : quartiles(ratios).median,
  }
}

function quartiles(values) {
  const sorted = [...values].sort((one, other) => one - other)
  const at = (share) => {
    const place = share * (sorted.length - 1)
    const low = Math.floor(place)
    return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low])
  }
  return { low: at(0.25), median: at(0.5), high: at(0.75), runs: sorted.length }
}

function line({ low, median, high, runs }) {
  return `${median.toFixed(1)} ${result.unit} (quartiles ${low.toFixed(1)}–${high.toFixed(1)} of ${runs})`
}

/** The largest of the runs; null where it was not measured. */
function peak(runs) {
  const known = runs.map(({ peakMemoryBytes }) => peakMemoryBytes).filter((bytes) => bytes !== null)
  return known.length === 0 ? null : Math.max(...known)
}

function mb(bytes) {
  return bytes === null ? 'not measured' : `${(bytes / 1e6).toFixed(0)} MB`
}
