/** The pictures of a list, with something in the place of those that have gone. */
import type { JobImages } from '../trainer/messages'
import type { Picture } from './enlarge'
import type { PictureReader } from './picture-store'

export interface PictureSource {
  /**
   * Calls `use` with the image at `index`; null when that was done at once. Where the file has gone or broken since the import, the next
   * readable image of the same class in the list's order stands in (so the label stays true), and mid-grey where the class has none left.
   */
  visit(index: number, use: (picture: Picture) => void): Promise<void> | null
}

export function openPictureSource(reader: PictureReader, images: JobImages): PictureSource {
  const count = images.paths.length
  const grey: Picture = { pixels: new Uint8Array(3).fill(128), widthPx: 1, heightPx: 1 }

  function visitFrom(
    index: number,
    firstOffset: number,
    use: (picture: Picture) => void,
  ): Promise<void> | null {
    const label = images.labelIndices[index]
    for (let offset = firstOffset; offset < count; offset++) {
      const candidate = (index + offset) % count
      if (images.labelIndices[candidate] !== label) continue
      const outcome = reader.visit(candidate, use)
      if (outcome === true) return null
      if (outcome === false) continue
      return outcome.then((used) => (used ? undefined : (visitFrom(index, offset + 1, use) ?? undefined)))
    }
    use(grey)
    return null
  }

  return { visit: (index, use) => visitFrom(index, 0, use) }
}
