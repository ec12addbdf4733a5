import { describe, expect, it } from 'vitest'
import { sizeWords } from '../../../src/domain/model/model-names'
import { parseModel } from '../../../src/domain/model/spec'
import { stepCostMs } from '../../../src/domain/estimate/cost'
import { speedOf, type SpeedMeasurement } from '../../../src/domain/estimate/speed'

const machine = {
  guess: 3,
  start: { engineMs: 2000, graphMs: 200 },
  threadCount: 2,
  preparesBeside: false,
}
const small = parseModel('units:1-1-1-1,width:1')
const step = (
  cropPx: number,
  microBatchSize: number,
  msPerImage: number,
  more: Partial<SpeedMeasurement> = {},
): SpeedMeasurement => ({
  what: 'step',
  precision: 'float32',
  model: small.name,
  cropPx,
  microBatchSize,
  batchSize: microBatchSize,
  msPerImage,
  ...more,
})
const perImage = (speed: ReturnType<typeof speedOf>, model: string, cropPx: number, batchSize = 32): number =>
  speed.stepMs(parseModel(model), 'float32', { cropPx, batchSize, microBatchSize: batchSize }) / batchSize

describe('the speed of a machine', () => {
  it('is a guess until it was measured, and says so', () => {
    const speed = speedOf([], machine)
    const size = { cropPx: 96, batchSize: 32, microBatchSize: 32 }
    expect(speed.stepMs(small, 'float32', size)).toBeCloseTo(3 * stepCostMs(small.spec, 'float32', size))
    expect(speed.origin(small, 'float32', 96).certainty).toBe('guessed')
  })

  it('meets a measurement of just this step', () => {
    const speed = speedOf([step(64, 32, 9), step(128, 32, 40)], machine)
    expect(perImage(speed, small.name, 64)).toBeCloseTo(9, 0)
    expect(perImage(speed, small.name, 128)).toBeCloseTo(40, 0)
    expect(speed.origin(small, 'float32', 64).certainty).toBe('measured')
    expect(speed.origin(small, 'float32', 96).certainty).toBe('scaled')
    expect(speed.origin(small, 'float32', 64).basis).toContain(`with ${sizeWords(small.name)} at 64 px`)
  })

  /** Milliseconds of processor time ÷ 2 on the reference machine, see cost-numbers.ts. */
  it.each([
    ['units:1-1-1-1,width:1', 96, 32, 9.99],
    ['units:1-1-1-1,width:1', 192, 32, 38.4],
    ['units:1-1-1-1,width:1', 256, 32, 65.6],
    ['R50x1', 128, 8, 51],
    ['R50x1', 384, 2, 422],
    ['units:1-1-1-1,width:0.5', 64, 64, 1.8],
  ])(
    'of %s at %i px, %i at once, is told within 30 % by two crops of another',
    (model, px, batch, measured) => {
      const probed = [step(64, 32, 5.39), step(64, 8, 7.07), step(128, 32, 18.2)]
      const estimated = perImage(speedOf(probed, machine), model, px, batch)
      expect(Math.abs(Math.log(estimated / measured))).toBeLessThan(Math.log(1.3))
    },
  )

  it('tells what a step costs from what its images cost: small batches are slower by the image', () => {
    const speed = speedOf([step(64, 32, 5.39), step(64, 8, 7.07), step(128, 32, 18.2)], machine)
    expect(perImage(speed, small.name, 64, 8)).toBeGreaterThan(1.2 * perImage(speed, small.name, 64, 64))
  })

  it('scales with the machine', () => {
    const twice = speedOf([step(64, 32, 10.8), step(128, 32, 36.4)], machine)
    const once = speedOf([step(64, 32, 5.4), step(128, 32, 18.2)], machine)
    expect(perImage(twice, 'R50x1', 128) / perImage(once, 'R50x1', 128)).toBeCloseTo(2)
  })

  it('has predictions from steps until some were measured', () => {
    const steps = [step(64, 32, 5.4), step(128, 32, 18.2)]
    const predictions = step(128, 32, 30, { what: 'predict' })
    const [without, measured] = [speedOf(steps, machine), speedOf([...steps, predictions], machine)]
    expect(without.predictMs(small, 'float32', 128, 64, 32)).toBeLessThan(64 * 18.2)
    expect(measured.predictMs(small, 'float32', 128, 64, 32)).toBeCloseTo(64 * 30)
    // the last call is filled up
    expect(measured.predictMs(small, 'float32', 128, 33, 32)).toBeCloseTo(64 * 30)
  })
})
