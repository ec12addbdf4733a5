import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '../../../src/contract/errors'
import {
  convGmac,
  isStatistic,
  modelName,
  namedModels,
  parameterCount,
  parameterShapes,
  parseModel,
} from '../../../src/domain/model/spec'
import { trainingReference } from '../../trainer/support/reference'

/** bit-reference, section 1: parameters with 1000 classes, GMAC at 128 and at 480 px. */
const published = [
  ['R50x1', 25_549_352, 1.34, 18.8],
  ['R50x3', 217_319_080, 11.8, 165.7],
  ['R101x1', 44_541_480, 2.55, 35.8],
  ['R101x3', 387_934_888, 22.7, 319],
  ['R152x2', 236_335_208, 15.0, 210],
  ['R152x4', 936_533_224, 59.7, 839],
] as const

describe('model sizes', () => {
  it.each(published)(
    '%s has the published parameter count and cost',
    (name, parameters, gmac128, gmac480) => {
      const { spec } = parseModel(name)
      expect(parameterCount(spec, 1000)).toBe(parameters)
      expect(Math.abs(convGmac(spec, 128) / gmac128 - 1)).toBeLessThan(0.01)
      expect(Math.abs(convGmac(spec, 480) / gmac480 - 1)).toBeLessThan(0.01)
    },
  )

  it('counts the head of R50x1 apart', () => {
    const { spec } = parseModel('R50x1')
    expect(parameterCount(spec, 0)).toBe(23_500_352)
    expect(parameterCount(spec, 21_843)).toBe(68_256_659)
  })

  it.each(['tiny', 'r50x1'] as const)('lists exactly the parameters of the reference %s', (name) => {
    const reference = trainingReference(name)
    const shapes = parameterShapes(
      { units: reference.blocks, width: reference.widthFactor },
      reference.classes,
    )
    const expected = Object.keys(reference.steps[0]?.gradientL2 ?? {})
    expect(shapes.map((shape) => shape.name).sort()).toEqual(expected.sort())
  })

  it('reads names in any letter case, with the published prefix, and small specs', () => {
    expect(parseModel('r50x1').name).toBe('R50x1')
    expect(parseModel('r14x0.5').name).toBe('units:1-1-1-1,width:0.5')
    expect(parseModel('R26x1').spec).toEqual({ units: [2, 2, 2, 2], width: 1 })
    expect(parseModel('BiT-M-R101x3').spec).toEqual({ units: [3, 4, 23, 3], width: 3 })
    expect(parseModel(' units:1-1-1-1,width:0.5 ')).toEqual({
      name: 'units:1-1-1-1,width:0.5',
      spec: { units: [1, 1, 1, 1], width: 0.5 },
    })
  })

  it('takes +bn and +plain behind a size, in either order, and names them in one', () => {
    const both = { units: [3, 4, 6, 3], width: 1, norm: 'batch', convolution: 'plain' }
    expect(parseModel('R50x1+bn+plain')).toEqual({ name: 'R50x1+bn+plain', spec: both })
    expect(parseModel('r50x1 +PLAIN+bn')).toEqual({ name: 'R50x1+bn+plain', spec: both })
    expect(parseModel('units:1-1-1-1,width:0.5+bn')).toEqual({
      name: 'units:1-1-1-1,width:0.5+bn',
      spec: { units: [1, 1, 1, 1], width: 0.5, norm: 'batch' },
    })
    expect(parseModel('R101x3+plain').name).toBe('R101x3+plain')
    expect(modelName({ units: [3, 4, 6, 3], width: 1, norm: 'group', convolution: 'standardized' })).toBe(
      'R50x1',
    )
  })

  it('counts as many parameters with BatchNorm, and lists its moving averages beside them', () => {
    const { spec } = parseModel('R50x1+bn+plain')
    expect(parameterCount(spec, 1000)).toBe(25_549_352)
    const names = parameterShapes(spec, 1000).map(({ name }) => name)
    const statistics = names.filter(isStatistic)
    expect(statistics).toHaveLength(2 * (3 * 16 + 1))
    expect(statistics.slice(-2)).toEqual([
      'resnet/batch_norm/moving_mean',
      'resnet/batch_norm/moving_variance',
    ])
    expect(names).toContain('resnet/block1/unit01/a/proj/conv2d/kernel')
    expect(names.filter((name) => /standardized|group/.test(name))).toEqual([])
  })

  it('names a spec so that the name gives the spec back', () => {
    for (const { name, spec } of namedModels) {
      expect(modelName(spec)).toBe(name)
      expect(parseModel(name)).toEqual({ name, spec })
    }
  })

  it.each([
    '',
    'R50',
    'R34x1',
    'units:0-1-1-1,width:1',
    'units:1-1-1,width:1',
    'units:1-1-1-1,width:0.3',
    'R50x9',
    'R50x1+',
    'R50x1+gn',
    'R50x1+bn+bn',
    '+bn',
  ])('refuses %j and says what a model looks like', (text) => {
    expect(() => parseModel(text)).toThrow(WorkbenchError)
    expect(() => parseModel(text)).toThrow(/not a valid model size/)
  })
})
