/** The pairs of a confusion by how many images they have. Pure. */
import { pairAt, type ConfusedPair, type Confusion } from '../../contract/entities/confusion'
import { byDigits } from '../by-digits'

/** Wrong pairs, the most images first; equal ones in the order of the classes. At most `limit`, of `total`. */
export function mostConfused(confusion: Confusion, limit: number): { pairs: ConfusedPair[]; total: number } {
  const wrong = wrongCells(confusion)
  const order = byDigits(
    wrong,
    wrong.map((cell) => ~(confusion.counts[cell] ?? 0)),
  )
  return {
    pairs: Array.from(order.subarray(0, limit), (cell) => pairAt(confusion, cell)),
    total: wrong.length,
  }
}

/** Cells whose prediction is not the label. */
export function wrongCells({ labels, predicted }: Confusion): Uint32Array {
  const cells = new Uint32Array(labels.length)
  let end = 0
  for (let cell = 0; cell < labels.length; cell++) if (labels[cell] !== predicted[cell]) cells[end++] = cell
  return cells.subarray(0, end)
}
