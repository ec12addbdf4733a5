/** What the last check of a dataset found, under the split that it has now, less what is ignored. */
import type { Finding, FindingKind, FoundGroup, Preflight } from '../../contract/entities/preflight'
import { overLabelOf } from '../../domain/label-doubts/find-doubts'
import { atOnce } from '../../domain/in-turns'
import { duplicateGroups } from '../../domain/duplicates/duplicate-groups'
import type { CheckedImage } from '../../domain/preflight/checked-image'
import {
  findFaults,
  type DoubtedImage,
  type FoundItems,
  type RawFinding,
  type RawFindings,
} from '../../domain/preflight/findings'
import {
  findingAdvice,
  findingSentence,
  findingTitles,
  type FindingFigures,
} from '../../domain/preflight/finding-words'
import { getDataset } from '../store/datasets/datasets'
import { labelsCheckedAt, listDoubts, type StoredDoubt } from '../store/labels/label-doubts'
import { labelRevision } from '../store/labels/label-events'
import { pendingCount, searchPending } from '../store/labels/label-version'
import {
  checkedImages,
  getCheck,
  imagesInSplit,
  listIgnored,
  sameLikenessOf,
  storedGroups,
  type Ignored,
} from '../store/datasets/preflight'
import type { Db } from '../store/statement'

/** Groups of a finding that come with it, and images of each. */
const sampleGroups = 6
const sampleImages = 4

export interface Reports {
  /** Throws 'not-found'. */
  preflight(datasetId: number): Preflight
  /** The groups of a finding; `which`: those that are open, or ignored. */
  groups(datasetId: number, kind: FindingKind, which: 'open' | 'ignored'): readonly FoundItems[]
  /** By id, under the labels of now; of a dataset that was checked. */
  images(datasetId: number): ReadonlyMap<number, CheckedImage>
  page(
    datasetId: number,
    kind: FindingKind,
    which: 'open' | 'ignored',
    from: number,
    to: number,
  ): FoundGroup[]
}

interface Known extends RawFindings {
  readonly images: ReadonlyMap<number, CheckedImage>
  /** Those of the dataset, then those that corrections made. */
  readonly classNames: readonly string[]
}

export function createReports(db: Db): Reports {
  /** The last one: what is asked page by page is worked out once. */
  let last: { key: string; raw: Known } | null = null

  function rawFindings(datasetId: number): Known | null {
    const { split, classes } = getDataset(db, datasetId)
    const check = getCheck(db, datasetId)
    if (check === null) return null
    const labelsAt = labelsCheckedAt(db, datasetId) ?? ''
    const checked = [check.checkedAtMs, sameLikenessOf(db, datasetId), labelsAt]
    const key = [datasetId, split.id, ...checked, labelRevision(db, datasetId)].join(' ')
    if (last?.key === key) return last.raw
    const classNames = classes.map(({ name }) => name)
    const { classOf } = atOnce(searchPending(db, datasetId))
    const images = underLabels(checkedImages(db, datasetId, split.id), classOf, classNames)
    const duplicates = duplicateGroups(images, storedGroups(db, datasetId))
    const doubts = doubtedImages(images, classNames, listDoubts(db, datasetId))
    const raw = {
      ...findFaults(images, classNames.length, duplicates, doubts),
      images: new Map(images.map((image) => [image.id, image])),
      classNames,
    }
    last = { key, raw }
    return raw
  }

  /** The reasons of what is ignored, by finding, then item. */
  function ignoredOf(datasetId: number): (kind: FindingKind, found: FoundItems) => Ignored | null {
    const known = new Map(listIgnored(db, datasetId).map((one) => [`${one.finding} ${one.item}`, one]))
    return (kind, { keys }) => {
      const all = keys.map((key) => known.get(`${kind} ${key}`))
      // one more image in the group is a new finding
      return all.every((one) => one !== undefined) ? (all[0] ?? null) : null
    }
  }

  function groups(datasetId: number, kind: FindingKind, which: 'open' | 'ignored'): FoundItems[] {
    const ignored = ignoredOf(datasetId)
    const found = rawFindings(datasetId)?.findings.find((one) => one.kind === kind)?.found ?? []
    return found.filter((one) => (ignored(kind, one) === null) === (which === 'open'))
  }

  return {
    preflight(datasetId) {
      const dataset = getDataset(db, datasetId)
      const check = getCheck(db, datasetId)
      const raw = rawFindings(datasetId)
      const imageCount = raw?.images.size ?? dataset.imageCount
      const ignored = ignoredOf(datasetId)
      const twins = twinsOf(raw, groups(datasetId, 'leak', 'open'))
      const figures = {
        twins,
        totalCount: imageCount,
        leastCount: raw?.classes.leastCount ?? 0,
        mostCount: raw?.classes.mostCount ?? 0,
      }
      return {
        datasetId,
        check: check === null ? null : { ...check, labelsCheckedAtMs: labelsCheckedAt(db, datasetId) },
        imageCount,
        pendingCount: raw === null ? 0 : pendingCount(atOnce(searchPending(db, datasetId))),
        twins,
        findings: (raw?.findings ?? []).map((one) => described(one, raw?.classNames ?? [], figures, ignored)),
      }
    },
    groups,
    images: (datasetId) => rawFindings(datasetId)?.images ?? new Map(),
    page(datasetId, kind, which, from, to) {
      const { split } = getDataset(db, datasetId)
      const ignored = ignoredOf(datasetId)
      const raw = rawFindings(datasetId)
      const classOf = (id: number): { classIndex: number; className: string } | null => {
        const classIndex = raw?.images.get(id)?.classIndex
        const className = raw?.classNames[classIndex ?? -1]
        return classIndex === undefined || className === undefined ? null : { classIndex, className }
      }
      return groups(datasetId, kind, which)
        .slice(from, to)
        .map((found) => ({
          images: imagesInSplit(db, split.id, found.items).map((image) => ({
            ...image,
            ...classOf(image.id),
          })),
          note: found.note,
          suggestion: found.suggestion ?? null,
          ignoredReason: ignored(kind, found)?.reason ?? null,
        }))
    },
  }
}

/** The images as the corrections have them that no version took in yet: of another class, or not at all. Adds the names of new classes. */
function underLabels(
  images: readonly CheckedImage[],
  classOf: ReadonlyMap<number, string | null>,
  classNames: string[],
): CheckedImage[] {
  if (classOf.size === 0) return [...images]
  return images.flatMap((image) => {
    const wanted = classOf.get(image.id)
    if (wanted === undefined) return [image]
    if (wanted === null) return []
    const known = classNames.indexOf(wanted)
    return [{ ...image, classIndex: known === -1 ? classNames.push(wanted) - 1 : known }]
  })
}

/** A doubt holds while the image has the label that was doubted. */
function doubtedImages(
  images: readonly CheckedImage[],
  classNames: readonly string[],
  doubts: readonly StoredDoubt[],
): DoubtedImage[] {
  if (doubts.length === 0) return []
  const placesOf = new Map<string, number[]>()
  images.forEach(({ contentHash }, place) =>
    placesOf.set(contentHash, [...(placesOf.get(contentHash) ?? []), place]),
  )
  /** Files of the same bytes were doubted each. */
  const seen = new Set<number>()
  return doubts.flatMap((doubt) =>
    (placesOf.get(doubt.contentHash) ?? [])
      .filter((place) => !seen.has(place) && classNames[images[place]?.classIndex ?? -1] === doubt.label)
      .map((place) => {
        seen.add(place)
        return { place, suggested: doubt.suggested, overLabel: overLabelOf(doubt) }
      }),
  )
}

/** Held-out images that the train part has a twin of. */
function twinsOf(raw: Known | null, leaks: readonly FoundItems[]): Preflight['twins'] {
  const twins = { val: 0, test: 0 }
  for (const { items } of leaks) {
    const parts = items.flatMap((id) => raw?.images.get(id)?.part ?? [])
    if (!parts.includes('train')) continue
    for (const part of parts) if (part !== 'train') twins[part]++
  }
  return twins
}

function described(
  { kind, subject, found }: RawFinding,
  classNames: readonly string[],
  facts: Pick<FindingFigures, 'twins' | 'totalCount' | 'leastCount' | 'mostCount'>,
  ignoredOf: (kind: FindingKind, found: FoundItems) => Ignored | null,
): Finding {
  const open = found.filter((one) => ignoredOf(kind, one) === null)
  const reasons = found
    .flatMap((one) => ignoredOf(kind, one) ?? [])
    .sort((one, other) => other.atMs - one.atMs)
  const [lastReason] = reasons
  const aboutClasses = subject === 'classes'
  const imageCount = aboutClasses ? 0 : open.reduce((sum, { items }) => sum + items.length, 0)
  const shown = open.length > 0 ? open : found
  return {
    kind,
    subject,
    groupCount: open.length,
    imageCount,
    title: findingTitles[kind],
    sentence: findingSentence(kind, { ...facts, groupCount: open.length, imageCount }),
    advice: findingAdvice[kind],
    samples: aboutClasses
      ? []
      : shown.slice(0, sampleGroups).map(({ items }) => items.slice(0, sampleImages)),
    classes: aboutClasses
      ? shown.map(({ items: [classIndex = 0], note }) => ({
          classIndex,
          name: classNames[classIndex] ?? '',
          note,
        }))
      : [],
    ignored:
      lastReason === undefined
        ? null
        : { groupCount: reasons.length, reason: lastReason.reason, atMs: lastReason.atMs },
  }
}
