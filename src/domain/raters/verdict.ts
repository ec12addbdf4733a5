/** What several raters together say. Pure. */
import { answers, type Answer, type Votes } from '../../contract/entities/rating'

export function noVotes(): Votes {
  return { prediction: 0, label: 0, both: 0, neither: 0, unsure: 0 }
}

/** What at least half of those who answered say, and nobody else as many; else unsure. null: nobody answered. */
export function verdictOf(votes: Votes): Answer | null {
  const total = answers.reduce((sum, answer) => sum + votes[answer], 0)
  if (total === 0) return null
  const most = answers.filter((answer) => 2 * votes[answer] >= total)
  return most.length === 1 ? (most[0] ?? 'unsure') : 'unsure'
}

/** The class that at least half of `raterCount` raters wrote, and no other as many; '': none. */
export function commonLabel(written: readonly string[], raterCount: number): string {
  const counts = new Map<string, number>()
  for (const label of written) if (label !== '') counts.set(label, (counts.get(label) ?? 0) + 1)
  const most = [...counts].filter(([, count]) => 2 * count >= raterCount)
  return most.length === 1 ? (most[0]?.[0] ?? '') : ''
}
