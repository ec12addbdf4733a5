import { describe, expect, it } from 'vitest'
import { axesOf } from '../../../../src/renderer/features/queue/search-axes'
import { settingName } from '../../../../src/domain/recipe/setting-words'
import { variedKeys } from '../../../../src/domain/sweep/trial-values'
import { axisOf } from '../../../../src/renderer/features/queue/value-axis'

describe('what is typed for a search', () => {
  it('is values separated by commas, of the settings that have some', () => {
    expect(axesOf({ baseLearningRate: ' 0.01, 0.03,', stepCount: '', freeze: 'none, block2' })).toEqual([
      { key: 'baseLearningRate', values: [0.01, 0.03] },
      { key: 'freeze', values: ['none', 'block2'] },
    ])
  })

  it('stays as it was typed where it is no number, so that the plan can refuse it in words', () => {
    expect(axesOf({ dropout: 'half' })).toEqual([{ key: 'dropout', values: ['half'] }])
  })
})

describe('an axis of the trials', () => {
  it('is logarithmic where the values span orders of magnitude', () => {
    const axis = axisOf('baseLearningRate', 'Learning rate', [0.001, 0.1, undefined])
    expect([axis.place(0.001), axis.place(0.01), axis.place(0.1), axis.place(undefined)]).toEqual([
      ...[0, expect.closeTo(0.5, 6), 1, null],
    ])
  })

  it('is even for words, and has its middle for a single value', () => {
    const words = axisOf('freeze', 'Frozen', ['none', 'root', 'block1'])
    expect(['none', 'root', 'block1', 'block9'].map((word) => words.place(word))).toEqual([0, 0.5, 1, null])
    expect(axisOf('dropout', 'Dropout', [0.2, 0.2]).place(0.2)).toBe(0.5)
  })

  it('stands for each setting that a trial has, under the name of its line', () => {
    expect(variedKeys([{ values: { dropout: 0.1 } }, { values: { dropout: 0.2, cropPx: 64 } }])).toEqual([
      'dropout',
      'cropPx',
    ])
    expect([settingName('baseLearningRate'), settingName('cropPx')]).toEqual(['Learning rate', 'Crop, px'])
  })
})
