import { describe, expect, it } from 'vitest'
import { parseModel } from '../../../src/domain/model/spec'
import { estimateMemory } from '../../../src/domain/estimate/estimate'
import {
  probeFeatureBytes,
  probeMemory,
  probePassCount,
  tooManyFeatures,
} from '../../../src/domain/estimate/probe-size'

const { spec } = parseModel('R50x1')
const cifar10 = { train: 45_000, val: 5000, test: 10_000 }

describe('the size of a linear probe', () => {
  it('counts every image once, and the training images twice with the flip', () => {
    expect(probePassCount({ flip: false }, cifar10)).toBe(60_000)
    expect(probePassCount({ flip: true }, cifar10)).toBe(105_000)
    expect(probeFeatureBytes(spec, { flip: true }, cifar10)).toBe(105_000 * 2048 * 4)
  })

  it('is refused beyond 4 GiB of features, with a way out', () => {
    expect(tooManyFeatures(spec, { flip: true }, cifar10)).toBeNull()
    const wide = parseModel('R152x4').spec
    expect(tooManyFeatures(wide, { flip: false }, cifar10)).toBeNull()
    const tooMany = tooManyFeatures(wide, { flip: true }, { ...cifar10, train: 65_000 })
    expect(tooMany?.message).toMatch(/145000 images are 4.8 GB.*at most 4.3 GB/)
    expect(tooMany?.wayOut).toMatch(/Turn off the flip/)
  })

  it('takes less memory than a training of the network, but for the features', () => {
    const recipe = { flip: false, cropPx: 384, microBatchSize: 32 }
    const features = probeFeatureBytes(spec, recipe, cifar10)
    expect(probeMemory(spec, 10, recipe, cifar10) - features).toBeLessThan(estimateMemory(spec, 10, 384, 32))
  })
})
