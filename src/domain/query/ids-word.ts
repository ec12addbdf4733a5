/** A word of a query that finds some images by their numbers. Pure. */

/** 'id:3,7..9', ascending, each once; '' for none. */
export function idsWord(ids: Iterable<number>): string {
  const parts: [first: number, last: number][] = []
  for (const id of [...new Set(ids)].sort((one, other) => one - other)) {
    const open = parts.at(-1)
    if (open?.[1] === id - 1) open[1] = id
    else parts.push([id, id])
  }
  const words = parts.map(([first, last]) =>
    first === last ? String(first) : `${String(first)}${last === first + 1 ? ',' : '..'}${String(last)}`,
  )
  return words.length === 0 ? '' : `id:${words.join()}`
}
