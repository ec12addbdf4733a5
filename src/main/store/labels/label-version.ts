/** What the label log changes in a dataset's current version, and the version that has it. */
import type { DatasetDetail, DifferenceCounts, SplitPart } from '../../../contract/entities/dataset'
import { WorkbenchError } from '../../../contract/errors'
import { continuingSplit, type ContinuedImage } from '../../../domain/continue-split'
import type { InTurns } from '../../../domain/in-turns'
import { classNow, statesByContent } from '../../../domain/labels/find-label'
import type { LabelLog, LabelState } from '../../../domain/labels/label-log'
import { unlabelledName } from '../../../domain/labels/unlabelled'
import type { ScannedImage } from '../../datasets/scan-result'
import { currentSplit } from '../column-pages'
import { getDataset } from '../datasets/datasets'
import { storedBoxes } from '../datasets/image-boxes'
import { imageFacts, type FactsRow } from '../datasets/images'
import { labelLog } from './label-events'
import { partOfCode } from '../datasets/split-parts'
import { statement, type Db } from '../statement'
import { makingVersion } from '../datasets/new-version'
import { findingParts } from '../datasets/parts-of-contents'
import { readingStored } from '../datasets/stored-images'
import { stillReturning } from './returning-images'

interface PendingLabels {
  /** By the id of an image of the current version: the class that it shall have; null: it leaves. */
  readonly classOf: ReadonlyMap<number, string | null>
  /** Images that come back. */
  readonly restored: readonly LabelState[]
}

/** Images of the current version, as a query finds them. */
interface SaidCounts {
  relabelled: number
  excluded: number
  /** One or the other, or both. */
  corrected: number
  /** With a note or a tag. */
  noted: number
  /** Excluded ones that the version does not have any more. */
  excludedGone: number
}

interface FoundLabels extends PendingLabels {
  readonly said: SaidCounts
}

interface Found {
  readonly splitId: number
  readonly states: LabelLog['states']
  /** By content: each is a matter of its own. Without those of which nothing is pending or said. */
  readonly byContent: ReadonlyMap<string, FoundLabels>
}

const lastFound = new WeakMap<Db, Map<number, Found>>()
/** Contents that are looked at between two pauses: of about ten milliseconds. */
const contentsAtOnce = 200

/** Without what comes back no more: the source lost it. */
export function* searchPending(db: Db, datasetId: number): InTurns<FoundLabels> {
  const found = yield* searching(db, datasetId)
  return { ...found, restored: stillReturning(db, datasetId, found.restored) }
}

/** The images that come back if their source still has them. */
export function* searchReturning(db: Db, datasetId: number): InTurns<readonly LabelState[]> {
  return (yield* searching(db, datasetId)).restored
}

/** Looks at the images of the log alone, and of these at what was changed since the last search. */
function* searching(db: Db, datasetId: number): InTurns<FoundLabels> {
  let known = lastFound.get(db)
  if (known === undefined) lastFound.set(db, (known = new Map()))
  for (;;) {
    const { states } = labelLog(db, datasetId)
    const { splitId } = currentSplit(db, datasetId)
    const last = known.get(datasetId)
    const since = last?.splitId === splitId ? last : null
    if (since?.states === states) return joined(since.byContent.values())
    const byContent = new Map(since?.byContent)
    const changed = new Set<string>()
    for (const [identity, state] of states)
      if (since?.states.get(identity) !== state) changed.add(state.image.contentHash)
    let looked = 0
    for (const contentHash of changed) {
      const found = pendingOf(db, datasetId, contentHash, statesByContent(states).get(contentHash) ?? [])
      if (pendingCount(found) > 0 || Object.values(found.said).some((count) => count > 0))
        byContent.set(contentHash, found)
      else byContent.delete(contentHash)
      if (++looked % contentsAtOnce === 0) yield
    }
    // What another did to the log meanwhile is seen in the next turn.
    if (currentSplit(db, datasetId).splitId === splitId) known.set(datasetId, { splitId, states, byContent })
  }
}

function joined(found: Iterable<FoundLabels>): FoundLabels {
  const classOf = new Map<number, string | null>()
  const restored: LabelState[] = []
  const said = nothingSaid()
  for (const one of found) {
    for (const [id, name] of one.classOf) classOf.set(id, name)
    restored.push(...one.restored)
    said.relabelled += one.said.relabelled
    said.excluded += one.said.excluded
    said.corrected += one.said.corrected
    said.noted += one.said.noted
    said.excludedGone += one.said.excludedGone
  }
  return { classOf, restored, said }
}

const nothingSaid = (): SaidCounts => ({
  ...{ relabelled: 0, excluded: 0, corrected: 0, noted: 0, excludedGone: 0 },
})

/** `states`: one for each image. */
function countSaid(states: Iterable<LabelState>, excludedGone: number): SaidCounts {
  const said = { ...nothingSaid(), excludedGone }
  for (const state of states) {
    if (isRelabelled(state)) said.relabelled++
    if (state.excluded) said.excluded++
    if (isRelabelled(state) || state.excluded) said.corrected++
    if (state.note !== '' || state.tags.length > 0) said.noted++
  }
  return said
}

export function isRelabelled({ className, sourceClass }: LabelState): boolean {
  return className !== null && className !== sourceClass
}

/** `states`: all that the log says of images with this content. */
function pendingOf(
  db: Db,
  datasetId: number,
  contentHash: string,
  states: readonly LabelState[],
): FoundLabels {
  const rows = rowsOf(db, datasetId, contentHash)
  const classOf = new Map<number, string | null>()
  const restored: LabelState[] = []
  const moved: LabelState[] = []
  const stateOf = new Map<Row, LabelState>()
  for (const state of states) {
    const here = rows.find(({ path }) => path === state.image.key)
    if (here === undefined) {
      moved.push(state)
      continue
    }
    note(classOf, here, state, true)
    stateOf.set(here, state)
  }
  const known = new Set(states.map(({ image }) => image.key))
  const free = rows.filter(({ path }) => !known.has(path))
  let excludedGone = 0
  for (const state of moved) {
    for (const row of free) {
      note(classOf, row, state, false)
      stateOf.set(row, state)
    }
    if (free.length > 0) continue
    if (state.excluded) excludedGone++
    else if (state.wasExcluded || cameToBeLabelled(state)) restored.push(state)
  }
  return { classOf, restored, said: countSaid(stateOf.values(), excludedGone) }
}

/** Images without a label are in no version that was trained on. */
function cameToBeLabelled({ sourceClass, className }: LabelState): boolean {
  return sourceClass === unlabelledName && className !== null && className !== unlabelledName
}

/** The last class takes the place of what is none. `isFirst`: all of them are new, and come in the order of their names. */
function withoutUnlabelled(
  given: readonly string[],
  isFirst: boolean,
): { classNames: string[]; indexOf(index: number): number } {
  const real = given.filter((name) => name !== unlabelledName)
  const place = given.indexOf(unlabelledName)
  if (isFirst) real.sort()
  else if (place !== -1 && place < real.length) real.splice(place, 0, ...real.splice(-1))
  const places = given.map((name) => real.indexOf(name))
  return { classNames: real, indexOf: (index) => places[index] ?? 0 }
}

export function pendingCount({ classOf, restored }: PendingLabels): number {
  return classOf.size + restored.length
}

/** Whether a training would come out otherwise: what is judged on the test part alone changes no model. */
export function* changesTraining(
  db: Db,
  datasetId: number,
  { classOf, restored }: PendingLabels,
): InTurns<boolean> {
  if (restored.length > 0) return true
  const { split, classes } = getDataset(db, datasetId)
  const names = new Set(classes.map(({ name }) => name))
  const partOf = statement<{ part: number }>(
    db,
    'SELECT part FROM split_images WHERE split_id = ? AND image_id = ?',
  )
  let looked = 0
  for (const [id, className] of classOf) {
    const row = partOf.get(split.id, id)
    if (row === undefined || partOfCode(row.part) !== 'test') return true
    if (className !== null && !names.has(className)) return true
    if (++looked % contentsAtOnce === 0) yield
  }
  return false
}

/**
 * Makes a version of the dataset with the labels as they are now; runs keep theirs, and images their parts. Returns what it changed, null where nothing
 * did. Throws 'dataset-too-few-images' where fewer than two classes would have images, or one only such as it is judged on; 'busy' where it got another
 * version meanwhile.
 */
export function* takingInLabels(db: Db, datasetId: number, nowMs: number): InTurns<DifferenceCounts | null> {
  const pending = yield* searchPending(db, datasetId)
  const dataset = getDataset(db, datasetId)
  const classNames = dataset.classes.map(({ name }) => name)
  const waits = dataset.isUnlabelled && classNames.includes(unlabelledName)
  if (pendingCount(pending) === 0 && !(waits && classNames.length > 1)) return null
  const indexOfName = new Map(classNames.map((name, index) => [name, index]))
  const indexOf = (name: string): number => {
    const known = indexOfName.get(name)
    if (known !== undefined) return known
    indexOfName.set(name, classNames.length)
    return classNames.push(name) - 1
  }
  const images: (ContinuedImage & ScannedImage)[] = []
  /** Aligned: the row that each comes from. */
  const rows: { readonly id: number; readonly classIndex: number }[] = []
  let [leftCount, relabelledCount] = [0, 0]
  for (const image of yield* readingStored(db, datasetId)) {
    const wanted = pending.classOf.get(image.id)
    if (wanted === null) continue
    if (dataset.isUnlabelled && (wanted ?? image.className) === unlabelledName) {
      leftCount++
      continue
    }
    if (wanted !== undefined) relabelledCount++
    const classIndex = wanted === undefined ? image.classIndex : indexOf(wanted)
    images.push({ ...image, classIndex, keptPart: image.part })
    rows.push(image)
  }
  yield
  const partOf = yield* findingParts(
    db,
    datasetId,
    pending.restored.map(({ image }) => image.contentHash),
  )
  for (const [index, state] of pending.restored.entries()) {
    const row = storedRow(db, state.image.imageId)
    if (row !== null) {
      const classIndex = indexOf(state.className ?? row.className)
      images.push({ ...row.image, classIndex, keptPart: partOf.get(row.image.contentHash) ?? null })
    }
    if (index % contentsAtOnce === contentsAtOnce - 1) yield
  }
  if (new Set(images.map(({ classIndex }) => classIndex)).size < 2)
    throw tooFew(dataset.name, dataset.isUnlabelled)
  yield
  const names = dataset.isUnlabelled
    ? withoutUnlabelled(classNames, dataset.classes.length === 1)
    : { classNames, indexOf: (index: number) => index }
  const placed = images.map((image) => ({ ...image, classIndex: names.indexOf(image.classIndex) }))
  yield
  const split = yield* continuingSplit(placed, dataset.split)
  refuseUntrained(dataset, names.classNames, placed, split.parts)
  const excluded = [...pending.classOf.values()].filter((name) => name === null).length
  const counts: DifferenceCounts = {
    new: images.length - rows.length,
    gone: excluded + leftCount,
    changed: 0,
    moved: 0,
    relabelled: relabelledCount,
  }
  yield* makingVersion(db, {
    base: { datasetId, splitId: dataset.split.id },
    classNames: names.classNames,
    images: placed,
    rowIds: rows.map(({ id, classIndex }, place) => (placed[place]?.classIndex === classIndex ? id : null)),
    split: { ...split, options: dataset.split.options },
    problems: null,
    counts,
    ofLabels: true,
    createdAtMs: nowMs,
  })
  return counts
}

function note(classOf: Map<number, string | null>, row: Row, state: LabelState, isExact: boolean): void {
  if (state.excluded) {
    classOf.set(row.id, null)
    return
  }
  const wanted = classNow(state, row.class_name, !isExact)
  if (wanted !== row.class_name) classOf.set(row.id, wanted)
}

interface Row {
  id: number
  path: string
  class_name: string
}

/** Images of the current version with that content. */
function rowsOf(db: Db, datasetId: number, contentHash: string): Row[] {
  return statement<Row>(
    db,
    `SELECT images.id, path, coalesce(split_classes.name, classes.name) AS class_name
     FROM images JOIN datasets ON datasets.id = images.dataset_id
       JOIN split_images ON image_id = images.id AND split_images.split_id = current_split_id
       JOIN classes ON classes.dataset_id = images.dataset_id AND classes.class_index = images.class_index
       JOIN split_classes ON split_classes.split_id = current_split_id AND split_classes.class_index = images.class_index
     WHERE images.dataset_id = ? AND content_hash = ?`,
  ).all(datasetId, Buffer.from(contentHash, 'hex'))
}

/** An image of any version. */
function storedRow(db: Db, imageId: number): { image: ScannedImage; className: string } | null {
  const row = statement<
    FactsRow & {
      path: string
      link_target: string | null
      class_index: number
      class_name: string
      folder_part: number | null
      modified_ms: number
      id: number
      boxes_hash: Buffer | null
    }
  >(
    db,
    `SELECT images.*, lower(hex(content_hash)) AS hash, classes.name AS class_name
     FROM images JOIN classes ON classes.dataset_id = images.dataset_id AND classes.class_index = images.class_index
     WHERE images.id = ?`,
  ).get(imageId)
  if (row === undefined) return null
  return {
    className: row.class_name,
    image: {
      key: row.path,
      linkTarget: row.link_target,
      classIndex: row.class_index,
      folderPart: row.folder_part === null ? null : partOfCode(row.folder_part),
      ...imageFacts(row),
      modifiedMs: row.modified_ms,
      boxes: storedBoxes(db, row),
    },
  }
}

/** Corrections may take the last training image of a class that still has others. */
function refuseUntrained(
  { name, classes }: DatasetDetail,
  classNames: readonly string[],
  images: readonly { readonly classIndex: number }[],
  parts: readonly SplitPart[],
): void {
  const trained = new Set<number>()
  const judged = new Set<number>()
  for (const [place, { classIndex }] of images.entries())
    (parts[place] === 'train' ? trained : judged).add(classIndex)
  const wasTrained = new Set(classes.filter(({ counts }) => counts.train > 0).map((one) => one.name))
  const lost = [...judged].find((index) => !trained.has(index) && wasTrained.has(classNames[index] ?? ''))
  if (lost === undefined) return
  throw new WorkbenchError(
    'dataset-too-few-images',
    `With its corrected labels, the class "${classNames[lost] ?? ''}" of "${name}" would have no training image, only images that it is judged on. They were not taken in.`,
    'Restore a training image of the class, give the class to others, or exclude the rest of its images, too.',
  )
}

function tooFew(name: string, isUnlabelled: boolean): WorkbenchError {
  if (isUnlabelled) {
    return new WorkbenchError(
      'dataset-too-few-images',
      `The images of "${name}" have labels of fewer than two classes: there is nothing to learn yet.`,
      'Label images of two classes at least.',
    )
  }
  return new WorkbenchError(
    'dataset-too-few-images',
    `With its corrected labels, "${name}" would have images of fewer than two classes. They were not taken in.`,
    'Restore excluded images, or give some of them another class.',
  )
}
