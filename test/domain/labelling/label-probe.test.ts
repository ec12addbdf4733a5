import { describe, expect, it } from 'vitest'
import {
  fitLabelProbe,
  labelProbabilities,
  probeRow,
  type LabelProbe,
} from '../../../src/domain/labelling/label-probe'
import { normalSample, randomStream } from '../../../src/domain/random'

const width = 24
const classCount = 3

/** Around a centre for each class, `noise` wide. */
function sampled(count: number, noise: number, seed = 1) {
  const next = randomStream(seed)
  const labels = Array.from({ length: count }, (_, index) => index % classCount)
  const rows = labels.map((label) =>
    probeRow(
      Float32Array.from({ length: width }, (_, x) =>
        Math.max(0, 1 + (x % classCount === label ? 1 : 0) + noise * normalSample(next)),
      ),
      new Float32Array(width).fill(1.1),
    ),
  )
  return { rows, labels }
}

function fit(rows: readonly Float32Array[], labels: readonly number[]): LabelProbe {
  const search = fitLabelProbe(rows, labels, classCount)
  for (;;) {
    const step = search.next()
    if (step.done === true) return step.value
  }
}

function predicted(probe: LabelProbe, row: Float32Array): number {
  const into = new Float64Array(classCount)
  labelProbabilities(probe, row, into)
  expect(into.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9)
  return into.indexOf(Math.max(...into))
}

describe('a probe on few labels', () => {
  it('tells classes apart that can be told apart', () => {
    const { rows, labels } = sampled(30, 0.3)
    const probe = fit(rows, labels)
    const others = sampled(90, 0.3, 2)
    const right = others.rows.filter((row, place) => predicted(probe, row) === others.labels[place]).length
    expect(right).toBeGreaterThan(85)
    expect(probe).toMatchObject({ trainedOn: 30 })
    expect(probe.accuracy).toBeGreaterThan(0.9)
  })

  it('says of itself what it would be without each image: as if it were made anew without it', () => {
    const { rows, labels } = sampled(24, 1.4)
    const { accuracy } = fit(rows, labels)
    const rightCount = rows.filter((row, place) => {
      const without = <Item>(all: readonly Item[]): Item[] => all.filter((_, other) => other !== place)
      return predicted(fit(without(rows), without(labels)), row) === labels[place]
    }).length
    // the shares of the classes differ by the one that was left out
    expect(Math.abs(accuracy * 24 - rightCount)).toBeLessThanOrEqual(2)
    expect(accuracy).toBeLessThan(0.9)
  })

  it('is unsure where the classes cannot be told apart', () => {
    const clear = sampled(30, 0.2)
    const blurred = sampled(30, 3)
    const sureness = ({ rows, labels }: typeof clear): number => {
      const probe = fit(rows, labels)
      const into = new Float64Array(classCount)
      return rows.reduce((sum, row) => {
        labelProbabilities(probe, row, into)
        return sum + Math.max(...into) / rows.length
      }, 0)
    }
    expect(sureness(clear)).toBeGreaterThan(sureness(blurred))
  })
})
