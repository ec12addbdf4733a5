/** Several contenders for the same work, in turn. */
import { disturbedShare, withDisturbance } from './disturbance.mjs'
import { quartiles } from './statistics.mjs'

/** A round that other programs disturbed is measured again, so often at most; then it counts as it is. */
const repeatsAtMost = 2

/**
 * `runs` rounds, A B C A B C …; `contenders` by name, each a function that resolves to `{ rate, peakMemoryBytes }`. `first` is the one that the others are
 * compared with. One that throws takes no further part, and its message is under `refusals`.
 */
export async function compareInTurn({ contenders, runs, first, note }) {
  const refusals = {}
  const rounds = []
  for (let run = 1; run <= runs; run++) {
    const round = {}
    for (const [name, measure] of Object.entries(contenders)) {
      if (name in refusals) continue
      try {
        round[name] = await undisturbed(measure, (text) => note(`  ${name}: ${text}`))
      } catch (error) {
        refusals[name] = error.message
      }
    }
    rounds.push(round)
    const rates = Object.entries(round).map(([name, { rate }]) => `${name} ${rate.toFixed(1)}`)
    note(`run ${run}: ${rates.join(', ')}`)
  }
  return { results: summed(rounds, first), refusals, rounds }
}

async function undisturbed(measure, note) {
  for (let repeat = 0; ; repeat++) {
    const measured = await withDisturbance(measure)
    if (repeat === repeatsAtMost || !(measured.disturbance > disturbedShare)) return measured
    note(`other programs took ${(100 * measured.disturbance).toFixed(0)} % of the machine, measured again`)
  }
}

/** Of each contender: quartiles of its rate, its highest peak memory, and how the first stands to it, round by round. */
export function summed(rounds, first) {
  const names = [...new Set(rounds.flatMap((round) => Object.keys(round)))]
  const results = {}
  for (const name of names) {
    const own = rounds.flatMap((round) => round[name] ?? [])
    const peak = (of) => Math.max(...rounds.flatMap((round) => round[of]?.peakMemoryBytes ?? []))
    const both = rounds.filter((round) => name in round && first in round)
    const compared = name === first || both.length === 0 ? null : both
    results[name] = {
      rate: quartiles(own.map(({ rate }) => rate)),
      peakMemoryBytes: peak(name),
      /** Of the machine's time, taken by other programs. */
      disturbance: quartiles(own.map(({ disturbance }) => disturbance ?? NaN)).median,
      ratio: compared && quartiles(compared.map((round) => round[first].rate / round[name].rate)),
      memoryRatio: compared && peak(first) / peak(name),
    }
  }
  return results
}
