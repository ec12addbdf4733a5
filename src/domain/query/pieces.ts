/** Text with gaps, as `IMG_*.jpg` stands for it. */

/** Whether `text` has the pieces in their order, from its beginning to its end where `isWhole`. Both folded. */
export function fitsPieces(text: string, pieces: readonly string[], isWhole: boolean): boolean {
  const first = pieces[0] ?? ''
  if (pieces.length === 1) return isWhole ? text === first : text.includes(first)
  let at = 0
  let end = text.length
  let between = pieces
  if (isWhole) {
    const last = pieces.at(-1) ?? ''
    if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
      return false
    at = first.length
    end -= last.length
    between = pieces.slice(1, -1)
  }
  for (const piece of between) {
    const found = text.indexOf(piece, at)
    if (found < 0 || found + piece.length > end) return false
    at = found + piece.length
  }
  return true
}
