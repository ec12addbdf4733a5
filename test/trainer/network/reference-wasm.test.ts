/** The fallback engine, held to the same vectors and tolerances as the native one. */
import { beforeAll, describe, it } from 'vitest'
import { loadEngine } from '../../../src/main/trainer/engines/load'
import { expectAgreement } from '../support/agreement'
import { expectHalf } from '../../weights/support/half'

beforeAll(() => loadEngine('wasm'))

describe('the model on WebAssembly against the float64 reference', () => {
  it.each(['tiny', 'r50x1'] as const)(
    '%s: logits, gradient norms and the losses of the following steps',
    expectAgreement,
  )

  it('half: 32 channels in 32 groups', expectHalf)
})
