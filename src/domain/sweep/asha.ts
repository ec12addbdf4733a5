/**
 * Asynchronous successive halving (Li, Jamieson, Rostamizadeh et al., "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020, Algorithm 2).
 * A trial trains to a rung, is judged, and rests; the best 1/eta of those that came to a rung go on to the next, as soon as they are known, without
 * waiting for the others. Pure.
 */
import type { Asha } from '../../contract/entities/queue'

/** Steps of each rung, ascending; the last is the whole training. */
export function rungsOf({ eta, leastSteps }: Asha, stepCount: number): number[] {
  const rungs: number[] = []
  const first = leastSteps ?? Math.max(1, Math.round(stepCount / eta ** 2))
  for (let steps = first; steps < stepCount; steps *= eta) rungs.push(steps)
  return [...rungs, stepCount]
}

export interface AshaTrial {
  readonly index: number
  /** By rung from the first, what it was judged by there (higher is better); as many as rungs it came to. */
  readonly scores: readonly number[]
  /** It rests at the last of them, and nobody took it out. */
  readonly mayGoOn: boolean
}

/** The trial that goes on, and the rung that it goes to; null: a new one begins. The highest rung that has one comes first. */
export function promotion(
  trials: readonly AshaTrial[],
  rungCount: number,
  eta: number,
): { readonly index: number; readonly rung: number } | null {
  for (let rung = rungCount - 2; rung >= 0; rung--) {
    const here = trials
      .filter(({ scores }) => scores.length > rung)
      .sort((a, b) => (b.scores[rung] ?? 0) - (a.scores[rung] ?? 0) || a.index - b.index)
    const top = here.slice(0, Math.floor(here.length / eta))
    const found = top.find(({ scores, mayGoOn }) => mayGoOn && scores.length === rung + 1)
    if (found !== undefined) return { index: found.index, rung: rung + 1 }
  }
  return null
}

/** Steps of all trials together where each rung keeps one of eta. */
export function expectedSteps(trialCount: number, rungs: readonly number[], eta: number): number {
  let total = 0
  let left = trialCount
  let before = 0
  for (const steps of rungs) {
    total += left * (steps - before)
    before = steps
    left = Math.floor(left / eta)
  }
  return total
}
