/** Two runs on the same images: which were fixed, which broken. Pure. */
import {
  comparisonGroups,
  type Comparison,
  type ComparisonGroup,
  type GroupCounts,
} from '../../contract/entities/comparison'

export interface JudgedTwice {
  /** Classes by name: two datasets may number them otherwise. */
  readonly label: string
  readonly first: string
  readonly second: string
}

export function groupOf({ label, first, second }: JudgedTwice): ComparisonGroup {
  if (second === label) return first === label ? 'right' : 'fixed'
  if (first === label) return 'broken'
  return first === second ? 'same-wrong' : 'other-wrong'
}

/** Of all, and by label: the classes with most images fixed or broken first, then by name. */
export function countGroups(images: readonly JudgedTwice[]): Pick<Comparison, 'counts' | 'classes'> {
  const counts = noCounts()
  const byLabel = new Map<string, GroupCounts>()
  for (const image of images) {
    const group = groupOf(image)
    let ofLabel = byLabel.get(image.label)
    if (ofLabel === undefined) byLabel.set(image.label, (ofLabel = noCounts()))
    counts[group] += 1
    ofLabel[group] += 1
  }
  const changes = ({ fixed, broken }: GroupCounts): number => fixed + broken
  const classes = [...byLabel]
    .map(([name, ofLabel]) => ({ name, counts: ofLabel }))
    .sort((a, b) => changes(b.counts) - changes(a.counts) || (a.name < b.name ? -1 : 1))
  return { counts, classes }
}

/** Of images whose groups are known. */
export function countOf(images: readonly { readonly group: ComparisonGroup }[]): GroupCounts {
  const counts = noCounts()
  for (const { group } of images) counts[group] += 1
  return counts
}

function noCounts(): GroupCounts {
  return Object.fromEntries(comparisonGroups.map((group) => [group, 0])) as GroupCounts
}
