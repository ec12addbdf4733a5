import { describe, expect, it } from 'vitest'
import { createRunSpeed } from '../../src/main/training/run-speed'
import type { FromTrainerBody } from '../../src/main/protocol/messages'

const step = (stepIndex: number, stepMs: number, waitMs = 0): FromTrainerBody => ({
  type: 'step',
  metric: { stepIndex, loss: 1, batchAccuracy: 0, learningRate: 0.1, stepMs, waitMs, atMs: 0 },
  peakMemoryBytes: 1,
})
const evaluation = (part: 'val' | 'test', total: number, waitMs = 0): FromTrainerBody => ({
  type: 'evaluation',
  waitMs,
  evaluation: {
    stepIndex: 1,
    part,
    loss: 1,
    accuracy: { correct: 0, total, value: 0, low: 0, high: 1 },
    measures: { partCount: total, topFive: null, balanced: null },
    atMs: 0,
  },
})
const recipe = { batchSize: 10, linearProbe: false }

describe('what a run says of the machine’s speed', () => {
  it.each([2, 24])('is nothing after %i steps: the first ones are slow, and a few say little', (count) => {
    const speed = createRunSpeed(recipe)
    for (let index = 0; index < count; index++) speed.see(step(index, 100), 0)
    expect(speed.figures()).toEqual({ stepMsPerImage: null, predictMsPerImage: null })
  })

  it('is the usual step of those that this trainer took, wherever it went on', () => {
    const speed = createRunSpeed(recipe)
    for (let index = 0; index < 40; index++)
      speed.see(step(500 + index, index < 5 ? 9000 : index === 30 ? 5000 : 100), 0)
    expect(speed.figures().stepMsPerImage).toBe(10)
  })

  it('has the time of an evaluation from the second of its part on: the first decodes', () => {
    const speed = createRunSpeed(recipe)
    speed.see(step(0, 100), 1000)
    speed.see(evaluation('val', 100), 9000)
    expect(speed.figures().predictMsPerImage).toBeNull()
    speed.see(step(1, 100), 20_000)
    speed.see({ type: 'predictions', rows: [] }, 20_100)
    speed.see(evaluation('val', 100), 20_500)
    expect(speed.figures().predictMsPerImage).toBe(5)
  })

  it('is that of the machine, however long it waits for large images or a slow disk', () => {
    const speed = createRunSpeed(recipe)
    for (let index = 0; index < 40; index++) speed.see(step(index, 900, 800), 1000)
    speed.see(evaluation('val', 100), 2000)
    speed.see(evaluation('val', 100, 300), 2500)
    expect(speed.figures()).toEqual({ stepMsPerImage: 10, predictMsPerImage: 2 })
  })

  it('is nothing where only the head learns', () => {
    const speed = createRunSpeed({ batchSize: 10, linearProbe: true })
    for (let index = 0; index < 40; index++) speed.see(step(index, 1), 0)
    expect(speed.figures().stepMsPerImage).toBeNull()
  })
})
