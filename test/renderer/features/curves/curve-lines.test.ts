import { describe, expect, it } from 'vitest'
import { rangeWithin } from '../../../../src/renderer/charts/chart-line'
import { chartSvg } from '../../../../src/renderer/charts/chart-svg'
import { nearestLine } from '../../../../src/renderer/charts/nearest-line'
import { makeScale } from '../../../../src/renderer/charts/scale'
import { curveCsv } from '../../../../src/renderer/features/curves/curve-csv'
import { linesOf, ratesToComeOf } from '../../../../src/renderer/features/curves/curve-lines'
import { metricsOf, type MetricId } from '../../../../src/renderer/features/curves/curve-metrics'
import type { CurveRun } from '../../../../src/renderer/features/curves/curve-points'
import { readoutAt } from '../../../../src/renderer/features/curves/curve-readout'
import { tableOf } from '../../../../src/renderer/features/curves/curve-table'
import { wholeOf } from '../../../../src/renderer/features/curves/whole-span'
import { aCurveRun, evaluationAt } from './a-curve-run'

const axis = { kind: 'step', isLog: false } as const
const options = { axis, kind: 'log', smoothing: 0 } as const

function metric(id: MetricId) {
  const found = metricsOf([aCurveRun({ losses: [1] })]).find((one) => one.id === id)
  if (found === undefined) throw new Error(`no metric ${id}`)
  return found
}

const runs: readonly CurveRun[] = [
  aCurveRun({ id: 1, losses: [4, 2, 1], evaluations: [evaluationAt(2, 0.5), evaluationAt(3, 0.75)] }),
  aCurveRun({ id: 2, name: 'second', losses: [8, 4, 2, 1] }),
]

describe('the lines of a chart', () => {
  it('are the steps of each run and what was evaluated on the way, in the colour of the run', () => {
    const lines = linesOf(metric('loss'), runs, options, null)
    expect(lines.map(({ name, color }) => [name, color])).toEqual([
      ['first', 'var(--run-1)'],
      ['second', 'var(--run-2)'],
      ['first, validation', 'var(--run-1)'],
    ])
    expect(lines.map(({ xs }) => [...xs])).toEqual([
      [0, 1, 2],
      [0, 1, 2, 3],
      [2, 3],
    ])
    expect([...(lines[2]?.ys ?? [])]).toEqual([0.5, 0.25])
  })

  it('are smoothed before anything else, with a band of what that took away', () => {
    const [line] = linesOf(
      metric('loss'),
      [aCurveRun({ losses: [4, 2, 4, 2] })],
      { ...options, smoothing: 0.5 },
      null,
    )
    expect(line?.ys[0]).toBe(4)
    expect(line?.ys[1]).toBeCloseTo((4 * 0.25 + 2 * 0.5) / 0.75, 12)
    expect(line?.band?.find(0, 4)).toBe(true)
    expect([line?.band?.low, line?.band?.high]).toEqual([2, 4])
  })

  it('are kept until their run has grown or they are asked for in another way', () => {
    const [run] = runs
    const again = (): unknown => linesOf(metric('loss'), runs, options, null)[0]?.ys
    const first = again()
    expect(again()).toBe(first)
    if (run === undefined) return
    expect(linesOf(metric('loss'), [{ ...run, version: 2 }], options, null)[0]?.ys).not.toBe(first)
    expect(linesOf(metric('loss'), runs, { ...options, smoothing: 0.9 }, null)[0]?.ys).not.toBe(first)
  })

  it('share the places of a run, so that all charts find them once', () => {
    const xs = ['loss', 'rate', 'speed'].map(
      (id) => linesOf(metric(id as MetricId), runs, options, null)[0]?.xs,
    )
    expect(xs[1]).toBe(xs[0])
    expect(xs[2]).toBe(xs[0])
  })

  it('have no place for zero on a log axis', () => {
    const [line] = linesOf(metric('loss'), [aCurveRun({ losses: [1, 0, 2] })], options, null)
    expect([...(line?.ys ?? [])]).toEqual([1, Number.NaN, 2])
  })

  it('leave out what an earlier attempt evaluated beyond the steps that stand', () => {
    const resumed = aCurveRun({
      losses: [4, 2],
      evaluations: [evaluationAt(4), evaluationAt(2), evaluationAt(2, 0.5, 'test')],
      run: { state: 'training', stepsDone: 2 },
    })
    const lines = linesOf(metric('loss'), [resumed], options, null)
    expect(lines.map(({ xs }) => [...xs])).toEqual([[0, 1], [2]])
  })

  it('go on as planned while the run trains', () => {
    const training = aCurveRun({ losses: [4, 2], run: { state: 'training' } })
    expect(ratesToComeOf(training, axis)?.xs.at(-1)).toBeGreaterThan(50)
    expect(ratesToComeOf(training, { kind: 'wall', isLog: false })).toBeNull()
    expect(runs.map((run) => ratesToComeOf(run, axis))).toEqual([null, null])
  })

  it('have bands and pale lines only where they hide nothing', () => {
    const many = [1, 2, 3, 4].map((id) => aCurveRun({ id, losses: [1, 2, 3] }))
    const withBand = (selected: number | null) =>
      linesOf(metric('loss'), many, { ...options, smoothing: 0.5 }, selected).filter(
        ({ band }) => band !== null,
      )
    expect(withBand(null)).toEqual([])
    expect(withBand(3).map(({ runId }) => runId)).toEqual([3])
    expect(linesOf(metric('accuracy'), many, { ...options, kind: 'linear' }, null)).toEqual([])
  })

  it('fit their axis to what is shown of them', () => {
    const lines = linesOf(metric('loss'), runs, options, null)
    expect(rangeWithin(lines, { from: 0, to: 3 })).toEqual([0.25, 8])
    expect(rangeWithin(lines.slice(0, 1), { from: 1.2, to: 1.8 })).toEqual([1, 2])
    expect(rangeWithin([], { from: 0, to: 1 })).toBeNull()
  })
})

describe('what there is to see', () => {
  it('reaches to the planned end of a run alone, and to the last step of several', () => {
    expect(wholeOf(axis, runs.slice(0, 1))).toEqual({ from: 0, to: 100 })
    expect(wholeOf(axis, runs)).toEqual({ from: 0, to: 3 })
    expect(wholeOf(axis, [])).toEqual({ from: 0, to: 1 })
    expect(wholeOf({ kind: 'relative', isLog: false }, runs)).toEqual({ from: 0, to: 400 })
    expect(wholeOf({ kind: 'wall', isLog: false }, runs)).toEqual({ from: 1000, to: 1330 })
  })

  it('has memory and the GPU only where a run says them', () => {
    expect(metricsOf(runs).map(({ id }) => id)).toEqual(['loss', 'accuracy', 'rate', 'speed', 'wait'])
    const [run] = runs
    if (run === undefined) return
    const told = { ...run, steps: { ...run.steps, memoryBytes: [1e9, 1e9, 1e9], gpuUse: [0.9, 0.9, 0.9] } }
    expect(
      metricsOf([run, told])
        .map(({ id }) => id)
        .slice(-2),
    ).toEqual(['memory', 'gpu'])
  })
})

describe('the crosshair', () => {
  const lines = linesOf(metric('loss'), runs, options, null)
  const shown = { from: 0, to: 3 }

  it('reads every run where it is', () => {
    expect(readoutAt(lines, axis, shown, 1, String)?.text).toBe('step 1 · first 2, second 4')
    expect(readoutAt(lines, axis, shown, 2.9, String)?.rows.map(({ name }) => name)).toEqual([
      'second',
      'first, validation',
    ])
    expect(readoutAt(lines.slice(0, 1), axis, shown, 2.9, String)).toBeNull()
    expect(readoutAt(lines.slice(0, 1), axis, shown, 1, String)?.text).toBe('step 1 · 2')
  })

  it('finds the run whose line a click means', () => {
    const scale = makeScale('log', 1, 8, true)
    const at = (x: number, y: number) => nearestLine(lines, scale, shown, { width: 300, height: 300, x, y })
    expect(at(100, 200)).toBe(1)
    expect(at(100, 100)).toBe(2)
    expect(at(100, 150)).toBeNull()
  })
})

describe('curves as text', () => {
  it('have every value in the file, by run and part', () => {
    const lines = curveCsv(
      metric('loss'),
      [aCurveRun({ name: '=1,"x"', losses: [4, 2], evaluations: [evaluationAt(2, 0.5)] })],
      0.5,
    ).split('\r\n')
    expect(lines).toEqual([
      'run,name,part,step,epoch,training_seconds,time,value,smoothed',
      `1,"'=1,""x""",train,0,0,0.1,1970-01-01T00:00:01.000Z,4,4`,
      `1,"'=1,""x""",train,1,0.25,0.2,1970-01-01T00:00:01.110Z,2,2.6666667`,
      `1,"'=1,""x""",val,2,0.5,0.2,1970-01-01T00:00:05.002Z,0.5,`,
      '',
    ])
  })

  it('have a row a step as a table, with a column for each run', () => {
    const one = tableOf(metric('loss'), runs.slice(0, 1), options)
    expect(one.columns).toEqual(['Step', 'Loss', 'Smoothed', 'Validation'])
    expect([0, 1, 2, 3].map((column) => one.cell(2, column))).toEqual(['2', '1.00', '1.00', '0.500'])
    const both = tableOf(metric('loss'), runs, options)
    expect(both.columns).toEqual(['Step', 'first', 'first, validation', 'second', 'second, validation'])
    expect([0, 1, 2, 3, 4].map((column) => both.cell(3, column))).toEqual(['3', '', '0.250', '1.00', ''])
  })

  it('are a file of their own as SVG, in which names are only text', () => {
    const [line] = linesOf(
      metric('loss'),
      [aCurveRun({ name: '<script>', losses: [4, 2] })],
      { ...options, smoothing: 0.5 },
      null,
    )
    const svg = chartSvg({
      title: 'Loss & more',
      lines: line === undefined ? [] : [line],
      scale: makeScale('log', 1, 8),
      axis,
      shown: { from: 0, to: 1 },
      formatY: String,
      color: () => 'rgb(1 2 3)',
    })
    expect(svg).toContain('Loss &#38; more')
    expect(svg).not.toContain('<script>')
    expect(svg).not.toContain('NaN')
    expect(svg.match(/<path d="M[\d. ]+L[\d. ]+" fill="none" stroke="rgb\(1 2 3\)"/)).not.toBeNull()
  })
})

describe('a run of another program', () => {
  const loss = { steps: [10, 20, 40], values: [3, 2, 1], atMs: [1000, 2000, 4000] }
  const other: CurveRun = {
    ...aCurveRun({ id: 2, name: 'theirs' }),
    run: { name: 'theirs', state: 'done', recipe: null, stepsDone: 40, exampleCount: 0 },
    logged: new Map([
      ['loss train', loss],
      ['logged f1 own', { steps: [40], values: [0.5], atMs: [Number.NaN] }],
    ]),
  }
  const ours = aCurveRun({ losses: [4, 3, 2] })
  const plain = { axis: { kind: 'step', isLog: false }, kind: 'linear', smoothing: 0 } as const

  it('is drawn in the charts of ours, and what we have none for in one of its own', () => {
    expect(metricsOf([other]).map(({ title }) => title)).toEqual(['Loss', 'f1'])
    const both = metricsOf([ours, other])
    expect(both.map(({ title }) => title)).toContain('Waiting for images')
    const [chart] = both
    if (chart === undefined) throw new Error('There is no chart.')
    const lines = linesOf(chart, [ours, other], plain, null)
    expect(lines.map(({ name, xs, ys }) => [name, [...xs], [...ys]])).toEqual([
      ['first', [0, 1, 2], [4, 3, 2]],
      ['theirs', [10, 20, 40], [3, 2, 1]],
    ])
    const table = tableOf(chart, [ours, other], plain)
    expect(table.cell(5, 0)).toBe('40')
    expect(curveCsv(chart, [other], null)).toContain('2,"theirs",train,40,,,1970-01-01T00:00:04.000Z,1,')
  })

  it('lies where its log says, and nowhere on an axis of epochs', () => {
    const [chart] = metricsOf([other])
    if (chart === undefined) throw new Error('There is no chart.')
    const at = (kind: 'relative' | 'wall' | 'epoch') =>
      linesOf(chart, [other], { ...plain, axis: { kind, isLog: false } }, null).map(({ xs }) => [...xs])
    expect(at('relative')).toEqual([[0, 1000, 3000]])
    expect(at('wall')).toEqual([[1000, 2000, 4000]])
    expect(wholeOf({ kind: 'step', isLog: false }, [other])).toEqual({ from: 0, to: 40 })
    expect(
      at('epoch')
        .flat()
        .every((x) => !Number.isFinite(x)),
    ).toBe(true)
  })
})
