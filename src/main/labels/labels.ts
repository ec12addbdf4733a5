/** Corrections: relabel, exclude, note, tag; undo and redo, which survive a restart. */
import { userInfo } from 'node:os'
import type { ImageLabel, LabelChange, LabelsSummary } from '../../contract/entities/label'
import { WorkbenchError } from '../../contract/errors'
import { typedName } from '../../domain/names'
import type { LabelState } from '../../domain/labels/label-log'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import { getDataset } from '../store/datasets'
import { contentAndClass } from '../store/label-images'
import {
  addLabelEvents,
  addUndo,
  groupText,
  labelLog,
  storedLabels,
  undoneBy,
  type NewLabelEvent,
} from '../store/label-events'
import { pendingCount, pendingLabels, takeInLabels } from '../store/label-version'
import type { Db } from '../store/statement'
import { isChange } from './label-change'
import { applyPatch, labelPatch } from './label-patch'

export function labelsHandlers(context: ServiceContext): DomainHandlers<'labels'> {
  const { db, clock, emit } = context
  const writer = (): { atMs: number; byWhom: string } => ({ atMs: clock(), byWhom: userName() })

  function changed(datasetId: number): LabelsSummary {
    const summary = labelsSummary(db, datasetId)
    emit({ type: 'labels-changed', summary })
    return summary
  }

  return {
    'labels.apply': async ({ datasetId, imageIds, change }) => {
      const { classes } = getDataset(db, datasetId)
      const isKnown = change.kind === 'label' && classes.some(({ name }) => name === change.className)
      const events = eventsOf(db, datasetId, imageIds, isKnown ? change : typedChange(change))
      if (events.length > 0) addLabelEvents(db, datasetId, writer(), events)
      return { changed: events.length, summary: changed(datasetId) }
    },
    'labels.undo': async ({ datasetId }) => {
      const { undo } = labelLog(db, datasetId)
      if (undo === null) return { text: null, summary: labelsSummary(db, datasetId) }
      const text = groupText(db, undo)
      addUndo(db, datasetId, writer(), 'undo', undo)
      return { text, summary: changed(datasetId) }
    },
    'labels.redo': async ({ datasetId }) => {
      const { redo } = labelLog(db, datasetId)
      if (redo === null) return { text: null, summary: labelsSummary(db, datasetId) }
      const text = groupText(db, undoneBy(db, redo))
      addUndo(db, datasetId, writer(), 'redo', redo)
      return { text, summary: changed(datasetId) }
    },
    'labels.summary': async ({ datasetId }) => {
      getDataset(db, datasetId)
      return labelsSummary(db, datasetId)
    },
    'labels.ofImages': async ({ imageIds }) => labelsOfImages(db, imageIds),
    'labels.list': async ({ datasetId, offset, limit }) => {
      getDataset(db, datasetId)
      const all = [...labelLog(db, datasetId).states.values()].filter(saysSomething)
      return { total: all.length, labels: all.slice(offset, offset + limit).map(toLabel) }
    },
    'labels.takeIn': async ({ datasetId }) => {
      const counts = takeInLabels(db, datasetId, clock())
      if (counts !== null) emit({ type: 'datasets-changed' })
      return { counts, summary: changed(datasetId) }
    },
    'labels.patch': async ({ datasetId }) => {
      getDataset(db, datasetId)
      return labelPatch(db, datasetId)
    },
    'labels.applyPatch': async ({ datasetId, text }) => {
      getDataset(db, datasetId)
      const result = applyPatch(db, datasetId, text, writer())
      return { ...result, summary: changed(datasetId) }
    },
  }
}

function labelsSummary(db: Db, datasetId: number): LabelsSummary {
  const { revision, states, undo, redo } = labelLog(db, datasetId)
  const all = [...states.values()]
  return {
    datasetId,
    revision,
    relabelled: all.filter(isRelabelled).length,
    excluded: all.filter(({ excluded }) => excluded).length,
    noted: all.filter(({ note, tags }) => note !== '' || tags.length > 0).length,
    pending: pendingCount(pendingLabels(db, datasetId)),
    undo: undo === null ? null : groupText(db, undo),
    redo: redo === null ? null : groupText(db, undoneBy(db, redo)),
  }
}

/** Those that change something. Throws 'not-found' where an image is none of the dataset's. */
function eventsOf(
  db: Db,
  datasetId: number,
  imageIds: readonly number[],
  change: LabelChange,
): NewLabelEvent[] {
  const labelOf = storedLabels(db, datasetId)
  return [...new Set(imageIds)].flatMap((imageId) => {
    const image = contentAndClass(db, imageId)
    if (image?.datasetId !== datasetId) {
      throw new WorkbenchError(
        'not-found',
        `There is no image with the number ${imageId} in this dataset.`,
        'Nothing was changed.',
      )
    }
    const state = labelOf(image)
    const fromClass = state?.className ?? image.className
    return isChange(change, state, fromClass) ? [{ imageId, change, fromClass }] : []
  })
}

/** Throws 'bad-input' for a name that is none. */
function typedChange(change: LabelChange): LabelChange {
  if (change.kind === 'label') return { ...change, className: typedName(change.className, 'class') }
  if (change.kind === 'tag' || change.kind === 'untag')
    return { ...change, tag: typedName(change.tag, 'tag') }
  return change
}

function labelsOfImages(db: Db, imageIds: readonly number[]): ImageLabel[] {
  const finders = new Map<number, ReturnType<typeof storedLabels>>()
  return imageIds.flatMap((imageId) => {
    const image = contentAndClass(db, imageId)
    if (image === null) return []
    let labelOf = finders.get(image.datasetId)
    if (labelOf === undefined) finders.set(image.datasetId, (labelOf = storedLabels(db, image.datasetId)))
    const state = labelOf(image)
    if (state === null || !saysSomething(state)) return []
    const { key: path } = image
    return [{ ...toLabel(state), imageId, path }]
  })
}

function saysSomething(state: LabelState): boolean {
  return isRelabelled(state) || state.excluded || state.note !== '' || state.tags.length > 0
}

function isRelabelled({ className, sourceClass }: LabelState): boolean {
  return className !== null && className !== sourceClass
}

function toLabel({ image, className, sourceClass, excluded, note, tags }: LabelState): ImageLabel {
  const { imageId, key: path } = image
  return {
    imageId,
    path,
    className: className === sourceClass ? null : className,
    excluded,
    note,
    tags: [...tags],
  }
}

/** Who sits at the machine; a number where the system has no name for them. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? '')
  }
}
