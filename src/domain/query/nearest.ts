/** The name that was meant where one is written that is not there. */
import { foldCase } from './fold-case'

/** At most `most` of `names`, the nearest first: those that begin like it or have it in them, then those that differ by few letters. */
export function nearest(given: string, names: readonly string[], most = 3): string[] {
  const wanted = foldCase(given)
  if (wanted === '') return []
  const scored: { name: string; score: number }[] = []
  for (const name of names) {
    const folded = foldCase(name)
    const mayDiffer = Math.max(1, Math.floor(Math.max(wanted.length, folded.length) / 3))
    const differs = distance(wanted, folded, mayDiffer)
    if (differs <= mayDiffer) scored.push({ name, score: differs })
    else if (folded.includes(wanted) || (wanted.length > 2 && wanted.includes(folded)))
      scored.push({ name, score: mayDiffer + 1 })
  }
  return scored
    .sort((a, b) => a.score - b.score)
    .slice(0, most)
    .map(({ name }) => name)
}

/** How many letters must change, come, go, or change places with their neighbour; more than `most` are not counted to their end. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const line = [row]
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1]
      const changed = (above[column - 1] ?? 0) + (isSame ? 0 : 1)
      let least = Math.min(changed, (above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1)
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        least = Math.min(least, (before[column - 2] ?? 0) + 1)
      line.push(least)
    }
    before = above
    above = line
  }
  return above[b.length] ?? 0
}
