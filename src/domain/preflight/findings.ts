/** What was found in a dataset: each finding with its groups of images, or its classes, those that are ignored apart. Pure. */
import type { FindingKind } from '../../contract/entities/preflight'
import type { DuplicateGroup } from '../duplicates/duplicate-groups'
import type { CheckedImage } from './checked-image'
import { findClassFaults, type ClassFaults } from './class-faults'
import { findImageFaults, imageFaults } from './image-faults'

export interface FoundItems {
  /** Image ids; of a finding about classes one class's index. */
  readonly items: readonly number[]
  /** What stays the same of them in other versions: contents, or the class's index. */
  readonly keys: readonly string[]
  readonly note: string
  readonly suggestion?: string
}

export interface RawFinding {
  readonly kind: FindingKind
  readonly subject: 'groups' | 'images' | 'classes'
  readonly found: readonly FoundItems[]
}

export interface RawFindings {
  readonly findings: readonly RawFinding[]
  readonly classes: ClassFaults
}

/** An image whose label is likely wrong. */
export interface DoubtedImage {
  /** Into the images. */
  readonly place: number
  readonly suggested: string
  /** How likely it is `suggested` where it is either that or its label, 0 to 1. The surest have the most. */
  readonly overLabel: number
}

/** `duplicates`: with indices into `images`. Findings without anything are left out. */
export function findFaults(
  images: readonly CheckedImage[],
  classCount: number,
  duplicates: readonly DuplicateGroup[],
  doubts: readonly DoubtedImage[] = [],
): RawFindings {
  const same = duplicates.filter(({ kind }) => kind !== 'similar')
  const distinct = (members: readonly number[], of: (image: CheckedImage) => unknown): number =>
    new Set(members.flatMap((place) => (images[place] === undefined ? [] : [of(images[place])]))).size
  const isLeak = ({ members }: DuplicateGroup): boolean => distinct(members, ({ part }) => part) > 1
  const conflicts = ({ members }: DuplicateGroup): boolean =>
    distinct(members, ({ classIndex }) => classIndex) > 1
  const itemsAt = (places: readonly number[], note: string): FoundItems => {
    const of = places.flatMap((place) => images[place] ?? [])
    return { items: of.map(({ id }) => id), keys: of.map(({ contentHash }) => contentHash), note }
  }
  const groups = (kind: FindingKind, of: readonly DuplicateGroup[]): RawFinding => ({
    kind,
    subject: 'groups',
    found: of.map(({ members }) => itemsAt(members, '')),
  })
  const ofClasses = (kind: FindingKind, faulty: ClassFaults['missing']): RawFinding => ({
    kind,
    subject: 'classes',
    found: faulty.map(({ classIndex, note }) => ({
      items: [classIndex],
      keys: [String(classIndex)],
      note,
    })),
  })
  const classes = findClassFaults(images, classCount)
  const faults = findImageFaults(images)
  const findings = [
    groups('leak', same.filter(isLeak)),
    groups('conflicting-labels', same.filter(conflicts)),
    {
      kind: 'wrong-label' as const,
      subject: 'images' as const,
      found: doubts.map(({ place, suggested, overLabel }) => ({
        ...itemsAt([place], `looks like ${suggested} (${(overLabel * 100).toFixed(1)} %)`),
        suggestion: suggested,
      })),
    },
    groups(
      'same-bytes',
      same.filter(({ kind }) => kind === 'same-bytes'),
    ),
    groups(
      'same-image',
      same.filter(({ kind }) => kind === 'same-image'),
    ),
    groups(
      'similar',
      duplicates.filter(({ kind }) => kind === 'similar'),
    ),
    ofClasses('class-missing', classes.missing),
    ofClasses('imbalance', classes.uneven),
    ...imageFaults.map((kind): RawFinding => ({
      kind,
      subject: 'images',
      found: faults[kind].map(({ place, note }) => itemsAt([place], note)),
    })),
  ]
  return { findings: findings.filter(({ found }) => found.length > 0), classes }
}
