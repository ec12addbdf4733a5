/** Ours and one peer in turn, for cases that give one figure or several (`rates` by name). */
import { machine } from './machine.mjs'
import { quartiles } from './statistics.mjs'

export async function pairResult(name, bench, { python, runs, note }) {
  const [ours, peer] = [[], []]
  for (let run = 1; run <= runs; run++) {
    ours.push(await bench.ours())
    if (python !== undefined) peer.push(await bench.peer(python))
    for (const figure of figuresOf(ours)) {
      const [one, other] = [rateOf(ours.at(-1), figure), rateOf(peer.at(-1), figure)]
      note(
        `run ${run}${figure === '' ? '' : `, ${figure}`}: ours ${one.toFixed(1)}, peer ${other?.toFixed(1) ?? '—'}`,
      )
    }
  }
  const compared = (figure) => ({
    ours: quartiles(ours.map((run) => rateOf(run, figure))),
    peer: peer.length === 0 ? null : quartiles(peer.map((run) => rateOf(run, figure))),
    ratio:
      peer.length === 0
        ? null
        : quartiles(peer.map((run, index) => rateOf(ours[index], figure) / rateOf(run, figure))).median,
  })
  return {
    case: name,
    what: bench.what,
    unit: bench.unit,
    peer: python === undefined ? null : bench.peerName,
    figures: Object.fromEntries(figuresOf(ours).map((figure) => [figure, compared(figure)])),
    peakMemoryBytes: { ours: peak(ours), peer: peak(peer) },
    machine: machine(),
  }
}

/** Names of a case's figures; one empty name where it has one figure. */
function figuresOf([run]) {
  return run.rates === undefined ? [''] : Object.keys(run.rates)
}

function rateOf(run, figure) {
  return figure === '' ? run?.rate : run?.rates[figure]
}

/** The largest of the runs; null where it was not measured. */
function peak(runs) {
  const known = runs.map(({ peakMemoryBytes }) => peakMemoryBytes).filter((bytes) => bytes !== null)
  return known.length === 0 ? null : Math.max(...known)
}
