/** Preflight: what is wrong with a dataset before a training, and what is done about it. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FindingKind } from '../../contract/entities/preflight'
import { WorkbenchError } from '../../contract/errors'
import { inTurns } from '../../domain/in-turns'
import type { FoundItems } from '../../domain/preflight/findings'
import { findingTitles } from '../../domain/preflight/finding-words'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers, Handlers } from '../app/handlers'
import { getDataset } from '../store/datasets/datasets'
import { movingGroups, takeSplitAgain } from '../store/datasets/move-groups'
import { dropIgnored, putIgnored } from '../store/datasets/preflight'
import { checkDataset } from './check-dataset'
import { keptCopy } from '../../domain/preflight/kept-copy'
import { checkLabels, type LabelCheckParts } from './check-labels'
import { checkOfImage } from './of-image'
import { createReports } from './report'
import { setThreshold, thresholdsOf } from './thresholds'

export function preflightHandlers(
  context: ServiceContext,
  parts: LabelCheckParts & { readonly applyLabels: Handlers['labels.apply'] },
): DomainHandlers<'preflight'> {
  const { db, tasks, clock, emit, ordered } = context
  const { isTraining, applyLabels } = parts
  const reports = createReports(db)
  /** By dataset. `wanted.labels`: who asks for the labels while the images are looked at gets them in the same task. */
  const running = new Map<number, { readonly taskId: number; readonly wanted: { labels: boolean } }>()

  /** Those of the groups in which `imageIds` are; all where it is null. Throws 'not-found' where there are none. */
  function groupsOf(
    datasetId: number,
    kind: FindingKind,
    imageIds: readonly number[] | null,
    which: 'open' | 'ignored' = 'open',
  ): FoundItems[] {
    const wanted = imageIds === null ? null : new Set(imageIds)
    const found = reports
      .groups(datasetId, kind, which)
      .filter(({ items }) => wanted === null || items.some((item) => wanted.has(item)))
    if (found.length > 0) return found
    throw new WorkbenchError(
      'not-found',
      `"${findingTitles[kind]}" has no such group any more.`,
      'Check the dataset again.',
    )
  }

  function changed(datasetId: number) {
    emit({ type: 'preflight-changed', datasetId })
    return reports.preflight(datasetId)
  }

  return {
    'preflight.start': async ({ datasetId, labels }) => {
      const { name } = getDataset(db, datasetId)
      const begun = running.get(datasetId)
      if (begun !== undefined) {
        begun.wanted.labels ||= labels
        return { taskId: begun.taskId }
      }
      const wanted = { labels }
      const taskId = tasks.start('preflight', `Check ${name}`, async (task) => {
        try {
          await checkDataset(context, datasetId, task, isTraining)
          if (wanted.labels) await checkLabels(context, datasetId, task, parts)
          emit({ type: 'preflight-changed', datasetId })
          return datasetId
        } finally {
          running.delete(datasetId)
        }
      })
      running.set(datasetId, { taskId, wanted })
      return { taskId }
    },
    'preflight.findings': async ({ datasetId }) => reports.preflight(datasetId),
    'preflight.images': async ({ datasetId, kind, which, offset, limit }) => ({
      total: reports.groups(datasetId, kind, which).length,
      groups: reports.page(datasetId, kind, which, offset, offset + limit),
    }),
    'preflight.ofImage': async ({ imageId }) => checkOfImage(db, imageId),
    'preflight.thresholds': async ({ datasetId }) => thresholdsOf(db, getDataset(db, datasetId).id),
    'preflight.setThreshold': async ({ datasetId, likeness }) => {
      setThreshold(db, datasetId, likeness)
      return changed(datasetId)
    },
    'preflight.ignore': async ({ datasetId, kind, items, reason }) => {
      const groups = groupsOf(datasetId, kind, items ?? null)
      const atMs = clock()
      putIgnored(
        db,
        datasetId,
        groups
          .flatMap(({ keys }) => keys)
          .map((item) => ({ finding: kind, item, reason: reason.trim(), atMs })),
      )
      return changed(datasetId)
    },
    'preflight.unignore': async ({ datasetId, kind, items }) => {
      const wanted =
        items === undefined ? null : groupsOf(datasetId, kind, items, 'ignored').flatMap(({ keys }) => keys)
      dropIgnored(db, datasetId, kind, wanted)
      return changed(datasetId)
    },
    'preflight.moveTogether': async ({ datasetId, items }) => {
      const groups = groupsOf(datasetId, 'leak', items ?? null).map((group) => group.items)
      const { previousSplitId, movedCount } = await ordered(datasetId, () =>
        inTurns(movingGroups(db, datasetId, groups, clock()), nextTurn),
      )
      emit({ type: 'datasets-changed' })
      return { previousSplitId, movedCount, preflight: changed(datasetId) }
    },
    'preflight.exclude': async ({ datasetId, kind, what, items }) => {
      const images = reports.images(datasetId)
      const imageIds = groupsOf(datasetId, kind, items ?? null).flatMap((group) => {
        if (what === 'all') return group.items
        const kept = keptCopy(group.items.flatMap((id) => images.get(id) ?? []))
        return group.items.filter((id) => id !== kept?.id)
      })
      const { changed: excludedCount } = await applyLabels({
        datasetId,
        imageIds,
        change: { kind: 'exclude' },
      })
      return { excludedCount, preflight: changed(datasetId) }
    },
    'preflight.undoMove': async ({ datasetId, splitId }) => {
      await ordered(datasetId, async () => takeSplitAgain(db, datasetId, splitId))
      emit({ type: 'datasets-changed' })
      return changed(datasetId)
    },
  }
}
