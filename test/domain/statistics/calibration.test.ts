import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { coverageOf, reliabilityOf } from '../../../src/domain/statistics/reliability'
import { figuresAt, fitTemperature, type ScoredRows } from '../../../src/domain/statistics/temperature'
import { confusionOfPairs } from '../../../src/contract/entities/confusion'
import { classFigures, meanFigures } from '../../../src/domain/statistics/per-class'

interface Reference {
  readonly calibration: {
    readonly logits: readonly (readonly number[])[]
    readonly labels: readonly number[]
    readonly nll: number
    readonly ece15: number
    readonly brier: number
    readonly temperature: number
    readonly nllScaled: number
    readonly ece15Scaled: number
  }
  readonly coverage: {
    readonly aurc: number
    readonly accuracyAtCoverage: Readonly<Record<string, number>>
  }
  readonly perClass: {
    readonly precision: readonly number[]
    readonly recall: readonly number[]
    readonly f1: readonly number[]
    readonly support: readonly number[]
    readonly macroF1: number
    readonly balancedAccuracy: number
  }
}

/** Made with SciPy and scikit-learn. */
const reference = JSON.parse(
  readFileSync(new URL('../../fixtures/reference/statistics.json', import.meta.url), 'utf8'),
) as Reference
const { logits, labels, ...figures } = reference.calibration

function rowsOf(loss: ScoredRows['loss'] = 'softmax'): ScoredRows {
  return {
    ...{ count: logits.length, classCount: 6, loss },
    values: Float64Array.from(logits.flat()),
    label: (row) => labels[row] ?? 0,
    places: (row) => Uint16Array.from({ length: 6 }, (_, index) => row * 6 + index),
  }
}

function run<Result>(steps: Generator<void, Result>): Result {
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `class ${index}`)
const fitted = (rows: ScoredRows): number => run(fitTemperature(rows)) ?? NaN

describe('calibration', () => {
  it('has the loss, the Brier score and the calibration error of the reference', () => {
    const { nll, brier, confidences, right } = run(figuresAt(rowsOf(), 1))
    expect(nll).toBeCloseTo(figures.nll, 9)
    expect(brier).toBeCloseTo(figures.brier, 9)
    const { bins, ece } = reliabilityOf(confidences, right)
    expect(ece).toBeCloseTo(figures.ece15, 6)
    expect(bins).toHaveLength(15)
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(200)
  })

  it('finds the temperature of the reference, and what it makes of the images', () => {
    const temperature = fitted(rowsOf())
    expect(temperature).toBeCloseTo(figures.temperature, 4)
    const { nll, confidences, right } = run(figuresAt(rowsOf(), temperature))
    expect(nll).toBeCloseTo(figures.nllScaled, 9)
    expect(reliabilityOf(confidences, right).ece).toBeCloseTo(figures.ece15Scaled, 5)
  })

  it('has no temperature for images that are all right, where surer is ever better, nor for guesses', () => {
    const rows = (label: (row: number) => number): ScoredRows => ({
      ...{ count: 20, classCount: 3, loss: 'softmax', values: Float32Array.of(0, 2), label },
      places: (row) => Uint16Array.of(row % 3 === 0 ? 1 : 0, row % 3 === 1 ? 1 : 0, row % 3 === 2 ? 1 : 0),
    })
    expect(run(fitTemperature(rows((row) => row % 3)))).toBeNull()
    expect(run(fitTemperature(rows((row) => (row + 1) % 3)))).toBeNull()
    expect(run(fitTemperature(rows((row) => (row < 10 ? row % 3 : (row + 1) % 3))))).toBeGreaterThan(0.02)
  })

  it('fits a sigmoid’s temperature where its loss is least', () => {
    const temperature = fitted(rowsOf('sigmoid'))
    const lossAt = (at: number): number => run(figuresAt(rowsOf('sigmoid'), at)).nll
    for (const factor of [0.9, 0.99, 1.01, 1.1])
      expect(lossAt(temperature * factor)).toBeGreaterThan(lossAt(temperature))
  })

  it('has figures at low temperatures, too, where all of thousands of classes are about as improbable', () => {
    const [classCount, temperature] = [5000, 0.021]
    const values = Float64Array.of(-8.517, -8.5)
    const rows: ScoredRows = {
      ...{ count: 1, classCount, loss: 'softmax', values, label: () => 0 },
      places: () => Uint16Array.from({ length: classCount }, (_, index) => (index === 0 ? 1 : 0)),
    }
    const other = Math.exp((-8.517 + 8.5) / temperature)
    const top = 1 / (1 + (classCount - 1) * other)
    const { nll, brier, confidences } = run(figuresAt(rows, temperature))
    expect(nll).toBeCloseTo(-Math.log(top), 9)
    expect(brier).toBeCloseTo((1 - top) ** 2 + (classCount - 1) * (top * other) ** 2, 9)
    expect(confidences[0]).toBeCloseTo(top, 9)
  })

  it('rests after so many scores, not after so many images, which have many where there are many classes', () => {
    const places = new Uint16Array(50_000)
    let read = 0
    const rows: ScoredRows = {
      ...{ count: 40, classCount: places.length, loss: 'softmax', values: Float32Array.of(-10) },
      label: () => 0,
      places: () => (read++, places),
    }
    for (const work of [figuresAt(rows, 1), fitTemperature(rows)])
      for (let before = read, step = work.next(); step.done !== true; before = read, step = work.next())
        expect(read - before).toBeLessThanOrEqual(2)
    expect(read).toBeGreaterThan(80)
  })

  it('puts an edge into the bin below it, and says 0 of no images', () => {
    const { bins } = reliabilityOf([1 / 15, 0, 1, 0.9334], [1, 0, 1, 1])
    expect([bins[0]?.count, bins[1]?.count, bins[14]?.count]).toEqual([2, 0, 2])
    expect(bins[14]).toMatchObject({ correct: 2, to: 1 })
    expect(reliabilityOf([], []).ece).toBe(0)
  })

  it('says how many are answered and right from each threshold on, as the reference does', () => {
    const { confidences, right } = run(figuresAt(rowsOf(), 1))
    const order = [...confidences.keys()].sort((a, b) => (confidences[b] ?? 0) - (confidences[a] ?? 0))
    const surest = order.map((row) => confidences[row] ?? 0)
    const rightOnes = order.map((row) => right[row] ?? 0)
    const { aurc, points } = coverageOf(surest.map(Math.fround), rightOnes, 1000)
    expect(aurc).toBeCloseTo(reference.coverage.aurc, 9)
    expect(points.at(-1)).toMatchObject({ answered: 200, correct: 79 })
    for (const [share, accuracy] of Object.entries(reference.coverage.accuracyAtCoverage)) {
      const count = Number(share) * 200
      expect(rightOnes.slice(0, count).reduce((sum, one) => sum + one, 0) / count).toBeCloseTo(accuracy, 9)
    }
    for (const { threshold, answered } of points)
      expect(surest.filter((one) => Math.fround(one) >= Math.fround(threshold))).toHaveLength(answered)
    expect(points.map(({ answered }) => answered)).toEqual([...new Set(points.map((one) => one.answered))])
    expect(coverageOf(surest.map(Math.fround), rightOnes, 20).points).toHaveLength(20)
  })

  it('answers those together that are equally probable', () => {
    const { points } = coverageOf([0.75, 0.5, 0.5, 0.25], [1, 0, 1, 0], 1000)
    expect(points).toEqual([
      { threshold: 0.7, answered: 1, correct: 1 },
      { threshold: 0.5, answered: 3, correct: 2 },
      { threshold: 0.2, answered: 4, correct: 2 },
    ])
    expect(coverageOf([], [], 10)).toEqual({ points: [], aurc: 0 })
  })
})

describe('figures of classes', () => {
  const pairs = logits.map((row, at) => ({
    ...{ labelIndex: labels[at] ?? 0, predictedIndex: row.indexOf(Math.max(...row)), count: 1 },
  }))

  it('are those of the reference', () => {
    const found = classFigures(confusionOfPairs(names(6), pairs))
    const { precision, recall, f1, support, macroF1, balancedAccuracy } = reference.perClass
    found.forEach((one, at) => {
      expect(one.precision?.value).toBeCloseTo(precision[at] ?? 0, 9)
      expect(one.recall?.value).toBeCloseTo(recall[at] ?? 0, 9)
      expect(one.f1?.value).toBeCloseTo(f1[at] ?? 0, 9)
      expect(one.support).toBe(support[at])
      expect(one.f1?.low).toBeLessThan(f1[at] ?? 0)
      expect(one.f1?.high).toBeGreaterThan(f1[at] ?? 0)
    })
    expect(meanFigures(found).macroF1).toBeCloseTo(macroF1, 9)
    expect(meanFigures(found).balancedAccuracy).toBeCloseTo(balancedAccuracy, 9)
  })

  it('say nothing of a class without images, and 0 of one that is never predicted', () => {
    const [first, second, third] = classFigures(
      confusionOfPairs(names(3), [{ labelIndex: 0, predictedIndex: 1, count: 4 }]),
    )
    expect(first).toMatchObject({ precision: null, recall: { value: 0, total: 4 }, f1: { value: 0 } })
    expect(second).toMatchObject({ precision: { value: 0, total: 4 }, recall: null, f1: { value: 0 } })
    expect(third).toMatchObject({ precision: null, recall: null, f1: null })
    expect(meanFigures([]).macroF1).toBeNull()
  })
})
