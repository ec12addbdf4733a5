/** Unpacks the runs of a bitmap of 8 or 4 bits (BI_RLE8, BI_RLE4 of Microsoft's "Bitmap Compression"). */

/**
 * uint8 [heightPx, widthPx] of palette indices, in the file's order of rows (the lowest first). Pixels that are jumped over are 0. Throws a
 * plain Error where the runs leave the image, or end before its last row without a jump: what is missing was lost, and would become one colour.
 */
export function unpackRuns(
  file: Uint8Array,
  start: number,
  { widthPx, heightPx, bits }: { widthPx: number; heightPx: number; bits: 4 | 8 },
): Uint8Array {
  const indices = new Uint8Array(widthPx * heightPx)
  let at = start
  let x = 0
  let y = 0
  let jumps = false
  const next = (): number => {
    const byte = file[at++]
    if (byte === undefined) throw new Error('bmp: premature end of file')
    return byte
  }
  const put = (index: number): void => {
    // some writers fill the last pair of a row: what is beyond its end is nothing
    if (y >= heightPx) throw new Error('bmp: the runs leave the image')
    if (x < widthPx) indices[y * widthPx + x] = index
    x++
  }
  /** The pixel at `place` of a run whose bytes are given. */
  const nibble = (byte: number, place: number): number => (place % 2 === 0 ? byte >> 4 : byte & 15)
  for (;;) {
    // some writers leave the mark of the end out
    if (at >= file.length && (y >= heightPx || (y === heightPx - 1 && x >= widthPx))) return indices
    const count = next()
    const value = next()
    if (count > 0) {
      for (let place = 0; place < count; place++) put(bits === 8 ? value : nibble(value, place))
    } else if (value === 0) {
      x = 0
      y++
    } else if (value === 1) {
      if (y < heightPx - 1 && !jumps) throw new Error('bmp: premature end of file')
      return indices
    } else if (value === 2) {
      jumps = true
      x += next()
      y += next()
      if (x > widthPx || y > heightPx) throw new Error('bmp: the runs leave the image')
    } else {
      const byteCount = bits === 8 ? value : Math.ceil(value / 2)
      const from = at
      for (let place = 0; place < value; place++) {
        const byte = file[from + (bits === 8 ? place : place >> 1)]
        if (byte === undefined) throw new Error('bmp: premature end of file')
        put(bits === 8 ? byte : nibble(byte, place))
      }
      at = from + byteCount + (byteCount % 2) // to the next even byte
    }
  }
}
