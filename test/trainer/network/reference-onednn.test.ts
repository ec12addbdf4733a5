/** The engine as it trains, with oneDNN's kernels. */
import { beforeAll, describe, expect, it } from 'vitest'
import { distance } from '../support/distance'
import { loadTestEngine } from '../support/engine'
import { formulaImages } from '../support/formula'
import { trainingReference } from '../support/reference'

beforeAll(loadTestEngine)

describe('the model with oneDNN against the float64 reference', () => {
  it.each(['tiny', 'r50x1'] as const)(
    '%s: logits and loss; gradient norms up to the kinks of ReLU',
    async (name) => {
      const reference = trainingReference(name)
      const far = await distance(reference, formulaImages(reference.batch, reference.px))
      expect(far.logits).toBeLessThan(1e-4)
      expect(far.firstLoss).toBeLessThan(1e-4)
      // the other reference test says what the kinks do, and holds the gradients to 1e-3 where they fall alike
      expect(far.gradientNorms).toBeLessThan(3e-2)
      expect(far.followingLosses).toBeLessThan(1e-1)
    },
  )
})
