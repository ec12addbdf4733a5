import type { Dataset } from '../../../contract/entities/dataset'

/** What follows the count of problems: where all of them are notes, nothing is wrong. */
export function problemWord({
  problemCount,
  noteCount,
}: Pick<Dataset, 'problemCount' | 'noteCount'>): string {
  const word = noteCount === problemCount ? 'note' : 'problem'
  return problemCount === 1 ? word : `${word}s`
}
