/** Which images a split keeps in one part. Pure. */
import { createGroups } from './duplicates/groups'

/** A map: what images are said to belong to, by their paths within the dataset. */
export type KeptTogether = 'copies' | 'alike' | 'folder' | ReadonlyMap<string, string>

interface GroupedImage {
  /** Its path within the dataset. */
  readonly key: string
  readonly contentHash: string
}

/**
 * A name of the group of each image, for assignSplit in the place of its content. copies: of the same bytes. alike: of one of `alike`, or of several that
 * share a content. folder: in the same folder, as of one patient or one day; copies of an image in two folders keep the two together. A map: of the same value
 * there, as of a folder; an image without one stays with its copies alone.
 */
export function splitGroups(
  images: readonly GroupedImage[],
  together: KeptTogether,
  alike: readonly { readonly contentHashes: readonly string[] }[],
): string[] {
  if (together === 'copies') return images.map(({ contentHash }) => contentHash)
  const places = new Map<string, number>()
  const placeOf = (name: string): number => {
    const known = places.get(name)
    if (known !== undefined) return known
    places.set(name, places.size)
    return places.size - 1
  }
  const pairs: [number, number][] = []
  if (together === 'alike') {
    for (const { contentHashes } of alike)
      for (const hash of contentHashes) pairs.push([placeOf(contentHashes[0] ?? hash), placeOf(hash)])
  }
  const own = images.map(({ key, contentHash }) => {
    const content = placeOf(contentHash)
    const holder =
      together === 'folder'
        ? key.slice(0, key.lastIndexOf('/') + 1)
        : together === 'alike'
          ? undefined
          : together.get(key)
    if (holder !== undefined) pairs.push([placeOf(`in ${holder}`), content])
    return content
  })
  const groups = createGroups(places.size)
  for (const [one, other] of pairs) groups.join(one, other)
  const names = [...places.keys()]
  return own.map((place) => names[groups.first(place)] ?? '')
}
