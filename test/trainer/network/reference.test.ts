/** Without oneDNN, whose kernels round more; reference-onednn.test.ts has it on, reference-wasm.test.ts is the fallback engine. */
process.env['TF_ENABLE_ONEDNN_OPTS'] = '0'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { graphEngine, stopGraphEngine } from '../../../src/main/trainer/engines/tensorflow/graph-engine'
import { kernelNames } from '../../../src/main/trainer/network/kernels'
import { expectAgreement } from '../support/agreement'
import { loadTestEngine } from '../support/engine'
import { expectHalf } from '../../weights/support/half'

beforeAll(loadTestEngine)

describe('the recorded step on our kernels against the float64 reference', () => {
  it('tiny: logits, gradient norms and the losses of the following steps', async () => {
    expect(graphEngine()).not.toBeNull()
    await expectAgreement('tiny')
  })

  it('half: 32 channels in 32 groups', expectHalf)
})

/**
 * R50x1 meets its kinks of ReLU in so many places that whether all fall alike is chance (CONTRIBUTING.md): these operations do in few attempts. Our
 * kernels are held to the same operations one by one in test/trainer/engines/tensorflow/kernels.test.ts.
 */
describe('the model in ordinary operations against the float64 reference', () => {
  beforeAll(() => {
    stopGraphEngine()
    for (const name of Object.values(kernelNames)) tf.unregisterKernel(name, 'tensorflow')
  })

  it.each(['tiny', 'r50x1'] as const)(
    '%s: logits, gradient norms and the losses of the following steps',
    expectAgreement,
  )
})
