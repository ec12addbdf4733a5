import { describe, expect, it } from 'vitest'
import { predictionOf } from '../../../src/domain/prediction-set/prediction-of'
import { summarize, type AnsweredBatch } from '../../../src/main/trainer/step/evaluate'

describe('a prediction', () => {
  it('has the softmax, the cross-entropy in nats and the rank of the label', () => {
    const row = predictionOf(7, 2, Float32Array.of(1, 3, 2, -1, 0, 0.5))
    const sum = [1, 3, 2, -1, 0, 0.5].reduce((total, logit) => total + Math.exp(logit), 0)
    expect(row).toMatchObject({ imageId: 7, labelIndex: 2, labelRank: 2, topIndices: [1, 2, 0, 5, 4] })
    expect(row.labelProbability).toBeCloseTo(Math.exp(2) / sum, 12)
    expect(row.loss).toBeCloseTo(-Math.log(Math.exp(2) / sum), 12)
    row.topIndices.forEach((index, place) => {
      expect(row.topProbabilities[place]).toBeCloseTo(Math.exp([1, 3, 2, -1, 0, 0.5][index] ?? 0) / sum, 12)
    })
  })

  it('agrees with itself among equal logits: rank 1 is exactly the first of the top', () => {
    expect(predictionOf(1, 0, Float32Array.of(0, 0, 0))).toMatchObject({
      labelRank: 1,
      topIndices: [0, 1, 2],
    })
    expect(predictionOf(1, 2, Float32Array.of(0, 0, 0))).toMatchObject({
      labelRank: 3,
      topIndices: [0, 1, 2],
    })
  })

  it('is not right where a logit is not a number', () => {
    for (const logits of [
      [NaN, NaN, NaN],
      [NaN, 2, 1],
      [2, NaN, 1],
    ]) {
      const row = predictionOf(1, 0, Float32Array.from(logits))
      expect([row.loss, row.labelRank > 1]).toEqual([NaN, true])
    }
    expect(predictionOf(1, 0, Float32Array.of(NaN, 2, 1)).labelRank).toBe(3)
  })

  it('stays finite for large logits', () => {
    const row = predictionOf(1, 1, Float32Array.of(1000, -1000))
    expect(row.loss).toBe(2000)
    expect(row.labelProbability).toBe(0)
    expect(row.topProbabilities).toEqual([1, 0])
  })
})

describe('an evaluation', () => {
  const batch = (ids: number[]): AnsweredBatch => ({
    ids,
    labelIndices: Int32Array.from(ids, () => 0),
    logits: () => Promise.resolve(new Float32Array(2 * ids.length)),
  })
  async function* batches(...all: number[][]): AsyncGenerator<AnsweredBatch> {
    for (const ids of all) yield await Promise.resolve(batch(ids))
  }
  const evaluated = (...all: number[][]) =>
    summarize(
      batches(...all),
      2,
      'softmax',
      () => Promise.resolve(),
      () => false,
      () => 0,
    )

  it('is over what is there, and of nothing there is none', async () => {
    expect((await evaluated([1, 2], [3]))?.accuracy).toMatchObject({ correct: 3, total: 3 })
    expect(await evaluated()).toBeNull()
  })

  it('tells how long it waited for images, beside the work on them', async () => {
    let nowMs = 0
    async function* slow(): AsyncGenerator<AnsweredBatch> {
      for (const id of [1, 2]) {
        nowMs += 30
        const logits = (): Promise<Float32Array> => {
          nowMs += 500
          return Promise.resolve(new Float32Array(2))
        }
        yield await Promise.resolve({ ...batch([id]), logits })
      }
    }
    const found = await summarize(
      slow(),
      2,
      'softmax',
      () => Promise.resolve(),
      () => false,
      () => nowMs,
    )
    expect(found?.waitMs).toBe(60)
  })
})
