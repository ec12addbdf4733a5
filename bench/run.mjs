/**
 * npm run bench -- CASE [--json] [--peer PYTHON] [--runs N]
 *
 * Ours and the peer's in turn, A B A B …, in one call; medians and quartiles. The peer's Python is the caller's own
 * (with Pillow for `import`, with torch and timm for `step` and `engines`); the set-up never installs it. Without a peer: ours alone.
 */
import os from 'node:os'
import { parseArgs } from 'node:util'
import { enginesCase } from './cases/engines.mjs'
import { importCase } from './cases/import.mjs'
import { stepCase } from './cases/step.mjs'
import { quartiles } from './statistics.mjs'

const cases = { engines: enginesCase, import: importCase, step: stepCase }

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
  console.error(
    `run ${run + 1}: ours ${ours.at(-1).rate.toFixed(1)}, peer ${peer.at(-1)?.rate.toFixed(1) ?? '—'} ${bench.unit}`,
  )
}

const result = {
  case: positionals[0],
  what: bench.what,
  unit: bench.unit,
  ours: quartiles(ours.map(({ rate }) => rate)),
  peer: peer.length === 0 ? null : { ...quartiles(peer.map(({ rate }) => rate)), what: bench.peerName },
  ratio: peer.length === 0 ? null : quartiles(ours.map(({ rate }, index) => rate / peer[index].rate)).median,
  peakMemoryBytes: { ours: peak(ours), peer: peak(peer) },
  machine: machine(),
}
if (values.json) console.log(JSON.stringify(result))
else {
  console.log(`${result.what} on ${result.machine}`)
  console.log(`  ours  ${line(result.ours)}, peak ${mb(result.peakMemoryBytes.ours)}`)
  if (result.peer !== null) {
    console.log(`  peer  ${line(result.peer)}, peak ${mb(result.peakMemoryBytes.peer)} (${result.peer.what})`)
    console.log(`  ratio ${result.ratio.toFixed(2)}`)
  } else console.log('  no peer: give --peer PYTHON')
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
