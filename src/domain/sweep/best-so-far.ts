/** The figure of a search (BiT, Supplementary A, Figure 9): the best so far against the number of trials, over random orders. Pure. */
import { permutation, purpose } from '../random'

export interface SearchCurve {
  /** After 1, 2, … trials: mean over orders of the mean over tasks of the test accuracy of the trial that is best on the held-out images. */
  readonly testMean: readonly number[]
  /** Over the orders, n − 1; 0 of one order. */
  readonly testStandardError: readonly number[]
  /** As `testMean`, of the held-out accuracy itself. */
  readonly heldOutMean: readonly number[]
}

/** `select` and `test`: [task][trial]. Each order is of all trials; among equals the first of the order is the best. */
export function searchCurve(
  select: readonly (readonly number[])[],
  test: readonly (readonly number[])[],
  orders: readonly ArrayLike<number>[],
): SearchCurve {
  const trialCount = select[0]?.length ?? 0
  const tests = Array.from({ length: trialCount }, (): number[] => [])
  const heldOut = new Array<number>(trialCount).fill(0)
  for (const order of orders) {
    const best = select.map(() => -1)
    for (let place = 0; place < trialCount; place++) {
      const trial = order[place] ?? 0
      let testSum = 0
      let selectSum = 0
      for (const [task, scores] of select.entries()) {
        const before = best[task] ?? -1
        const chosen = before < 0 || (scores[trial] ?? 0) > (scores[before] ?? 0) ? trial : before
        best[task] = chosen
        testSum += test[task]?.[chosen] ?? 0
        selectSum += scores[chosen] ?? 0
      }
      tests[place]?.push(testSum / select.length)
      heldOut[place] = (heldOut[place] ?? 0) + selectSum / select.length / orders.length
    }
  }
  return {
    testMean: tests.map(mean),
    testStandardError: tests.map(standardError),
    heldOutMean: heldOut,
  }
}

/** So many orders, as in the paper's figure. */
const orderCount = 100

/** Orders that are the same each time for so many trials. */
export function randomOrders(trialCount: number): Uint32Array[] {
  return Array.from({ length: orderCount }, (_, order) => permutation(trialCount, purpose.sweepOrder, order))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function standardError(values: readonly number[]): number {
  if (values.length < 2) return 0
  const middle = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1) / values.length)
}
