import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { initialWeights } from '../../src/main/model/initialize'
import { createTrainState } from '../../src/main/training/train-step'
import type { TrainState } from '../../src/main/training/train-step'
import { loadTestEngine } from '../model/support/engine'
import { formula, formulaWeights } from '../model/support/formula'

beforeAll(loadTestEngine)

const spec = { units: [1, 1, 1, 1] as [number, number, number, number], width: 0.5 }
const classCount = 5
const px = 32
const batchSize = 12
const pictureLength = px * px * 3
const images = formula('images', [batchSize, px, px, 3], 2)
/** Soft labels: 0.7 on one class, 0.3 on the next. */
const labels = Float32Array.from({ length: batchSize * classCount }, (_, index) => {
  const distance =
    ((index % classCount) - (Math.floor(index / classCount) % classCount) + classCount) % classCount
  return distance === 0 ? 0.7 : distance === 1 ? 0.3 : 0
})

function step(state: TrainState, microBatchSize: number, rate: number): { lossSum: number; correct: number } {
  const sum = { lossSum: 0, correct: 0 }
  for (let start = 0; start < batchSize; start += microBatchSize) {
    const count = Math.min(microBatchSize, batchSize - start)
    const result = state.accumulate(
      images.slice(start * pictureLength, (start + count) * pictureLength),
      labels.slice(start * classCount, (start + count) * classCount),
      count,
      batchSize,
    )
    sum.lossSum += result.lossSum
    sum.correct += result.correct
  }
  state.apply(rate)
  return sum
}

describe('a training step', () => {
  it('in micro-batches gives the parameters of one large batch', () => {
    const weights = formulaWeights(spec, classCount)
    const whole = createTrainState(weights, spec, { momentum: 0.9 }, classCount)
    const pieces = createTrainState(weights, spec, { momentum: 0.9 }, classCount)
    for (let i = 0; i < 3; i += 1) {
      const large = step(whole, batchSize, 0.003)
      const small = step(pieces, 5, 0.003) // 5 + 5 + 2
      expect(Math.abs(large.lossSum - small.lossSum) / batchSize).toBeLessThan(1e-5)
      expect(small.correct).toBe(large.correct)
    }
    const expected = whole.readTensors()
    pieces.readTensors().forEach(({ name, data }, index) => {
      const other = expected[index]?.data ?? new Float32Array()
      const far = data.reduce((most, value, i) => Math.max(most, Math.abs(value - (other[i] ?? NaN))), 0)
      if (!name.endsWith('/momentum')) expect(far, name).toBeLessThan(1e-5)
    })
    whole.dispose()
    pieces.dispose()
  })

  it('follows v ← 0.9 v + g, w ← w − rate v', () => {
    const weights = formulaWeights(spec, classCount)
    const state = createTrainState(weights, spec, { momentum: 0.9 }, classCount)
    const bias = 'resnet/head/conv2d/bias'
    const start = state.readTensor(bias)
    step(state, batchSize, 0.1)
    const firstGradient = state.readTensor(`${bias}/momentum`)
    const after = state.readTensor(bias)
    after.forEach((value, i) => expect(value).toBeCloseTo((start[i] ?? 0) - 0.1 * (firstGradient[i] ?? 0), 5))
    state.dispose()
  })

  it('starts at ln K with a zero head, and learns', () => {
    const state = createTrainState(initialWeights(spec, classCount, 1), spec, { momentum: 0.9 }, classCount)
    const losses = [0, 1, 2, 3, 4].map(() => step(state, 6, 0.02).lossSum / batchSize)
    expect(losses[0]).toBeCloseTo(Math.log(classCount), 4)
    expect(losses[4]).toBeLessThan(losses[0] ?? 0)
    state.dispose()
  })

  it('keeps the number of tensors, and dispose gives back all of them', () => {
    const before = tf.memory().numTensors
    const state = createTrainState(initialWeights(spec, classCount, 1), spec, { momentum: 0.9 }, classCount)
    step(state, 6, 0.003)
    const between = tf.memory().numTensors
    for (let i = 0; i < 3; i += 1) {
      step(state, 5, 0.003)
      state.predict(images, batchSize)
      state.readTensors()
      expect(tf.memory().numTensors).toBe(between)
    }
    step(state, 6, 0.003)
    state.accumulate(images, labels, batchSize, batchSize)
    state.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})
