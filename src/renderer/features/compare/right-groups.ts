/** Images by how many runs have them right: each number while they are few, else never, sometimes, always. Pure. */

export interface RightGroup {
  /** As the query has it. */
  readonly right: string
  readonly name: string
  readonly count: number
}

/** Of more runs the numbers find no room in one line. */
const mostNumbers = 6

/** `rightCounts`: at place k, the images that k of the runs have right. */
export function rightGroups(rightCounts: readonly number[]): readonly RightGroup[] {
  if (rightCounts.length <= mostNumbers)
    return rightCounts.map((count, right) => ({
      right: String(right),
      name: `${String(right)} right`,
      count,
    }))
  const most = rightCounts.length - 1
  const some = rightCounts.slice(1, most).reduce((sum, count) => sum + count, 0)
  return [
    { right: '0', name: 'Never right', count: rightCounts[0] ?? 0 },
    { right: `1..${String(most - 1)}`, name: 'Sometimes', count: some },
    { right: String(most), name: 'Always right', count: rightCounts[most] ?? 0 },
  ]
}
