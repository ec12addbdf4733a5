import { expect } from 'vitest'
import { createTrainState } from '../../../src/main/trainer/step/create-state'
import { formulaImages, formulaWeights } from '../../trainer/support/formula'
import { logitsReference } from '../../trainer/support/reference'

/** Holds the logits of the engine that is set to the reference of the narrowest model: 32 channels in 32 groups. */
export async function expectHalf(): Promise<void> {
  const reference = logitsReference('half')
  const { batch, px, classes, bits } = reference
  const spec = { units: reference.blocks, width: reference.widthFactor }
  const weights = formulaWeights(spec, classes, bits)
  expect([...weights.values()].reduce((sum, { data }) => sum + data.length, 0)).toBe(reference.parameters)
  const options = {
    spec,
    classCount: classes,
    momentum: 0,
    microBatchSize: batch,
    cropPx: px,
    precision: 'float32' as const,
  }
  const state = await createTrainState(weights, options)
  const logits = await state.predict({ kind: 'scaled', imagesNhwc: formulaImages(batch, px) }, batch)
  reference.logitsNk
    .flat()
    .forEach((value, i) => expect(Math.abs((logits[i] ?? NaN) - value)).toBeLessThan(1e-4))
  state.dispose()
}
