/** How often each label got each prediction. */
import type { Confusion, PackedConfusion } from '../../contract/entities/confusion'
import { narrowColumn } from '../columns/counts'
import type { AllPredictions } from '../columns/columns'

/** Classes up to which a table of all pairs is small. */
const mostInTable = 2048

/** In one pass over the columns. */
export function confusionOf({ predictions, classNames }: AllPredictions): Confusion {
  const { rowCount, numbers } = predictions
  const [labels, predicted] = [numbers.get('label'), numbers.get('predicted')]
  const size = classNames.length
  const pairOf = (row: number): number => (labels?.[row] ?? 0) * size + (predicted?.[row] ?? 0)
  if (size > mostInTable) {
    const counted = new Map<number, number>()
    for (let row = 0; row < rowCount; row++) counted.set(pairOf(row), (counted.get(pairOf(row)) ?? 0) + 1)
    return columnsOf(classNames, Float64Array.from(counted.keys()).sort(), (pair) => counted.get(pair) ?? 0)
  }
  const table = new Uint32Array(size * size)
  const pairs = new Float64Array(Math.min(rowCount, table.length))
  for (let row = 0; row < rowCount; row++) table[pairOf(row)] = (table[pairOf(row)] ?? 0) + 1
  let end = 0
  for (let pair = 0; pair < table.length; pair++) if (table[pair] !== 0) pairs[end++] = pair
  return columnsOf(classNames, pairs.subarray(0, end), (pair) => table[pair] ?? 0)
}

function columnsOf(
  classNames: readonly string[],
  pairs: Float64Array,
  countOf: (pair: number) => number,
): Confusion {
  const size = classNames.length
  const labels = new Uint32Array(pairs.length)
  const predicted = new Uint32Array(pairs.length)
  const counts = new Uint32Array(pairs.length)
  for (let cell = 0; cell < pairs.length; cell++) {
    const pair = pairs[cell] ?? 0
    const label = Math.floor(pair / size)
    labels[cell] = label
    predicted[cell] = pair - label * size
    counts[cell] = countOf(pair)
  }
  return { classNames, labels, predicted, counts }
}

/** As the contract sends it. */
export function packConfusion({ classNames, labels, predicted, counts }: Confusion): PackedConfusion {
  const pairCounts = new Uint32Array(classNames.length)
  for (const label of labels) pairCounts[label] = (pairCounts[label] ?? 0) + 1
  return {
    classNames: [...classNames],
    pairCounts: narrowColumn(pairCounts),
    predicted: narrowColumn(predicted),
    counts: narrowColumn(counts),
  }
}
