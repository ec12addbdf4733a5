import fc from '../../support/properties'
import { describe, expect, it } from 'vitest'
import { parseModel } from '../../../src/domain/model/spec'
import { activationCount, chooseMicroBatch, estimateMemory } from '../../../src/domain/estimate/estimate'

const small = parseModel('units:1-1-1-1,width:0.5').spec
const r50 = parseModel('R50x1').spec

describe('the memory estimate', () => {
  /** Measured: peak resident bytes of four steps with 10 classes, as `npm run bench -- step` reports them. */
  it.each([
    ['units:1-1-1-1,width:0.5', 64, 64, 639e6],
    ['units:1-1-1-1,width:0.5', 64, 256, 903e6],
    ['units:1-1-1-1,width:0.5', 128, 64, 865e6],
    ['units:1-1-1-1,width:1', 64, 64, 906e6],
    ['units:2-2-2-2,width:0.5', 96, 32, 750e6],
    ['R50x1', 64, 16, 1203e6],
    ['R50x1', 128, 8, 1234e6],
    ['R50x1', 128, 32, 1673e6],
    ['R50x1', 224, 8, 1613e6],
    ['R50x1', 384, 2, 1463e6],
    ['R50x1', 384, 8, 2319e6],
    ['R101x1', 64, 4, 1660e6],
    ['R101x1', 128, 16, 1960e6],
    ['R50x3', 64, 4, 5358e6],
    ['units:1-1-1-1,width:0.5+bn', 64, 256, 1104e6],
    ['R50x1+plain', 128, 8, 1131e6],
    ['R50x1+bn', 128, 32, 2264e6],
    ['R50x1+bn+plain', 128, 8, 1411e6],
  ])('of %s at %i px, %i at a time, is near the measured peak', (model, cropPx, microBatchSize, measured) => {
    const estimated = estimateMemory(parseModel(model).spec, 10, cropPx, microBatchSize)
    expect(Math.abs(estimated / measured - 1)).toBeLessThan(0.08)
  })

  it('lets an effective batch of 512 of R50x1 at 384 px run in 8 GiB', () => {
    const microBatchSize = chooseMicroBatch(r50, 1000, 384, 512, 8 * 2 ** 30)
    expect(microBatchSize).toBeGreaterThanOrEqual(8)
    expect(estimateMemory(r50, 1000, 384, microBatchSize)).toBeLessThan(8 * 2 ** 30)
  })

  it('counts what the gradient of one image needs, unit by unit', () => {
    // 32 px through one unit a stage at width 0.5: 16² → 8², then 8, 4, 2, 1
    const root = 3 * (32 ** 2 + 38 ** 2) + 32 * (16 ** 2 + 18 ** 2)
    const first = 32 * 64 + 32 * 2 * 64
    const second = 128 * 64 + 64 * (64 + 100 + 16)
    const third = 256 * 16 + 128 * (16 + 36 + 4)
    const fourth = 512 * 4 + 256 * (4 + 16 + 1)
    expect(activationCount(small, 32)).toBe(root + first + second + third + fourth + 1024)
  })
})

describe('the micro-batch', () => {
  it('is the whole batch where memory allows, never more than 256', () => {
    expect(chooseMicroBatch(small, 10, 64, 64, 64e9)).toBe(64)
    expect(chooseMicroBatch(small, 10, 64, 100, 64e9)).toBe(100)
    expect(chooseMicroBatch(small, 10, 64, 512, 64e9)).toBe(256)
  })

  it('shrinks with memory, size and model, and is 1 at the least', () => {
    expect(chooseMicroBatch(r50, 10, 128, 512, 8e9)).toBe(128)
    expect(chooseMicroBatch(r50, 10, 384, 512, 16e9)).toBe(32)
    expect(chooseMicroBatch(r50, 10, 384, 512, 1e9)).toBe(1)
  })

  it('fits into half of the memory wherever one image does, and twice as many would not', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 32, max: 480 }),
        fc.integer({ min: 1, max: 600 }),
        fc.double({ min: 6e9, max: 1e11, noNaN: true }),
        (px, batch, bytes) => {
          const size = chooseMicroBatch(r50, 10, px, batch, bytes)
          expect(size).toBeLessThanOrEqual(batch)
          if (size > 1) expect(estimateMemory(r50, 10, px, size)).toBeLessThanOrEqual(bytes / 2)
          if (size < Math.min(batch, 256))
            expect(estimateMemory(r50, 10, px, size * 2)).toBeGreaterThan(bytes / 2)
        },
      ),
    )
  })
})
