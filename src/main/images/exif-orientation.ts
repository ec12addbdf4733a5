/** How EXIF says that an image is turned (TIFF 6.0, tag 274), where its directory is as it should be. */

const orientationTag = 274
const short = 3
const entryBytes = 12

/**
 * Of what follows "Exif\0\0": 1 … 8, 1 where it does not say; null where anything is unusual, for a library to decide.
 */
export function exifOrientation(tiff: Uint8Array): number | null {
  if (tiff.length < 14) return null
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)
  const order = view.getUint16(0)
  if (order !== 0x4949 && order !== 0x4d4d) return null
  const little = order === 0x4949
  const directory = view.getUint32(4, little)
  if (view.getUint16(2, little) !== 42 || directory < 8 || directory + 2 > tiff.length) return null
  const count = view.getUint16(directory, little)
  if (directory + 2 + count * entryBytes > tiff.length) return null
  let orientation: number | null = null
  for (let index = 0; index < count; index++) {
    const at = directory + 2 + index * entryBytes
    if (view.getUint16(at, little) !== orientationTag) continue
    const value = view.getUint16(at + 8, little)
    const isPlain = view.getUint16(at + 2, little) === short && view.getUint32(at + 4, little) === 1
    if (orientation !== null || !isPlain || value < 1 || value > 8) return null
    orientation = value
  }
  return orientation ?? 1
}
