/** Which runs are shown, and in which order. Pure. */
import type { Run } from '../../../contract/entities/run'
import { startWords } from '../../../domain/model/model-names'

export const runColumns = [
  'name',
  'state',
  'dataset',
  'model',
  'px',
  'steps',
  'accuracy',
  'loss',
  'time',
  'departures',
  'started',
] as const
export type RunColumn = (typeof runColumns)[number]

export interface RunOrder {
  readonly column: RunColumn
  readonly descending: boolean
}

export const newestFirst: RunOrder = { column: 'started', descending: true }

/** What a first click on a column's name sorts by: figures from the greatest, words from A; loss and time from the least. */
export function nextOrder(order: RunOrder, column: RunColumn): RunOrder {
  if (order.column === column) return { column, descending: !order.descending }
  return { column, descending: ['px', 'steps', 'accuracy', 'departures', 'started'].includes(column) }
}

/** A run without the figure comes last whichever way; equal ones from the newest. */
export function sortRuns(runs: readonly Run[], order: RunOrder): Run[] {
  const sign = order.descending ? -1 : 1
  return [...runs].sort((a, b) => {
    const x = keyOf(a, order.column)
    const y = keyOf(b, order.column)
    if (x === null || y === null) {
      if (x !== y) return x === null ? 1 : -1
    } else if (x !== y) {
      const less =
        typeof x === 'string' && typeof y === 'string' ? naturalOrder.compare(x, y) : x < y ? -1 : 1
      if (less !== 0) return less * sign
    }
    return b.createdAtMs - a.createdAtMs || b.id - a.id
  })
}

const naturalOrder = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

function keyOf(run: Run, column: RunColumn): string | number | null {
  switch (column) {
    case 'name':
      return run.name
    case 'state':
      return run.state
    case 'dataset':
      return run.datasetName
    case 'model':
      return startWords(run)
    case 'px':
      return run.recipe.cropPx
    case 'steps':
      return run.stepsDone
    case 'accuracy':
      return run.accuracy?.value ?? null
    case 'loss':
      return run.lastLoss
    case 'time':
      return run.trainingMs
    case 'departures':
      return run.departureCount
    case 'started':
      return run.createdAtMs
  }
}
