import { describe, expect, it } from 'vitest'
import { parseModel } from '../../../src/main/model/spec'
import { hyperRule } from '../../../src/main/training/hyper-rule'
import { upstreamRule } from '../../../src/main/training/upstream-rule'
import { overridesOf, withLayers, type Settings } from '../../../src/renderer/state/train-settings'
import { flowersFacts as facts } from '../../training/support/rule-facts'

/** By hand, one after another, as the screen lets. */
const everything: Settings = {
  stepCount: 20,
  crop: 'inception',
  randomCrop: true,
  linearProbe: true,
  norm: 'batch',
  convolution: 'plain',
}

describe('what the user set', () => {
  it('is never refused for going not together: a linear probe leaves the crop out, pre-training the probe', () => {
    expect(overridesOf(everything, 'paper')).toEqual({ stepCount: 20, linearProbe: true })
    expect(overridesOf(everything, 'upstream')).toEqual({
      stepCount: 20,
      crop: 'inception',
      randomCrop: true,
    })
    expect(hyperRule('paper', facts, overridesOf(everything, 'paper')).recipe.linearProbe).toBe(true)
    expect(upstreamRule('small', facts, overridesOf(everything, 'upstream')).recipe.crop).toBe('inception')
  })

  it('is all there again once the linear probe is off', () => {
    const { linearProbe, ...rest } = everything
    expect(linearProbe).toBe(true)
    expect(overridesOf(rest, 'paper')).toEqual({ stepCount: 20, crop: 'inception', randomCrop: true })
  })

  it('is the layers in the model’s name, as the core reads and writes it', () => {
    for (const [layers, spec] of [
      [{}, {}],
      [{ norm: 'batch' }, { norm: 'batch' }],
      [{ convolution: 'plain' }, { convolution: 'plain' }],
      [everything, { norm: 'batch', convolution: 'plain' }],
    ] as const) {
      for (const size of ['R50x1', 'units:1-1-1-1,width:0.5']) {
        const name = withLayers(size, layers)
        expect(parseModel(name)).toMatchObject({ name, spec })
      }
    }
  })
})
