/** Corrections: relabel, exclude, note, tag; undo and redo, of verdicts too, which survive a restart. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BulkChange, ImageLabel, LabelChange, LabelsSummary } from '../../contract/entities/label'
import { WorkbenchError } from '../../contract/errors'
import { inTurns } from '../../domain/in-turns'
import { typedName } from '../../domain/names'
import type { LabelState } from '../../domain/labels/label-log'
import type { ServiceContext } from '../app/context'
import { givenText } from '../app/given-text'
import type { DomainHandlers } from '../app/handlers'
import { userName } from '../app/user-name'
import { chosenImages, type ChosenImages } from '../columns/chosen-images'
import type { Columns } from '../columns/columns'
import { currentSplit } from '../store/column-pages'
import { getDataset } from '../store/datasets/datasets'
import { contentAndClass } from '../store/labels/label-images'
import {
  addLabelEventsInTurns,
  addUndo,
  groupText,
  isVerdict,
  labelLogInTurns,
  labelRevision,
  storedLabels,
  undoneBy,
  type NewLabelEvent,
} from '../store/labels/label-events'
import { imagesOfGroup, labelGroupEntry, labelHistory } from '../store/labels/label-history'
import { changesTraining, isRelabelled, pendingCount, searchPending } from '../store/labels/label-version'
import type { Db } from '../store/statement'
import { isChange } from './label-change'
import { labelPatch, readPatch } from './label-patch'
import { lookForReturning, takeInLabels } from './look-for-returning'

/** Images that are looked up between two pauses: of about ten milliseconds. */
const imagesAtOnce = 200

export function labelsHandlers(context: ServiceContext, columns: Columns): DomainHandlers<'labels'> {
  const { db, clock, emit, ordered } = context
  const writer = (): { atMs: number; byWhom: string } => ({ atMs: clock(), byWhom: userName() })

  async function summaryOf(datasetId: number): Promise<LabelsSummary> {
    await lookForReturning(db, datasetId, false)
    return await labelsSummary(db, datasetId)
  }

  async function changed(datasetId: number): Promise<LabelsSummary> {
    const summary = await summaryOf(datasetId)
    emit({ type: 'labels-changed', summary })
    return summary
  }

  async function apply(datasetId: number, change: BulkChange, choose: () => Promise<ChosenImages>) {
    const { classes } = getDataset(db, datasetId)
    const isKnown = change.kind === 'label' && classes.some(({ name }) => name === change.className)
    const known = isKnown ? change : typedChange(change)
    const { chosen, events } = await underOneRevision(db, datasetId, async () => {
      await labelLogInTurns(db, datasetId, nextTurn)
      const images = await choose()
      return { chosen: images.ids.length, events: await eventsOf(db, datasetId, images, known) }
    })
    if (events.length > 0) await addLabelEventsInTurns(db, datasetId, writer(), events, nextTurn)
    return { chosen, changed: events.length, summary: await changed(datasetId) }
  }

  /** `undoes`: the group, or the undo of it. */
  async function turn(datasetId: number, kind: 'undo' | 'redo', undoes: number) {
    const group = kind === 'undo' ? undoes : undoneBy(db, undoes)
    addUndo(db, datasetId, writer(), kind, undoes)
    const summary = await changed(datasetId)
    if (isVerdict(db, group)) emit({ type: 'ratings-changed', ratingId: null })
    return { text: groupText(db, group), imageIds: imagesOfGroup(db, datasetId, group), summary }
  }

  async function goBack(datasetId: number, kind: 'undo' | 'redo') {
    const undoes = (await labelLogInTurns(db, datasetId, nextTurn))[kind]
    if (undoes !== null) return await turn(datasetId, kind, undoes)
    return { text: null, imageIds: [], summary: await summaryOf(datasetId) }
  }

  return {
    'labels.apply': async ({ datasetId, imageIds, change }) => {
      const ids = Uint32Array.from(new Set(imageIds))
      const { changed, summary } = await ordered(datasetId, () =>
        apply(datasetId, change, async () => ({ ids, predicted: null })),
      )
      return { changed, summary }
    },
    'labels.applyTo': async ({ datasetId, choice, change }) =>
      await ordered(datasetId, () =>
        apply(datasetId, change, () => chosenImages(columns, datasetId, choice)),
      ),
    'labels.undo': ({ datasetId }) => ordered(datasetId, () => goBack(datasetId, 'undo')),
    'labels.redo': ({ datasetId }) => ordered(datasetId, () => goBack(datasetId, 'redo')),
    'labels.history': async ({ datasetId, offset, limit }) => {
      getDataset(db, datasetId)
      const changes = await labelHistory(db, datasetId, nextTurn)
      const newest = changes.slice(Math.max(0, changes.length - offset - limit), changes.length - offset)
      return {
        total: changes.length,
        groups: newest.reverse().map((change) => labelGroupEntry(db, datasetId, change)),
      }
    },
    'labels.turn': ({ datasetId, groupId, stands }) =>
      ordered(datasetId, async () => {
        getDataset(db, datasetId)
        const changes = await labelHistory(db, datasetId, nextTurn)
        const change = changes.find((one) => one.groupId === groupId)
        if (change === undefined)
          throw new WorkbenchError('not-found', `There is no correction with the number ${String(groupId)}.`)
        const { undoneBy } = change
        if (stands && undoneBy !== null) return await turn(datasetId, 'redo', undoneBy)
        if (!stands && undoneBy === null) return await turn(datasetId, 'undo', groupId)
        return { text: groupText(db, groupId), summary: await changed(datasetId) }
      }),
    'labels.summary': async ({ datasetId }) => {
      getDataset(db, datasetId)
      return await summaryOf(datasetId)
    },
    'labels.ofImages': async ({ imageIds }) => await labelsOfImages(db, imageIds),
    'labels.list': async ({ datasetId, offset, limit }) => {
      getDataset(db, datasetId)
      const all = [...(await labelLogInTurns(db, datasetId, nextTurn)).states.values()].filter(saysSomething)
      return { total: all.length, labels: all.slice(offset, offset + limit).map(toLabel) }
    },
    'labels.takeIn': ({ datasetId }) =>
      ordered(datasetId, async () => {
        getDataset(db, datasetId)
        const counts = await takeInLabels(db, datasetId, clock())
        if (counts !== null) emit({ type: 'datasets-changed' })
        return { counts, summary: await changed(datasetId) }
      }),
    'labels.patch': async ({ datasetId }) => {
      getDataset(db, datasetId)
      await labelLogInTurns(db, datasetId, nextTurn)
      return labelPatch(db, datasetId)
    },
    'labels.applyPatch': ({ datasetId, ...given }) =>
      ordered(datasetId, async () => {
        getDataset(db, datasetId)
        const text = await givenText(given)
        const { events, ...result } = await underOneRevision(db, datasetId, async () => {
          await labelLogInTurns(db, datasetId, nextTurn)
          return await readPatch(db, datasetId, text)
        })
        if (events.length > 0) await addLabelEventsInTurns(db, datasetId, writer(), events, nextTurn)
        return { ...result, changed: events.length, summary: await changed(datasetId) }
      }),
  }
}

/** What `look` finds while nobody else changed the log or the version: it lets others come in between. */
async function underOneRevision<Found>(
  db: Db,
  datasetId: number,
  look: () => Promise<Found>,
): Promise<Found> {
  const stand = (): string => `${currentSplit(db, datasetId).splitId} ${labelRevision(db, datasetId)}`
  for (;;) {
    const before = stand()
    const found = await look()
    if (stand() === before) return found
  }
}

async function labelsSummary(db: Db, datasetId: number): Promise<LabelsSummary> {
  await labelLogInTurns(db, datasetId, nextTurn)
  const found = await inTurns(searchPending(db, datasetId), nextTurn)
  const pending = pendingCount(found)
  const otherTraining = await inTurns(changesTraining(db, datasetId, found), nextTurn)
  const { revision, states, undo, redo } = await labelLogInTurns(db, datasetId, nextTurn)
  const tagCounts = new Map<string, number>()
  for (const state of states.values())
    for (const tag of state.tags) tagCounts.set(tag, (tagCounts.get(tag) ?? 0) + 1)
  return {
    ...{ datasetId, revision, pending, ...found.said },
    changesTraining: otherTraining,
    tags: mostUsed(tagCounts),
    undo: undo === null ? null : groupText(db, undo),
    redo: redo === null ? null : groupText(db, undoneBy(db, redo)),
  }
}

const mostTags = 1000

/** By name. */
function mostUsed(counts: ReadonlyMap<string, number>): LabelsSummary['tags'] {
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, mostTags)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([tag, count]) => ({ tag, count }))
}

/** Those that change something. Throws 'not-found' where an image is none of the dataset's. */
async function eventsOf(
  db: Db,
  datasetId: number,
  { ids, predicted }: ChosenImages,
  bulk: BulkChange,
): Promise<NewLabelEvent[]> {
  if (bulk.kind === 'prediction' && predicted === null)
    throw new WorkbenchError('bad-input', 'These images are of no run: nothing predicts their classes.')
  const labelOf = storedLabels(db, datasetId)
  const events: NewLabelEvent[] = []
  let looked = 0
  for (const imageId of ids) {
    const change: LabelChange =
      bulk.kind === 'prediction' ? { kind: 'label', className: predicted?.[looked] ?? '' } : bulk
    if (++looked % imagesAtOnce === 0) await nextTurn()
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
    if (isChange(change, state, fromClass)) events.push({ imageId, change, fromClass })
  }
  return events
}

/** Throws 'bad-input' for a name that is none. */
function typedChange(change: BulkChange): BulkChange {
  if (change.kind === 'label') return { ...change, className: typedName(change.className, 'class') }
  if (change.kind === 'tag' || change.kind === 'untag')
    return { ...change, tag: typedName(change.tag, 'tag') }
  return change
}

async function labelsOfImages(db: Db, imageIds: readonly number[]): Promise<ImageLabel[]> {
  const finders = new Map<number, ReturnType<typeof storedLabels>>()
  const labels: ImageLabel[] = []
  for (const [index, imageId] of imageIds.entries()) {
    if (index > 0 && index % imagesAtOnce === 0) await nextTurn()
    const image = contentAndClass(db, imageId)
    if (image === null) continue
    let labelOf = finders.get(image.datasetId)
    if (labelOf === undefined) await labelLogInTurns(db, image.datasetId, nextTurn)
    if (labelOf === undefined) finders.set(image.datasetId, (labelOf = storedLabels(db, image.datasetId)))
    const state = labelOf(image)
    if (state === null || !saysSomething(state)) continue
    const { key: path } = image
    labels.push({ ...toLabel(state), imageId, path })
  }
  return labels
}

function saysSomething(state: LabelState): boolean {
  return isRelabelled(state) || state.excluded || state.note !== '' || state.tags.length > 0
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
