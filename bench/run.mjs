/**
 * npm run bench -- CASE [--json] [--peer PYTHON] [--runs N]
 *
 * Ours and the peer's in turn, A B A B …, in one call; medians and quartiles. The peer's Python is the caller's own
 * (with Pillow for `import`, with torch and torchvision for `input`, with torch and timm for `step` and `engines`); the set-up never installs it. Without a peer: ours alone.
 */
import os from 'node:os'
import { parseArgs } from 'node:util'
import { enginesCase } from './cases/engines.mjs'
import { importCase } from './cases/import.mjs'
import { inputCase } from './cases/input.mjs'
import { stepCase } from './cases/step.mjs'
import { quartiles } from './statistics.mjs'

const cases = { engines: enginesCase, import: importCase, input: inputCase, step: stepCase }

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
if (bench.compare !== undefined) {
  await compareEngines()
  process.exit(0)
}
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
  machine: machine(),
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

async function compareEngines() {
  const { entries, refusals } = await bench.compare({
    runs: Number(values.runs),
    python: values.peer,
    note: (text) => console.error(text),
  })
  if (values.json) {
    const { what, unit } = bench
    console.log(JSON.stringify({ case: positionals[0], what, unit, entries, refusals, machine: machine() }))
    return
  }
  console.log(`${bench.what} on ${machine()}`)
  for (const { name, rate, ratio, peakMemoryBytes } of entries) {
    const compared = ratio === null || name.startsWith('PyTorch') ? '' : `, ${ratio.toFixed(2)} of the peer`
    console.log(`  ${name.padEnd(24)} ${line(rate)}, peak ${mb(peakMemoryBytes)}${compared}`)
  }
  for (const [name, message] of Object.entries(refusals)) console.log(`  ${name.padEnd(24)} ${message}`)
}

function machine() {
  return `${os.cpus()[0]?.model.trim() ?? 'unknown processor'}, ${os.cpus().length} cores, ${(os.totalmem() / 2 ** 30).toFixed(0)} GiB`
}

function line({ low, median, high, runs }) {
  return `${median.toFixed(1)} ${bench.unit} (quartiles ${low.toFixed(1)}–${high.toFixed(1)} of ${runs})`
}

/** The largest of the runs; null where it was not measured. */
function peak(runs) {
  const known = runs.map(({ peakMemoryBytes }) => peakMemoryBytes).filter((bytes) => bytes !== null)
  return known.length === 0 ? null : Math.max(...known)
}

function mb(bytes) {
  return bytes === null ? 'not measured' : `${(bytes / 1e6).toFixed(0)} MB`
}
