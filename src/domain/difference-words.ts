/** What changed in a dataset's source, in the same words on screens and in commands. Pure. */
import { differenceKinds, type DifferenceCounts, type DifferenceKind } from '../contract/entities/dataset'
import { formatCount } from './figures'

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
