/** Several contenders for the same work, in turn. */
import { disturbedShare, withDisturbance } from './disturbance.mjs'
import { quartiles } from './statistics.mjs'

/** Rounds in all, of those asked for: one that other programs disturbed is made again, as long as this allows. */
const roundsAtMost = 2

/**
 * Rounds A B C A B C … until `runs` of them were undisturbed; those alone count, unless there is none. `contenders` by name, each a function that
 * resolves to `{ rate, peakMemoryBytes }`. `first` is the one that the others are compared with. One that throws takes no further part, and its
 * message is under `refusals`.
 */
export async function compareInTurn({ contenders, runs, first, note, watch = withDisturbance }) {
  const refusals = {}
  const rounds = []
  const disturbed = []
  while (rounds.length < runs && rounds.length + disturbed.length < runs * roundsAtMost) {
    const round = {}
    for (const [name, measure] of Object.entries(contenders)) {
      if (name in refusals) continue
      try {
        round[name] = await watch(measure)
      } catch (error) {
        refusals[name] = error.message
      }
    }
    const worst = Math.max(...Object.values(round).map(({ disturbance }) => disturbance ?? 0))
    if (worst > disturbedShare) disturbed.push(round)
    else rounds.push(round)
    const rates = Object.entries(round).map(([name, { rate }]) => `${name} ${rate.toFixed(1)}`)
    const why =
      worst > disturbedShare ? ` (disturbed: other programs took ${(100 * worst).toFixed(0)} %)` : ''
    note(`round ${rounds.length + disturbed.length}: ${rates.join(', ')}${why}`)
  }
  const counted = rounds.length > 0 ? rounds : disturbed
  return {
    results: summed(counted, first),
    refusals,
    rounds: counted,
    disturbedRounds: disturbed.length,
  }
}

/** Of each contender: quartiles of its rate, its highest peak memory, and how the first stands to it, round by round. */
function summed(rounds, first) {
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
      ratio: compared && quartiles(compared.map((round) => round[first].rate / round[name].rate)),
      memoryRatio: compared && peak(first) / peak(name),
    }
  }
  return results
}
