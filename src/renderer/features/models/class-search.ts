/** Indices of the classes that have every word of `text` in their name; those that begin with it come first. Pure. */
export function foundClasses(names: readonly string[], text: string): readonly number[] {
  const wanted = text.trim().toLowerCase()
  const words = wanted.split(/\s+/)
  const found: number[] = []
  const first: number[] = []
  names.forEach((name, index) => {
    const low = name.toLowerCase()
    if (!words.every((word) => low.includes(word))) return
    ;(wanted !== '' && low.startsWith(wanted) ? first : found).push(index)
  })
  return [...first, ...found]
}
