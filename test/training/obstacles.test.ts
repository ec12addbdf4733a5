import { describe, expect, it } from 'vitest'
import type { EngineReport } from '../../src/contract/entities/model'
import type { Precision, Recipe } from '../../src/contract/entities/run'
import { parseModel } from '../../src/domain/model/spec'
import { engineKey } from '../../src/main/costs/engine-key'
import { findCautions } from '../../src/main/training/obstacles'
import { engineReport } from '../support/engine-report'

const engine: EngineReport = { ...engineReport, recordedGraphs: true, hasBfloat16: false }

const recipe = { microBatchSize: 32, batchSize: 512, linearProbe: false }

const cautions = (model: string, changes: Partial<Recipe> = {}, weights: string | null = null) =>
  findCautions(null, { ...recipe, precision: 'float32', ...changes }, parseModel(model).spec, weights)

describe('a plan with BatchNorm', () => {
  it('cautions that the micro-batch counts, and how large it is', () => {
    const [caution, ...others] = cautions('R50x1+bn')
    expect(others).toEqual([])
    expect(caution?.message).toMatch(/32 images .* not over the batch of 512/)
    expect(cautions('R50x1+plain')).toEqual([])
  })
})

describe('a plan of a linear probe', () => {
  it('cautions where the features would be of random weights; BatchNorm is as in evaluation', () => {
    const [caution, ...others] = cautions('R50x1+bn', { linearProbe: true })
    expect(others).toEqual([])
    expect(caution?.message).toMatch(/random weights/)
    expect(cautions('R50x1', { linearProbe: true }, 'run:1')).toEqual([])
  })
})

describe('a plan in bfloat16', () => {
  const inPrecision = (report: EngineReport | null, precision: Precision) =>
    findCautions(report, { ...recipe, precision }, parseModel('R50x1').spec, null)

  it('cautions where the processor has to emulate it, and there only', () => {
    const [caution, ...others] = inPrecision(engine, 'bfloat16')
    expect(others).toEqual([])
    expect(caution?.message).toMatch(/^Some CPU has no instructions for bfloat16/)
    expect(caution?.wayOut).toMatch(/float32/)
    expect(inPrecision(engine, 'float32')).toEqual([])
    expect(inPrecision({ ...engine, hasBfloat16: true }, 'bfloat16')).toEqual([])
    expect(inPrecision({ ...engine, hasBfloat16: undefined }, 'bfloat16')).toEqual([])
    expect(inPrecision(null, 'bfloat16')).toEqual([])
  })
})

describe('the key of a measurement', () => {
  it('tells precisions apart, and steps that are recorded from those that are not', () => {
    const keys = [
      engineKey(engine, 'float32'),
      engineKey(engine, 'bfloat16'),
      engineKey({ ...engine, recordedGraphs: false }, 'float32'),
      engineKey({ ...engine, threadCount: 1 }, 'float32'),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    expect(engineKey({ ...engine, memoryBytes: 1e9, why: 'another' }, 'float32')).toBe(keys[0])
  })
})
