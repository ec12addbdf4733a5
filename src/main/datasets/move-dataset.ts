/** A dataset whose images lie somewhere else now: the same images, found at another place. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { basename, join } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { formatCount } from '../../domain/figures'
import { inTurns } from '../../domain/in-turns'
import { permutation, purpose } from '../../domain/random'
import type { ServiceContext } from '../app/context'
import { wholePath } from '../app/whole-path'
import { addressOf, openSource } from '../sources/sources'
import type { SourceAddress } from '../sources/source'
import { datasetSource, setSource } from '../store/datasets/datasets'
import { readingStored, type StoredImage } from '../store/datasets/stored-images'
import { forgetReturning } from '../store/labels/returning-images'
import type { TaskWork } from '../tasks/tasks'
import { sameContents } from '../sources/same-content'

/** So many are read whole: of a folder with a tenth of other images, all of them miss it once in a billion times. */
const sampleCount = 200
/** A copy may lack a few; with fewer it is more likely another folder. */
const leastShare = 0.9

/** Returns what was found, a sentence. Throws 'images-differ', 'unsupported' for another kind of source, 'path-not-found', 'cancelled'. */
export async function moveDataset(
  { db }: Pick<ServiceContext, 'db'>,
  datasetId: number,
  path: string,
  task: TaskWork,
): Promise<string> {
  const before = datasetSource(db, datasetId)
  const images = await inTurns(readingStored(db, datasetId), nextTurn)
  const address = await findAt(before, path, images)
  const present = await sameSizes(address, images, task)
  const sample = sampleOf(present)
  const times = await sameContents(openSource(address), sample, {
    stopped: () => task.signal.aborted,
    onProgress: (done) => task.progress({ phase: 'Comparing contents', done, total: sample.length }),
  })
  if (times === null) throw cancelled()
  const sameCount = times.filter((time) => time !== null).length
  const found = `${formatCount(present.length)} of ${formatCount(images.length)} images are in ${address.path} with the same path and size`
  const said =
    sample.length === 0
      ? found
      : `${found}; of ${formatCount(sample.length)} that were read, ${formatCount(sameCount)} have the same content`
  if (present.length < leastShare * images.length || sameCount < sample.length) {
    throw new WorkbenchError(
      'images-differ',
      `${said}. The dataset stays at ${before.path}.`,
      'Choose the folder that has the same images. To use other images, import them as a dataset of their own.',
    )
  }
  setSource(db, datasetId, address)
  forgetReturning(db, datasetId)
  return present.length < images.length ? `${said}. Check the dataset to see the others` : said
}

/** The address at `path`; a folder that has the dataset's folder, or file, in it will do. What is there is read as it was before. */
async function findAt(
  before: SourceAddress,
  path: string,
  images: readonly StoredImage[],
): Promise<SourceAddress> {
  const { kind, path: oldPath } = before
  const given = wholePath(path)
  const inside = join(given, basename(oldPath))
  // with the columns and the folders that the user chose: another column has other images
  const at = (path: string): SourceAddress => ({ ...before, path })
  const has = (path: string): boolean => openSource(at(path)).factsNow(images[0]?.key ?? '') !== null
  const found = [given, inside].find(has)
  const there = found === undefined ? await addressOf(given) : at(found)
  const address = there.kind === kind ? at(there.path) : there
  if (address.kind !== kind) {
    throw new WorkbenchError(
      'unsupported',
      `${address.path} is not a ${kind}. The dataset stays at ${oldPath}.`,
      `Choose the ${kind} that it was imported from, at its new place.`,
    )
  }
  const problem = await openSource(address).problem()
  if (problem === null) return address
  throw new WorkbenchError(
    'path-not-found',
    `${address.path} cannot be read. ${problem.reason} The dataset stays at ${oldPath}.`,
    'Check the path.',
  )
}

async function sameSizes(
  address: SourceAddress,
  images: readonly StoredImage[],
  { signal, progress }: TaskWork,
): Promise<StoredImage[]> {
  const source = openSource(address)
  const checked = await source.check(
    images.map(({ key }) => key),
    {
      facts: null,
      stopped: () => signal.aborted,
      onProgress: (done) => progress({ phase: 'Comparing files', done, total: images.length }),
    },
  )
  if (checked === null) throw cancelled()
  return images.filter(
    ({ key, byteCount }, index) =>
      !checked.missing.has(index) && hasSize(source.factsNow(key)?.size, byteCount),
  )
}

/** NaN where the source cannot say it without reading: then the sample tells. */
function hasSize(size: number | undefined, byteCount: number): boolean {
  return size !== undefined && (Number.isNaN(size) || size === byteCount)
}

/** Drawn from the seed 0, so that the same folder is always judged alike. */
function sampleOf(images: readonly StoredImage[]): StoredImage[] {
  return [...permutation(images.length, 0, purpose.movedSample).slice(0, sampleCount)].flatMap(
    (index) => images[index] ?? [],
  )
}

function cancelled(): WorkbenchError {
  return new WorkbenchError('cancelled', 'The comparison was cancelled. Nothing was changed.')
}
