/** How often the runs of a dataset are wrong on each image. */
import { runsWithResults } from '../store/runs/run-results'
import type { Db } from '../store/statement'
import { rowFinder, type ImageColumns } from './image-columns'
import { buildPredictionColumns } from './prediction-columns'
import type { Numbers } from './table'

/** As the table of fields has them; the last: no run evaluated it. */
const [never, sometimes, always, unknown] = [0, 1, 2, 3]

export function missKey(db: Db, { datasetId, splitId }: { datasetId: number; splitId: number }): string {
  const runs = runsWithResults(db, datasetId).map(({ id, results }) => `${id} ${results}`)
  return `misses ${splitId} ${runs.join()}`
}

/** Each run under the labels of its evaluation, one after another: none stays in memory. */
export async function missColumns(
  db: Db,
  datasetId: number,
  images: ImageColumns,
  pause: () => Promise<void>,
): Promise<ReadonlyMap<string, Numbers>> {
  const rowCount = images.ids.length
  const [evaluated, wrong] = [new Uint16Array(rowCount), new Uint16Array(rowCount)]
  for (const { id } of runsWithResults(db, datasetId)) {
    const { imageIds, numbers } = await buildPredictionColumns(db, id, undefined, pause)
    const isWrong = numbers.get('wrong')
    const rowOf = rowFinder(images)
    for (let at = 0; at < imageIds.length; at++) {
      const row = rowOf(imageIds[at] ?? 0)
      if (row === null) continue
      evaluated[row] = (evaluated[row] ?? 0) + 1
      wrong[row] = (wrong[row] ?? 0) + (isWrong?.[at] ?? 0)
    }
    await pause()
  }
  const often = new Uint8Array(rowCount)
  const misses = new Float32Array(rowCount)
  for (let row = 0; row < rowCount; row++) {
    const [seen, missed] = [evaluated[row] ?? 0, wrong[row] ?? 0]
    often[row] = seen === 0 ? unknown : missed === 0 ? never : missed === seen ? always : sometimes
    misses[row] = seen === 0 ? NaN : missed
  }
  return new Map<string, Numbers>([
    ['often', often],
    ['misses', misses],
  ])
}
