/** What is known of a card's memory, and what of it is not. */
import os from 'node:os'
import { describe, expect, it } from 'vitest'
import type { EngineReport } from '../../src/contract/entities/model'
import { engineKey } from '../../src/main/costs/engine-key'
import { readCircumstances, trainingCost } from '../../src/main/costs/training-cost'
import { memoryAvailable } from '../../src/main/engine/memory-available'
import { insertMeasurement } from '../../src/main/store/measurements'
import { parseModel } from '../../src/domain/model/spec'
import { addDataset, temporaryStore } from '../store/support/home'
import { engineReport } from '../support/engine-report'

const card: EngineReport = { ...engineReport, device: 'gpu', deviceName: 'Some card', memoryBytes: 12e9 }

/** As after a run here whose process took 100 GB. */
function costOn(engine: EngineReport) {
  const { db } = temporaryStore()
  const model = parseModel('R26x1')
  const circumstances = readCircumstances({ db }, { known: () => engine }, addDataset(db))
  const request = { rule: 'paper', preset: 'BiT-M', seed: 0, overrides: {} } as const
  const ask = () => trainingCost(readCircumstances({ db }, { known: () => engine }, 1), model, request)
  const { cropPx, microBatchSize, batchSize, precision } = ask().recipe
  insertMeasurement(db, {
    ...{ engineKey: engineKey(engine, precision), what: 'step', model: model.name, cropPx, microBatchSize },
    ...{ batchSize, msPerImage: 1, peakMemoryBytes: 100e9, measuredAtMs: 1 },
  })
  return { circumstances, estimate: ask().estimate }
}

describe('the memory of a training', () => {
  it('on the processor is what a run of it took here', () => {
    expect(costOn(engineReport).estimate).toMatchObject({ memoryBytes: 100e9 })
  })

  it('on a card is computed: what the process of a run took is of the machine', () => {
    const { circumstances, estimate } = costOn(card)
    expect(estimate.memoryBasis).toMatch(/^Computed/)
    expect(estimate.memoryBytes).toBeLessThan(12e9)
    expect(circumstances.memoryLimitBytes).toBe(12e9)
    expect(memoryAvailable(card)).toBe(12e9)
  })

  it('is held to that of the machine where the card does not say what it has', () => {
    expect(costOn({ ...card, memoryBytes: 0 }).circumstances.memoryLimitBytes).toBe(os.totalmem())
  })
})
