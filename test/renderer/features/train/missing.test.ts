import { describe, expect, it } from 'vitest'
import { missingOf } from '../../../../src/renderer/features/train/missing'

const datasets = [{ id: 1 }, { id: 2 }]
const models = (id: string): boolean => id === 'run:3'

describe('what the address of Train asks for', () => {
  it('is missing where there is no such dataset or model, and the way back is without it', () => {
    expect(missingOf({ dataset: '99', from: 'run:3' }, datasets, models)).toEqual({
      title: 'There is no dataset 99',
      back: '#/train?from=run%3A3',
    })
    expect(missingOf({ dataset: 'trees' }, datasets, models)?.title).toBe('There is no dataset “trees”')
    expect(missingOf({ dataset: '2', from: 'run:7' }, datasets, models)).toEqual({
      title: 'There is no model “run:7”',
      back: '#/train?dataset=2',
    })
  })

  it('is not missing where it is there, where nothing is asked for, and before the lists have come', () => {
    expect(missingOf({ dataset: '2', from: 'run:3' }, datasets, models)).toBeNull()
    expect(missingOf({ dataset: '1', from: 'zero' }, datasets, models)).toBeNull()
    expect(missingOf({}, [], () => false)).toBeNull()
    expect(missingOf({ dataset: '99', from: 'run:7' }, null, () => null)).toBeNull()
  })
})
