/** How the answers for one image went over the checkpoints of a run, and over the runs of its dataset. */
import type { ImageHistory } from '../../contract/entities/history'
import type { Columns } from '../columns/columns'
import type { PredictionColumns } from '../columns/prediction-columns'
import { classNamesOf } from '../store/datasets/splits'
import { splitOfSet } from '../store/runs/evaluated-images'
import { placeOfImage, predictionsAt } from '../store/runs/prediction-set-read'
import { openableSets } from '../store/runs/other-sets'
import { getPredictionSet } from '../store/runs/prediction-sets'
import { getRun } from '../store/runs/runs'
import { runsWithResults } from '../store/runs/run-results'
import type { Db } from '../store/statement'

/** `setId`: the image is of that set, in place of the run's results. */
export async function imageHistory(
  db: Db,
  columns: Pick<Columns, 'allPredictions'>,
  { runId, setId, imageId }: { runId: number; setId?: number | undefined; imageId: number },
): Promise<ImageHistory> {
  const run = getRun(db, runId)
  const part = setId === undefined ? run.evaluatedOn : getPredictionSet(db, setId).part
  const checkpoints: ImageHistory['checkpoints'] = []
  let likely: number | null = null
  const ofImage = setId === undefined ? null : splitOfSet(db, setId)
  const datasetId = ofImage?.datasetId ?? run.datasetId
  const known = new Set<number>()
  const steps = new Set<number>()
  for (const set of openableSets(db, runId)) {
    if (set.other?.kind === 'out-of-fold' || set.datasetId !== datasetId) continue
    if (set.other === null) steps.add(set.checkpointStep)
    if ((set.part !== part && set.other?.isWhole !== true) || known.has(set.checkpointStep)) continue
    // One block at a time: columns of each checkpoint would take the room of those that are on the screen.
    const place = placeOfImage(db, set.id, imageId, likely)
    const [found] = place === null ? [] : predictionsAt(db, set.id, [place])
    await new Promise<void>((resolve) => setImmediate(resolve))
    if (found === undefined) continue
    // Each checkpoint is evaluated in the same order.
    likely = place
    const { labelIndex, predictedIndex, labelProbability, top } = found
    const confidence = top[0]?.probability ?? 0
    const stepIndex = set.checkpointStep
    const names = classNamesOf(db, splitOfSet(db, set.id)?.splitId ?? 0)
    const [label = '', predicted = ''] = [names[labelIndex], names[predictedIndex]]
    known.add(stepIndex)
    checkpoints.push({ setId: set.id, stepIndex, label, predicted, confidence, labelProbability })
  }
  checkpoints.sort((one, other) => one.stepIndex - other.stepIndex)
  const missingSteps = [...steps].filter((step) => !known.has(step)).sort((one, other) => one - other)
  let [evaluated, wrong] = [0, 0]
  for (const other of runsWithResults(db, run.datasetId)) {
    const { predictions } = await columns.allPredictions(other.id)
    const row = rowOfImage(predictions, imageId)
    if (row === null) continue
    evaluated++
    wrong += predictions.numbers.get('wrong')?.[row] ?? 0
  }
  return { checkpoints, part, missingSteps, runs: { evaluated, wrong } }
}

/** Ids are ascending. */
function rowOfImage({ imageIds }: PredictionColumns, id: number): number | null {
  let [low, high] = [0, imageIds.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((imageIds[middle] ?? 0) < id) low = middle + 1
    else high = middle
  }
  return imageIds[low] === id ? low : null
}
