/**
 * The JPEGs in the tiles of a TIFF (TIFF Technical Note 2). libvips decodes them itself and says nothing of damage in them; each is looked at
 * as a file of its own.
 */
import { mostPieces, tiffTags } from './tiff-directory'

const [compressionTag, offsetsTag, byteCountsTag, tablesTag] = [259, 324, 325, 347]
const jpegCompression = 7
const wanted: ReadonlySet<number> = new Set([compressionTag, offsetsTag, byteCountsTag, tablesTag])

/** Whole JPEGs, one at a time; none where the tiles are of another kind. What lies beyond the end of the file is left to the decoder. */
export function* jpegTiles(file: Uint8Array): Generator<Uint8Array> {
  const tags = tiffTags(file, wanted, mostPieces)
  if (tags?.get(compressionTag)?.[0] !== jpegCompression) return
  const offsets = tags.get(offsetsTag) ?? []
  const byteCounts = tags.get(byteCountsTag) ?? []
  // both begin with the mark of a JPEG's start; that of the tables' end goes
  const tables = Uint8Array.from(tags.get(tablesTag) ?? []).subarray(0, -2)
  for (const [index, offset] of offsets.entries()) {
    const tile = file.subarray(offset, offset + (byteCounts[index] ?? 0))
    if (tile.length === 0) continue // a tile that was never written
    yield tables.length === 0 ? tile : Buffer.concat([tables, tile.subarray(2)])
  }
}
