import { describe, expect, it } from 'vitest'
import { addRow, emptyMoments, fitProbe, probeLogits } from '../../../src/domain/label-doubts/discriminant'
import { findDoubts } from '../../../src/domain/label-doubts/find-doubts'
import { outOfFold } from '../../../src/domain/label-doubts/out-of-fold'
import { normalSample, randomStream } from '../../../src/domain/random'

function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

const width = 12
const classCount = 4

/** Clouds around a corner each; the labels of `wrong` are those of another. */
function clouds(count: number, wrong: ReadonlySet<number>) {
  const next = randomStream(5)
  const truth = Array.from({ length: count }, (_, place) => place % classCount)
  const rows = truth.map((label) =>
    Float32Array.from({ length: width }, (_, x) => (x % classCount === label ? 2 : 0) + normalSample(next)),
  )
  const labels = truth.map((label, place) => (wrong.has(place) ? (label + 1) % classCount : label))
  return { truth, rows, labels }
}

describe('the linear discriminant', () => {
  it('has the direction between two means where all columns vary alike', () => {
    const moments = emptyMoments(2, 2)
    for (const [x, y] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      addRow(moments, Float32Array.from([x + 3, y]), 0, true)
      addRow(moments, Float32Array.from([x - 3, y]), 1, true)
    }
    const probe = finish(fitProbe(moments, 0.01))
    const logits = new Float64Array(2)
    probeLogits(probe, Float32Array.from([0, 5]), logits)
    expect(logits[0]).toBeCloseTo(logits[1] ?? 0, 6)
    probeLogits(probe, Float32Array.from([1, 0]), logits)
    // Covariance within: 4 / 6 in both columns; the difference of the means is 6.
    expect((logits[0] ?? 0) - (logits[1] ?? 0)).toBeCloseTo(6 / (4 / 6), 1)
  })

  it('never gives a class without rows', () => {
    const moments = emptyMoments(2, 3)
    addRow(moments, Float32Array.from([1, 0]), 0, true)
    addRow(moments, Float32Array.from([0, 1]), 2, true)
    const probe = finish(fitProbe(moments, 1))
    expect(probe.biases[1]).toBe(-Infinity)
  })
})

describe('wrong labels', () => {
  const wrong = new Set([3, 44, 97, 150, 201, 222, 287, 310, 355, 399])
  const { truth, rows, labels } = clouds(400, wrong)
  const probabilities = finish(
    outOfFold({
      count: rows.length,
      width,
      classCount,
      labels,
      groups: labels.map((_, place) => place),
      read: (place, into) => into.set(rows[place] ?? []),
    }),
  )

  it('are found by what was made without them, the surest first', () => {
    const doubts = findDoubts(probabilities, labels, classCount)
    const found = doubts.slice(0, wrong.size).filter(({ place }) => wrong.has(place))
    expect(found.length).toBeGreaterThanOrEqual(9)
    for (const { place, suggested } of found) expect(suggested).toBe(truth[place])
    expect(doubts.length).toBeLessThan(3 * wrong.size)
  })

  it('are held to probabilities that sum to 1 and mean what they say', () => {
    let sure = 0
    let right = 0
    truth.forEach((label, place) => {
      const row = probabilities.subarray(place * classCount, (place + 1) * classCount)
      expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4)
      sure += Math.max(...row) / truth.length
      right += (row.indexOf(Math.max(...row)) === (labels[place] ?? label) ? 1 : 0) / truth.length
    })
    expect(Math.abs(sure - right)).toBeLessThan(0.06)
  })

  it('are not vouched for by a copy: images of one group are in one fold', () => {
    const copied = [...rows, ...rows]
    const twice = finish(
      outOfFold({
        count: copied.length,
        width,
        classCount,
        labels: [...labels, ...labels],
        groups: copied.map((_, place) => place % rows.length),
        read: (place, into) => into.set(copied[place] ?? []),
      }),
    )
    const doubts = findDoubts(twice, [...labels, ...labels], classCount).slice(0, 2 * wrong.size)
    expect(doubts.filter(({ place }) => wrong.has(place % rows.length)).length).toBeGreaterThanOrEqual(18)
  })
})

describe('how many labels are doubted', () => {
  const images = 2000
  const classes = 5

  /** A probe that takes two of five images for another class, with the probability of a right answer; `wrong` have another label than they show. */
  function weakProbe(wrong: ReadonlySet<number>) {
    const next = randomStream(3)
    const labels: number[] = []
    const probabilities = new Float32Array(images * classes)
    for (let place = 0; place < images; place++) {
      const truth = place % classes
      const scores = Array.from(
        { length: classes },
        (_, at) => (at === truth ? 2.5 : 0) + 2 * normalSample(next),
      )
      const powers = scores.map((score) => Math.exp(score))
      const total = powers.reduce((sum, power) => sum + power, 0)
      probabilities.set(
        powers.map((power) => power / total),
        place * classes,
      )
      labels.push(wrong.has(place) ? (truth + 1 + (place % (classes - 1))) % classes : truth)
    }
    return { labels, probabilities }
  }

  it('is few of those that a weak probe takes for another class, where none is wrong', () => {
    const { labels, probabilities } = weakProbe(new Set())
    const mistaken = labels.filter((label, place) => {
      const row = probabilities.subarray(place * classes, (place + 1) * classes)
      return row.indexOf(Math.max(...row)) !== label
    })
    expect(mistaken.length).toBeGreaterThan(images / 4)
    expect(findDoubts(probabilities, labels, classes).length).toBeLessThan(mistaken.length / 4)
  })

  it('has most of the wrong ones in it where some are, and not many more others', () => {
    const wrong = new Set(Array.from({ length: 200 }, (_, at) => at * 10 + 3))
    const { labels, probabilities } = weakProbe(wrong)
    const doubts = findDoubts(probabilities, labels, classes)
    const found = doubts.filter(({ place }) => wrong.has(place)).length
    expect(found).toBeGreaterThan(0.6 * wrong.size)
    expect(found).toBeGreaterThan(0.25 * doubts.length)
    expect(doubts.slice(0, 50).filter(({ place }) => wrong.has(place)).length).toBeGreaterThan(35)
  })
})

it('doubts nothing where every label is the most probable', () => {
  const probabilities = Float32Array.from([0.9, 0.1, 0.2, 0.8, 0.6, 0.4])
  expect(findDoubts(probabilities, [0, 1, 0], 2)).toEqual([])
})
