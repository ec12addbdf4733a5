import { describe, expect, it } from 'vitest'
import { fromFloat16 } from '../../../src/domain/float16'
import { randomStream, normalSample } from '../../../src/domain/random'
import {
  packBlock,
  readBlock,
  rowBytes,
  scoresOf,
  type BlockShape,
} from '../../../src/domain/prediction-set/block'
import { judge, topOfRow } from '../../../src/domain/prediction-set/judge'
import { predictionOf } from '../../../src/domain/prediction-set/prediction-of'

const classCount = 12

function logitsOf(row: number): Float32Array {
  const next = randomStream(3, row)
  return Float32Array.from({ length: classCount }, () => 3 * normalSample(next))
}

/** Sixty images of twelve classes as an evaluation finds them, packed. */
function block(changes: Partial<BlockShape> = {}) {
  const shape: BlockShape = { classCount, loss: 'softmax', hasScores: true, ...changes }
  const rows = Array.from({ length: 60 }, (_, row) =>
    predictionOf(1000 + row, row % classCount, logitsOf(row), shape.loss),
  )
  const scores = new Uint16Array(rows.length * classCount)
  rows.forEach((_, row) => scoresOf(logitsOf(row), shape.loss, scores, row * classCount))
  return { shape, rows, bytes: packBlock(shape, rows, shape.hasScores ? scores : null) }
}

describe('a stored prediction', () => {
  it.each(['softmax', 'sigmoid'] as const)(
    'under the label of its evaluation has the figures of it (%s)',
    (loss) => {
      for (const hasScores of [true, false]) {
        const { rows, bytes } = block({ loss, hasScores })
        const read = readBlock(bytes)
        rows.forEach((row, at) => {
          const judged = judge(read, at, row.labelIndex)
          expect(judged).toMatchObject({
            imageId: row.imageId,
            labelIndex: row.labelIndex,
            predictedIndex: row.topIndices[0],
            labelRank: row.labelRank,
          })
          expect(judged.loss).toBe(Math.fround(row.loss))
          expect(judged.labelProbability).toBe(Math.fround(row.labelProbability))
          expect(judged.confidence).toBe(Math.fround(row.topProbabilities[0] ?? NaN))
        })
      }
    },
  )

  it.each(['softmax', 'sigmoid'] as const)(
    'under any other label has what an evaluation with it would say (%s)',
    (loss) => {
      const { rows, bytes } = block({ loss })
      const read = readBlock(bytes)
      let otherRanks = 0
      rows.forEach((row, at) => {
        for (let label = 0; label < classCount; label++) {
          const judged = judge(read, at, label)
          const expected = predictionOf(row.imageId, label, logitsOf(at), loss)
          expect(Math.abs((judged.loss ?? NaN) - expected.loss)).toBeLessThan(
            0.001 * Math.max(5, expected.loss),
          )
          expect(judged.labelProbability).toBeCloseTo(expected.labelProbability, 2)
          expect(judged.labelRank === 1).toBe(expected.labelRank === 1)
          if (judged.labelRank !== expected.labelRank) otherRanks++
        }
      })
      // only classes within 0.05 % of each other may change places
      expect(otherRanks).toBeLessThan(0.02 * rows.length * classCount)
    },
  )

  it.each(['softmax', 'sigmoid'] as const)(
    'without scores knows the labels of its top five and of no other (%s)',
    (loss) => {
      const { rows, bytes } = block({ loss, hasScores: false })
      const read = readBlock(bytes)
      rows.forEach((row, at) => {
        for (let label = 0; label < classCount; label++) {
          const judged = judge(read, at, label)
          const expected = predictionOf(row.imageId, label, logitsOf(at), loss)
          const known = label === row.labelIndex || row.topIndices.includes(label)
          expect(judged.labelRank).toBe(known ? expected.labelRank : null)
          if (known) expect(judged.loss).toBeCloseTo(expected.loss, 3)
          else expect([judged.loss, judged.labelProbability]).toEqual([null, null])
        }
      })
    },
  )

  it('keeps the prediction first where rounding makes it equal to another class', () => {
    const logits = Float32Array.of(5, 5.00001, -20)
    const shape: BlockShape = { classCount: 3, loss: 'softmax', hasScores: true }
    const scores = new Uint16Array(3)
    scoresOf(logits, 'softmax', scores, 0)
    expect(scores[0]).toBe(scores[1])
    const read = readBlock(packBlock(shape, [predictionOf(1, 2, logits)], scores))
    expect([0, 1, 2].map((label) => judge(read, 0, label).labelRank)).toEqual([2, 1, 3])
    expect(topOfRow(read, 0, 5).map(({ classIndex }) => classIndex)).toEqual([1, 0, 2])
  })

  it('has the loss of its new label alone, whatever rounding did to the score of the old one', () => {
    // the score of the old label, −1000.3, is −1000.5 in float16; the new label is certain, so its loss is 0
    const logits = Float32Array.of(1000.3, 0)
    const shape: BlockShape = { classCount: 2, loss: 'softmax', hasScores: true }
    const scores = new Uint16Array(2)
    scoresOf(logits, 'softmax', scores, 0)
    const read = readBlock(packBlock(shape, [predictionOf(1, 1, logits)], scores))
    expect(judge(read, 0, 1).loss).toBe(Math.fround(1000.3))
    expect(judge(read, 0, 0)).toMatchObject({ labelRank: 1, labelProbability: 1 })
    expect(judge(read, 0, 0).loss).toBeCloseTo(0, 10)
  })

  it('gives the same top five from scores as from its list', () => {
    const [scored, listed] = [readBlock(block().bytes), readBlock(block({ hasScores: false }).bytes)]
    for (let row = 0; row < 60; row++) {
      const [one, other] = [topOfRow(scored, row, 5), topOfRow(listed, row, 5)]
      expect(one).toHaveLength(5)
      one.forEach(({ probability }, place) =>
        expect(probability).toBeCloseTo(other[place]?.probability ?? NaN, 2),
      )
    }
  })
})

describe('the scores of an image', () => {
  it('are exact log-probabilities where a logit is too large for its exponential', () => {
    const scores = new Uint16Array(3)
    scoresOf(Float32Array.of(1000, 0, -24), 'softmax', scores, 0)
    expect([...scores].map(fromFloat16)).toEqual([0, -1000, -1024])
  })
})

describe('a block of predictions', () => {
  it('takes 22 bytes of a row and two of each class, or 46 bytes of a row without scores', () => {
    expect(rowBytes({ classCount: 10, loss: 'softmax', hasScores: true })).toBe(22 + 20)
    expect(rowBytes({ classCount: 10, loss: 'softmax', hasScores: false })).toBe(46)
    const { bytes, shape } = block()
    expect(bytes.length).toBe(16 + 60 * rowBytes(shape))
  })

  it('is read from the midst of a larger buffer, and refused where it is cut short or of another kind', () => {
    const { bytes } = block()
    const larger = new Uint8Array(bytes.length + 3)
    larger.set(bytes, 3)
    expect(readBlock(larger.subarray(3)).imageIds[59]).toBe(1059)
    expect(() => readBlock(bytes.subarray(0, bytes.length - 1))).toThrow(/cut short/)
    expect(() => readBlock(Uint8Array.from({ length: 40 }, () => 9))).toThrow(/not a block/)
  })

  it('holds classes beyond 65,535', () => {
    const shape: BlockShape = { classCount: 70_000, loss: 'softmax', hasScores: false }
    const row = {
      imageId: 4_000_000_000,
      labelIndex: 69_999,
      loss: 2,
      labelRank: 70_000,
      labelProbability: 0.5,
      topIndices: [68_000, 1, 2, 3, 4],
      topProbabilities: [0.5, 0.1, 0.1, 0.1, 0.1],
    }
    expect(judge(readBlock(packBlock(shape, [row], null)), 0, 69_999)).toMatchObject({
      imageId: 4_000_000_000,
      predictedIndex: 68_000,
      labelRank: 70_000,
    })
  })
})
