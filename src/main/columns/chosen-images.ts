/** The images that someone chose, by their numbers. */
import { crc32 } from 'node:zlib'
import type { ImageChoice } from '../../contract/entities/image-choice'
import { WorkbenchError } from '../../contract/errors'
import { unpackUint32 } from '../../contract/packed'
import type { Columns } from './columns'

export interface ChosenImages {
  readonly ids: Uint32Array
  /** Of each, what the run takes it for; null where the choice is not of a run's predictions. */
  readonly predicted: readonly string[] | null
}

/** Each once, in the order of the choice. Throws 'not-found', 'bad-input', and 'busy' where a query finds something else than when its images were chosen. */
export async function chosenImages(
  columns: Columns,
  datasetId: number,
  choice: ImageChoice,
): Promise<ChosenImages> {
  if ('imageIds' in choice) return { ids: Uint32Array.from(new Set(choice.imageIds)), predicted: null }
  const { query, runId, setId, places, stamp } = choice
  const found =
    runId === undefined
      ? await ofImages(columns, datasetId, query)
      : await ofPredictions(columns, runId, query, setId)
  if (stamp !== undefined && stamp !== foundStamp(found.ids)) {
    throw new WorkbenchError(
      'busy',
      'The query finds other images now than when these were chosen. Nothing was done.',
      'Look at what it finds now, and choose again.',
    )
  }
  if (places === undefined) return found
  const picked = picks(unpackUint32(places), found.ids.length)
  return {
    ids: picked.map((place) => found.ids[place] ?? 0),
    predicted:
      found.predicted === null ? null : Array.from(picked, (place) => found.predicted?.[place] ?? ''),
  }
}

/** The same for the same images in the same order. */
export function foundStamp(ids: Uint32Array): string {
  const bytes = new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength)
  return `${String(ids.length)} ${crc32(bytes).toString(16)}`
}

async function ofImages(columns: Columns, datasetId: number, query: string): Promise<ChosenImages> {
  const { images, rows } = await columns.images(datasetId, query)
  return { ids: rows.map((row) => images.ids[row] ?? 0), predicted: null }
}

async function ofPredictions(
  columns: Columns,
  runId: number,
  query: string,
  setId: number | undefined,
): Promise<ChosenImages> {
  const { predictions, rows, classNames } = await columns.predictions(runId, query, setId)
  const codes = predictions.numbers.get('predicted')
  return {
    ids: rows.map((row) => predictions.imageIds[row] ?? 0),
    predicted: Array.from(rows, (row) => classNames[codes?.[row] ?? 0] ?? ''),
  }
}

function picks(bounds: Uint32Array, length: number): Uint32Array {
  let count = 0
  for (let at = 0; at < bounds.length; at += 2) {
    const [first = 0, end = 0] = bounds.subarray(at, at + 2)
    if (end <= first || first < (bounds[at - 1] ?? 0) || end > length) {
      throw new WorkbenchError('bad-input', 'The places are none of the list.', 'Choose the images again.')
    }
    count += end - first
  }
  const places = new Uint32Array(count)
  let to = 0
  for (let at = 0; at < bounds.length; at += 2)
    for (let place = bounds[at] ?? 0; place < (bounds[at + 1] ?? 0); place++) places[to++] = place
  return places
}
