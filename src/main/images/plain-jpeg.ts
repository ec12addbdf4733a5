/** Which JPEGs need nothing but decoding: almost all photos that were resized once for a dataset. */

/**
 * Tables, the restart interval, comments and JFIF's mark. No others: APP1 to APP15 have EXIF, ICC, Adobe's; and with 0xffff, which is only
 * padding, a file could hide its size from us that a decoder then finds.
 */
const changesNothing: ReadonlySet<number> = new Set([0xffc4, 0xffdb, 0xffdd, 0xffe0, 0xfffe])

/**
 * Size and channels of a whole JPEG in the usual colours (grey, or YCbCr as JFIF has it), with nothing that turns it or changes its
 * colours: no EXIF, no profile, no mark of Adobe's. Else null.
 */
export function plainFrame(file: Uint8Array): JpegFrame | null {
  const length = file.length
  const byte = (at: number): number => file[at] ?? 0
  const word = (at: number): number => (byte(at) << 8) | byte(at + 1)
  if (!isWholeJpeg(file)) return null
  let frame: JpegFrame | null = null
  for (let at = 2; at + 9 < length; at += 2 + word(at + 2)) {
    const marker = word(at)
    if (marker === 0xffda) return frame
    if (marker === 0xffc0 || marker === 0xffc2) {
      const channels = byte(at + 9)
      const isUsual = channels === 1 || (channels === 3 && byte(at + 10) === 1 && byte(at + 13) === 2)
      if (!isUsual || byte(at + 4) !== 8) return null
      frame = { heightPx: word(at + 5), widthPx: word(at + 7), channels, isProgressive: marker === 0xffc2 }
    } else if (!changesNothing.has(marker)) return null
  }
  return null
}

/** From the first mark to the last; what is between is not looked at. */
export function isWholeJpeg(file: Uint8Array): boolean {
  const { length } = file
  return file[0] === 0xff && file[1] === 0xd8 && file[length - 2] === 0xff && file[length - 1] === 0xd9
}

export interface JpegFrame {
  readonly widthPx: number
  readonly heightPx: number
  readonly channels: 1 | 3
  readonly isProgressive: boolean
}
