/** How often each label got each prediction. */
import type { Confusion } from '../../contract/entities/run'
import type { AllPredictions } from '../columns/columns'

/** Classes up to which a table of all pairs is small. */
const mostInTable = 2048

/** In one pass over the columns; cells by label, then prediction. */
export function confusionOf({ predictions, classNames }: AllPredictions): Confusion {
  const { rowCount, numbers } = predictions
  const [labels, predicted] = [numbers.get('label'), numbers.get('predicted')]
  const size = classNames.length
  const cells: Confusion['cells'] = []
  const add = (pair: number, count: number): void => {
    if (count > 0) cells.push({ labelIndex: Math.floor(pair / size), predictedIndex: pair % size, count })
  }
  if (size <= mostInTable) {
    const counts = new Uint32Array(size * size)
    for (let row = 0; row < rowCount; row++) {
      const pair = (labels?.[row] ?? 0) * size + (predicted?.[row] ?? 0)
      counts[pair] = (counts[pair] ?? 0) + 1
    }
    counts.forEach((count, pair) => add(pair, count))
  } else {
    const counts = new Map<number, number>()
    for (let row = 0; row < rowCount; row++) {
      const pair = (labels?.[row] ?? 0) * size + (predicted?.[row] ?? 0)
      counts.set(pair, (counts.get(pair) ?? 0) + 1)
    }
    for (const pair of [...counts.keys()].sort((a, b) => a - b)) add(pair, counts.get(pair) ?? 0)
  }
  return { classNames: [...classNames], cells }
}
