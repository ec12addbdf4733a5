/** All images of a dataset in its space of likeness: the one way in which it is made. Pure. */
import { inTurns } from '../in-turns'
import { likenessSpace, mostSpaceImages, type LikenessSpace } from './likeness-space'
import { packedRows, type PackedRows } from './packed-rows'

export interface LikenessRows {
  readonly space: LikenessSpace
  /** A row of an image without features is empty: its cosines are NaN. */
  readonly packed: PackedRows
}

export interface RowSource {
  /** Rows, from 0. */
  readonly count: number
  /** Of each feature. */
  readonly width: number
  /** Every image once; `contentHash` is lower-case hex. */
  each(visit: (row: number, contentHash: string) => void): Promise<void>
  /** null where they were not computed. */
  features(contentHash: string): Float32Array | null
}

/** The space comes from images that their contents choose, which is by chance, and the same every time. `pause` lets others come in between. */
export async function likenessRows(source: RowSource, pause: () => Promise<void>): Promise<LikenessRows> {
  const { count, width } = source
  const below = Math.round(Math.min(1, mostSpaceImages / count) * 0x1_0000_0000)
  const sample: Float32Array[] = []
  await source.each((_, contentHash) => {
    const found = parseInt(contentHash.slice(0, 8), 16) < below ? source.features(contentHash) : null
    if (found !== null) sample.push(found)
  })
  const space = await inTurns(likenessSpace(sample, width), pause)
  const packed = packedRows(count, space.size)
  await source.each((row, contentHash) => {
    const found = source.features(contentHash)
    if (found !== null) packed.set(row, space.row(found))
  })
  return { space, packed }
}
