/** What the last check of a dataset found, under the split that it has now, less what is ignored. */
import type { Finding, FindingKind, FoundGroup, Preflight } from '../../contract/entities/preflight'
import { duplicateGroups } from '../../domain/duplicates/duplicate-groups'
import {
  findFaults,
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
import { getDataset } from '../store/datasets'
import {
  checkedImages,
  getCheck,
  imagesInSplit,
  listIgnored,
  storedGroups,
  twinsInTrain,
  type Ignored,
} from '../store/preflight'
import type { Db } from '../store/statement'

/** Groups of a finding that come with it, and images of each. */
const sampleGroups = 6
const sampleImages = 4

export interface Reports {
  /** Throws 'not-found'. */
  preflight(datasetId: number): Preflight
  /** The groups of a finding; `which`: those that are open, or ignored. */
  groups(datasetId: number, kind: FindingKind, which: 'open' | 'ignored'): readonly FoundItems[]
  page(
    datasetId: number,
    kind: FindingKind,
    which: 'open' | 'ignored',
    from: number,
    to: number,
  ): FoundGroup[]
}

export function createReports(db: Db): Reports {
  /** The last one: what is asked page by page is worked out once. */
  let last: { key: string; raw: RawFindings } | null = null

  function rawFindings(datasetId: number): RawFindings | null {
    const { split, classes } = getDataset(db, datasetId)
    const check = getCheck(db, datasetId)
    if (check === null) return null
    const key = `${String(datasetId)} ${String(split.id)} ${String(check.checkedAtMs)}`
    if (last?.key === key) return last.raw
    const images = checkedImages(db, datasetId, split.id)
    const duplicates = duplicateGroups(images, storedGroups(db, datasetId))
    const raw = findFaults(images, classes.length, duplicates)
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
      const { split, classes, imageCount } = getDataset(db, datasetId)
      const check = getCheck(db, datasetId)
      const held = check === null ? [] : twinsInTrain(db, datasetId, split.id)
      const twins = {
        val: held.filter(({ part }) => part === 'val').length,
        test: held.filter(({ part }) => part === 'test').length,
      }
      const raw = rawFindings(datasetId)
      const ignored = ignoredOf(datasetId)
      const figures = {
        twins,
        totalCount: imageCount,
        leastCount: raw?.classes.leastCount ?? 0,
        mostCount: raw?.classes.mostCount ?? 0,
      }
      return {
        datasetId,
        check: check === null ? null : { ...check },
        imageCount,
        twins,
        findings: (raw?.findings ?? []).map((one) =>
          described(
            one,
            classes.map(({ name }) => name),
            figures,
            ignored,
          ),
        ),
      }
    },
    groups,
    page(datasetId, kind, which, from, to) {
      const { split } = getDataset(db, datasetId)
      const ignored = ignoredOf(datasetId)
      return groups(datasetId, kind, which)
        .slice(from, to)
        .map((found) => ({
          images: imagesInSplit(db, split.id, found.items),
          note: found.note,
          ignoredReason: ignored(kind, found)?.reason ?? null,
        }))
    },
  }
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
