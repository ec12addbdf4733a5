/** Without oneDNN, whose kernels round more; reference-onednn.test.ts has it on. */
process.env['TF_ENABLE_ONEDNN_OPTS'] = '0'
import { beforeAll, describe, expect, it } from 'vitest'
import { createTrainState } from '../../src/main/training/train-state'
import { distance } from './support/distance'
import type { Distance } from './support/distance'
import { loadTestEngine } from './support/engine'
import { formula, formulaImages, formulaWeights } from './support/formula'
import { logitsReference, trainingReference } from './support/reference'

beforeAll(loadTestEngine)

describe('the model against the float64 reference', () => {
  /**
   * ReLU has a kink: of a million values before it, a few lie within float32's rounding of 0, and whether such a one passes its gradient on
   * is then chance; a single one moves norms by 0.2 %, and the next losses more. So where it fell wrong, the pictures are nudged by about as
   * much as float32 rounds, until each of these values falls on the reference's side. Then everything must agree at once, and in fact does so
   * to 1e-5; a wrong gradient agrees in no attempt. The logits know no kink and must agree in every one.
   */
  it.each(['tiny', 'r50x1'] as const)(
    '%s: logits, gradient norms and the losses of the following steps',
    async (name) => {
      const reference = trainingReference(name)
      const { batch, px } = reference
      const scales = [0, 1e-7, 2e-7]
      const distances: Distance[] = []
      const agrees = (far: Distance): boolean => far.gradientNorms < 1e-3 && far.followingLosses < 1e-2
      while (distances.length < 30 && !distances.some(agrees)) {
        const attempt = distances.length
        const nudge = formula(
          `nudge ${String(attempt)}`,
          [batch, px, px, 3],
          scales[attempt % scales.length] ?? 0,
        )
        const images = formulaImages(batch, px).map((value, i) => value + (nudge[i] ?? 0))
        const far = await distance(reference, images)
        expect(far.logits).toBeLessThan(1e-4)
        expect(far.firstLoss).toBeLessThan(1e-4)
        expect(far.gradientNorms, 'a few kinks at most').toBeLessThan(3e-2)
        distances.push(far)
      }
      expect(distances.filter(agrees), JSON.stringify(distances)).toHaveLength(1)
    },
  )

  it('half: 32 channels in 32 groups', async () => {
    const reference = logitsReference('half')
    const { batch, px, classes, bits } = reference
    const spec = { units: reference.blocks, width: reference.widthFactor }
    const weights = formulaWeights(spec, classes, bits)
    expect([...weights.values()].reduce((sum, { data }) => sum + data.length, 0)).toBe(reference.parameters)
    const options = { spec, classCount: classes, momentum: 0, microBatchSize: batch, cropPx: px }
    const state = await createTrainState(weights, options)
    const logits = await state.predict({ kind: 'scaled', imagesNhwc: formulaImages(batch, px) }, batch)
    reference.logitsNk
      .flat()
      .forEach((value, i) => expect(Math.abs((logits[i] ?? NaN) - value)).toBeLessThan(1e-4))
    state.dispose()
  })
})
