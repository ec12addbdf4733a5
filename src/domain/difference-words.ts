/** What changed in a dataset's source, in the same words on screens and in commands. Pure. */
import {
  differenceKinds,
  type Dataset,
  type DifferenceCounts,
  type DifferenceKind,
} from '../contract/entities/dataset'
import { formatCount, plural } from './figures'
import { sameBytesKinds, type SameBytesKind } from './same-bytes'

export const differenceNames: Readonly<Record<DifferenceKind, string>> = {
  new: 'new',
  gone: 'gone',
  changed: 'changed',
  moved: 'moved',
  relabelled: 'in another class or part',
}

/** '4 new, 1 gone'; '' where nothing differs. */
export function differenceText(counts: DifferenceCounts): string {
  return differenceKinds
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${formatCount(counts[kind])} ${differenceNames[kind]}`)
    .join(', ')
}

const sameBytesWords: Readonly<Record<SameBytesKind, string>> = {
  classes: 'as an image of another class',
  parts: 'as an image of another part',
}

/** '2 images have the same bytes as an image of another class'; '' where none have. */
export function sameBytesSummary(counts: Dataset['sameBytes']): string {
  return sameBytesKinds
    .filter((kind) => counts[kind] > 0)
    .map(
      (kind) => `${plural(counts[kind], 'image has', 'images have')} the same bytes ${sameBytesWords[kind]}`,
    )
    .join('; ')
}
