/** Looks whether the source still has the images that corrections bring back: what it lost stays out of the dataset. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DifferenceCounts } from '../../contract/entities/dataset'
import { inTurns } from '../../domain/in-turns'
import { identityOf } from '../../domain/labels/label-log'
import { sameContents } from '../sources/same-content'
import { openSource } from '../sources/sources'
import { datasetSource } from '../store/datasets/datasets'
import { keepFileTimes } from '../store/datasets/stored-images'
import { labelLogInTurns } from '../store/labels/label-events'
import { searchReturning, takingInLabels } from '../store/labels/label-version'
import { filesOfImages, keepReturning, knownReturning } from '../store/labels/returning-images'
import type { Db } from '../store/statement'

/**
 * `again`: also for those that somebody looked for before. Where the source cannot be reached, nothing is said of them. A file must have the content
 * that came in: with another one it is another image.
 */
export async function lookForReturning(db: Db, datasetId: number, again: boolean): Promise<void> {
  await labelLogInTurns(db, datasetId, nextTurn)
  const states = await inTurns(searchReturning(db, datasetId), nextTurn)
  const known = again ? new Map<string, boolean>() : knownReturning(db, datasetId)
  const images = states.map(({ image }) => image).filter((image) => !known.has(identityOf(image)))
  if (images.length === 0) return
  const keys = images.map(({ key }) => key)
  const { links, ...facts } = filesOfImages(
    db,
    images.map(({ imageId }) => imageId),
  )
  const source = openSource({ ...datasetSource(db, datasetId), ...(links.length > 0 && { links }) })
  if ((await source.problem()) !== null) return
  const checked = await source.check(keys, { facts })
  if (checked === null) return
  const suspects = checked.changed.flatMap((index) => images[index] ?? [])
  const times = await sameContents(source, suspects, { onProgress: () => undefined, stopped: () => false })
  const isThere = new Map<string, boolean>()
  for (const [index, image] of images.entries()) isThere.set(identityOf(image), !checked.missing.has(index))
  const touched: { id: number; modifiedMs: number }[] = []
  for (const [place, image] of suspects.entries()) {
    const modifiedMs = times?.[place] ?? null
    isThere.set(identityOf(image), modifiedMs !== null)
    if (modifiedMs !== null) touched.push({ id: image.imageId, modifiedMs })
  }
  // who only asks writes nothing
  if (again) keepFileTimes(db, touched)
  keepReturning(db, datasetId, new Map([...knownReturning(db, datasetId), ...isThere]))
}

/** Throws as `takingInLabels`. Nothing else may make a version of the dataset meanwhile. */
export async function takeInLabels(
  db: Db,
  datasetId: number,
  nowMs: number,
): Promise<DifferenceCounts | null> {
  await lookForReturning(db, datasetId, true)
  return await inTurns(takingInLabels(db, datasetId, nowMs), nextTurn)
}
