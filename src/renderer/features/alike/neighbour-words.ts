/** What the labels of the nearest images say of a label, in a sentence. Pure. */

/** `classNames`: of the nearest, the nearest first. '' where there are none. */
export function neighbourWords(label: string, classNames: readonly string[]): string {
  const total = classNames.length
  if (total === 0) return ''
  const same = classNames.filter((name) => name === label).length
  const others = new Map<string, number>()
  for (const name of classNames) if (name !== label) others.set(name, (others.get(name) ?? 0) + 1)
  const [first] = [...others].sort((one, other) => other[1] - one[1])
  const of = total === 1 ? 'The nearest training image' : `Of the ${String(total)} nearest training images,`
  if (total === 1) return same === 1 ? `${of} is “${label}”, too.` : `${of} is “${classNames[0] ?? ''}”.`
  const have = (count: number): string => (count === 1 ? '1 is' : `${String(count)} are`)
  if (same === total) return `${of} all are “${label}”, too.`
  const labelled = same === 0 ? `none is “${label}”` : `${have(same)} “${label}”, too`
  return first === undefined ? `${of} ${labelled}.` : `${of} ${labelled}; ${have(first[1])} “${first[0]}”.`
}
