/** "Check again" and "Take in": what changed in a dataset's source, and a new version that has it. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Dataset, DatasetCheck, DifferenceKind, ImageDifference } from '../../contract/entities/dataset'
import { differenceKinds, type DifferenceCounts } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import { continuingSplit } from '../../domain/continue-split'
import { renamedClasses, type Difference } from '../../domain/dataset-differences'
import { inTurns, type InTurns } from '../../domain/in-turns'
import { differenceText, sameBytesSummary } from '../../domain/difference-words'
import type { DomainHandlers } from '../app/handlers'
import type { ServiceContext } from '../app/context'
import { compareCodePoints } from '../sources/class-names'
import { problemList } from '../sources/problem-list'
import { datasetSource, getDataset } from '../store/datasets/datasets'
import type { ScannedImage } from './scan-result'
import { labelLog } from '../store/labels/label-events'
import { forgetReturning } from '../store/labels/returning-images'
import { makingVersion } from '../store/datasets/new-version'
import { findingParts } from '../store/datasets/parts-of-contents'
import { keepFileTimes, readingStored, type StoredImage } from '../store/datasets/stored-images'
import { listVersions } from '../store/datasets/dataset-versions'
import { unlabelledName } from '../../domain/labels/unlabelled'
import { unlabelledIdentities } from '../store/datasets/unlabelled-images'
import type { TaskWork } from '../tasks/tasks'
import { indexerPath } from './indexer-path'
import { rescanDataset, type FoundImage, type Rescan } from './rescan'
import { noteMissingClasses } from './scan-checks'

interface Checked {
  /** What was compared: with another version, or at another place, it says nothing. */
  readonly splitId: number
  readonly rootPath: string
  readonly check: DatasetCheck
  readonly differences: readonly ImageDifference[]
}

type CheckCalls =
  'datasets.versions' | 'datasets.check' | 'datasets.checked' | 'datasets.differences' | 'datasets.takeIn'

export function checkHandlers(context: ServiceContext): Pick<DomainHandlers<'datasets'>, CheckCalls> {
  const { db, tasks, clock, emit, ordered } = context
  /** By the dataset; kept until the core ends. */
  const lastChecks = new Map<number, Checked>()
  const busy = new Set<number>()

  function begin(
    id: number,
    kind: 'check-dataset' | 'take-in',
    verb: string,
    work: (dataset: Dataset, task: TaskWork) => Promise<void>,
  ): { taskId: number } {
    const dataset = getDataset(db, id)
    if (busy.has(id)) {
      throw new WorkbenchError(
        'busy',
        `The images of "${dataset.name}" are being checked already.`,
        'Wait until that is done, or cancel it.',
      )
    }
    busy.add(id)
    const taskId = tasks.start(kind, `${verb} "${dataset.name}"`, async (task) => {
      try {
        await work(dataset, task)
        return id
      } finally {
        busy.delete(id)
      }
    })
    return { taskId }
  }

  /** Keeps what was found, for 'datasets.checked'. */
  async function look(dataset: Dataset, task: TaskWork): Promise<{ stored: StoredImage[]; found: Rescan }> {
    const stored = await inTurns(readingStored(db, dataset.id), nextTurn)
    const waitsAside = dataset.isUnlabelled && stored.every(({ className }) => className !== unlabelledName)
    const found = await rescanDataset(
      datasetSource(db, dataset.id),
      stored,
      labelLog(db, dataset.id).states,
      waitsAside ? unlabelledIdentities(db, dataset.id) : new Set(),
      task,
      indexerPath(context),
    )
    const { id, split, versionNumber, rootPath } = getDataset(db, dataset.id)
    if (split.id !== dataset.split.id) throw otherVersion(dataset.name)
    keepFileTimes(db, found.touched)
    forgetReturning(db, id)
    const counts = countsOf(found.differences)
    const sameCount = stored.length - counts.gone - counts.changed - counts.moved - counts.relabelled
    lastChecks.set(id, {
      splitId: split.id,
      rootPath,
      check: { datasetId: id, versionNumber, checkedAtMs: clock(), sameCount, counts },
      differences: found.differences.map((one) => described(one, stored, found)),
    })
    task.progress({
      phase: 'Done',
      done: stored.length,
      total: stored.length,
      note: differenceText(counts) || 'Nothing has changed',
    })
    return { stored, found }
  }

  function* takingIn(dataset: Dataset, stored: readonly StoredImage[], found: Rescan): InTurns<number> {
    found.refuseUseless()
    const { classes } = getDataset(db, dataset.id)
    const classNames = classes.map(({ name }) => name)
    for (const [name, oldName] of renamedClasses(stored, found.images, found.differences))
      classNames[classNames.indexOf(oldName)] = name
    const names = new Set(found.images.map(({ className }) => className))
    for (const name of classNames) names.delete(name)
    classNames.push(...[...names].sort(compareCodePoints))
    const indexOf = new Map(classNames.map((name, index) => [name, index]))
    const images = found.images.map(({ className, ...image }: FoundImage): ScannedImage => ({
      ...image,
      classIndex: indexOf.get(className) ?? 0,
    }))
    yield
    const partOfContent = yield* findingParts(
      db,
      dataset.id,
      images.map(({ contentHash }) => contentHash),
    )
    const keptOfKey = new Map(
      found.differences.flatMap(({ kind, before, after }) => {
        const was = before === null ? undefined : stored[before]
        // an image that was edited is no new one: it must not come from the training part into the test part
        return kind === 'changed' && was !== undefined && after !== null ? [[after, was.part] as const] : []
      }),
    )
    const split = yield* continuingSplit(
      images.map((image, index) => ({
        ...image,
        keptPart: partOfContent.get(image.contentHash) ?? keptOfKey.get(index) ?? null,
      })),
      dataset.split,
    )
    const problems = problemList()
    for (const { severity, code, path, message } of found.problems)
      problems.add(severity, code, path, message)
    noteMissingClasses(images, split.parts, classNames, problems)
    return yield* makingVersion(db, {
      base: { datasetId: dataset.id, splitId: dataset.split.id },
      classNames,
      images,
      split: { ...split, options: dataset.split.options },
      problems: problems.read(),
      counts: countsOf(found.differences),
      createdAtMs: clock(),
    })
  }

  return {
    'datasets.versions': async ({ id }) => {
      getDataset(db, id) // an unknown dataset is an error, not an empty list
      return listVersions(db, id)
    },
    'datasets.check': async ({ id }) =>
      begin(id, 'check-dataset', 'Check', async (dataset, task) => {
        await look(dataset, task)
        emit({ type: 'datasets-changed' })
      }),
    'datasets.takeIn': async ({ id }) =>
      begin(id, 'take-in', 'Take in changes of', async (dataset, task) => {
        const { stored, found } = await look(dataset, task)
        if (found.differences.length === 0) return
        task.progress({ phase: 'Saving', done: 0, total: found.images.length })
        await ordered(id, () => inTurns(takingIn(dataset, stored, found), nextTurn))
        const { sameBytes } = getDataset(db, dataset.id)
        task.progress({
          phase: 'Done',
          done: found.images.length,
          total: found.images.length,
          note: [differenceText(countsOf(found.differences)), sameBytesSummary(sameBytes)]
            .filter((said) => said !== '')
            .join('; '),
        })
        emit({ type: 'datasets-changed' })
      }),
    'datasets.checked': async ({ id }) => {
      const last = lastChecks.get(id)
      const { split, rootPath } = getDataset(db, id)
      return last?.splitId === split.id && last.rootPath === rootPath ? last.check : null
    },
    'datasets.differences': async ({ id, kind, offset, limit }) => {
      const { name } = getDataset(db, id)
      const last = lastChecks.get(id)
      if (last === undefined) {
        throw new WorkbenchError(
          'not-found',
          `The images of "${name}" were not checked since the workbench started.`,
          'Check them again.',
        )
      }
      const wanted = last.differences.filter((one) => kind === undefined || one.kind === kind)
      return { total: wanted.length, differences: wanted.slice(offset, offset + limit) }
    },
  }
}

function countsOf(differences: readonly Difference[]): DifferenceCounts {
  const count = (kind: DifferenceKind): number => differences.filter((one) => one.kind === kind).length
  const [fresh, gone, changed, moved, relabelled] = differenceKinds.map(count)
  return {
    new: fresh ?? 0,
    gone: gone ?? 0,
    changed: changed ?? 0,
    moved: moved ?? 0,
    relabelled: relabelled ?? 0,
  }
}

function described(
  { kind, before, after }: Difference,
  stored: readonly StoredImage[],
  { images, unusable }: Rescan,
): ImageDifference {
  const was = before === null ? undefined : stored[before]
  const now = after === null ? undefined : images[after]
  const hasOtherBoxesOnly =
    kind === 'relabelled' && was?.className === now?.className && was?.folderPart === now?.folderPart
  return {
    kind,
    key: now?.key ?? was?.key ?? '',
    // a link that leads to another file has kept its own place
    wasKey: was?.key === now?.key ? (was?.linkTarget ?? was?.key ?? null) : (was?.key ?? null),
    className: now?.className ?? null,
    wasClassName: was?.className ?? null,
    imageId: was?.id ?? null,
    note: kind === 'gone' ? (unusable.get(was?.key ?? '') ?? '') : hasOtherBoxesOnly ? 'other boxes' : '',
  }
}

function otherVersion(name: string): WorkbenchError {
  return new WorkbenchError(
    'busy',
    `The dataset "${name}" got another version while its images were compared. Nothing was taken in.`,
    'Check it again.',
  )
}
