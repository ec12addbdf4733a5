/** Without oneDNN, whose kernels round more; reference-onednn.test.ts has it on, reference-wasm.test.ts is the fallback engine. */
process.env['TF_ENABLE_ONEDNN_OPTS'] = '0'
import { beforeAll, describe, it } from 'vitest'
import { expectAgreement } from './support/agreement'
import { loadTestEngine } from './support/engine'
import { expectHalf } from './support/half'

beforeAll(loadTestEngine)

describe('the model against the float64 reference', () => {
  it.each(['tiny', 'r50x1'] as const)(
    '%s: logits, gradient norms and the losses of the following steps',
    expectAgreement,
  )

  it('half: 32 channels in 32 groups', expectHalf)
})
