/** The last part of a path. */
export function fileName(path: string): string {
  return path.split('/').at(-1) ?? path
}

/** 'second' … 'fifth', then '6th', '21st'. */
export function ordinal(rank: number): string {
  const word = ['first', 'second', 'third', 'fourth', 'fifth'][rank - 1]
  if (word !== undefined) return word
  const teen = rank % 100 >= 11 && rank % 100 <= 13
  const ending = teen ? 'th' : (['th', 'st', 'nd', 'rd'][rank % 10] ?? 'th')
  return `${rank}${ending}`
}
