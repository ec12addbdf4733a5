import { describe, expect, it } from 'vitest'
import type { StepMetric } from '../../../src/contract/entities/run'
import { packColumn, unpackColumn } from '../../../src/domain/steps/packed-column'
import { packSteps, rowsOf, unpackSteps } from '../../../src/domain/steps/step-block'
import fc from '../../support/properties'

function thereAndBack(values: readonly number[]): number[] {
  const packed = packColumn(Float64Array.from(values))
  const target = new Float64Array(values.length)
  expect(unpackColumn(packed, 0, values.length, target, 0)).toBe(packed.length)
  return [...target]
}

/** Bytes of a thousand values, with the header. */
const sizeOf = (value: (row: number) => number): number =>
  packColumn(Float64Array.from({ length: 1000 }, (_, row) => value(row))).length

function step(stepIndex: number, more: Partial<StepMetric> = {}): StepMetric {
  return {
    stepIndex,
    loss: 2 / (stepIndex + 3),
    batchAccuracy: (stepIndex % 7) / 7,
    learningRate: 0.003,
    stepMs: 120 + (stepIndex % 5),
    waitMs: stepIndex % 3,
    atMs: 1_764_000_000_000 + 121 * stepIndex,
    ...more,
  }
}

describe('a packed column', () => {
  it('gives back every bit of any values', () => {
    const value = fc.oneof(
      fc.double(),
      fc.float(),
      fc.integer(),
      fc.integer().map((whole) => whole / 1000),
      fc.constantFrom(0, -0, Number.NaN, 4096),
    )
    fc.assert(
      fc.property(fc.array(value, { maxLength: 400 }), (values) => {
        expect(thereAndBack(values)).toEqual(values)
      }),
    )
  })

  it('takes a few bytes for what hardly changes, and as few as it can for the rest', () => {
    expect(sizeOf((row) => row)).toBe(24)
    expect(sizeOf(() => Number.NaN)).toBe(24)
    expect(sizeOf((row) => (row % 65) / 64)).toBe(8 + 65 * 8 + 1000)
    expect(sizeOf((row) => 3e12 + row * row)).toBe(8 + 8 + 4000)
    expect(sizeOf((row) => ((row * row) % 60_000) / 1000)).toBe(8 + 8 + 2000)
    expect(sizeOf((row) => 4096 * ((row * row) % 60_000))).toBe(8 + 8 + 2000)
    expect(sizeOf((row) => Math.fround(1 / (row + 3)))).toBe(8 + 4000)
    expect(sizeOf((row) => 1 / (row + 3))).toBe(8 + 8000)
  })

  it('is refused where it is cut short or of another kind', () => {
    const packed = packColumn(Float64Array.of(1, 5, 2))
    const target = new Float64Array(3)
    expect(() => unpackColumn(packed.slice(0, 8), 0, 3, target, 0)).toThrow(RangeError)
    expect(() => unpackColumn(packed, 0, 2, target, 0)).toThrow(RangeError)
    packed[0] = 9
    expect(() => unpackColumn(packed, 0, 3, target, 0)).toThrow(RangeError)
  })
})

describe('a block of steps', () => {
  it('gives back its steps, also those without memory or a GPU, wherever its bytes begin', () => {
    const steps = [step(0), step(1, { memoryBytes: 5e8, gpuUse: 0.97 }), step(4, { memoryBytes: 6e8 })]
    const bytes = packSteps(steps)
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    expect(rowsOf(unpackSteps([bytes]))).toEqual(steps)
    expect(rowsOf(unpackSteps([shifted.subarray(3)]))).toEqual(steps)
  })

  it('is read with others as one curve', () => {
    const steps = Array.from({ length: 50 }, (_, index) => step(index))
    const blocks = [packSteps(steps.slice(0, 20)), packSteps([]), packSteps(steps.slice(20))]
    expect(rowsOf(unpackSteps(blocks))).toEqual(steps)
  })

  it('takes a third of the bytes of bare float64 columns for steps as a training has them', () => {
    const steps = Array.from({ length: 1000 }, (_, index) =>
      step(index, { memoryBytes: 4096 * (90_000 + index ** 2) }),
    )
    expect(packSteps(steps).length).toBeLessThan((1000 * 8 * 8) / 3)
  })

  it('is refused where it is of another version or cut short', () => {
    const bytes = packSteps([step(0)])
    expect(() => unpackSteps([bytes.slice(0, 40)])).toThrow(RangeError)
    expect(() => unpackSteps([bytes.slice(0, 4)])).toThrow(RangeError)
    bytes[0] = 2
    expect(() => unpackSteps([bytes])).toThrow(RangeError)
  })
})
