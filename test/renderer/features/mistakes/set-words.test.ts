import { describe, expect, it } from 'vitest'
import type { OpenableSet } from '../../../../src/contract/entities/prediction-set'
import {
  partOfRun,
  renamedClasses,
  setName,
  setNote,
} from '../../../../src/renderer/features/mistakes/set-words'

const own: Parameters<typeof setName>[0] = {
  part: 'test',
  checkpointStep: 421,
  isResult: true,
  datasetName: 'flowers',
  rowCount: 9,
  partCount: 9,
  other: null,
}
const elsewhere: NonNullable<OpenableSet['other']> = {
  kind: 'elsewhere',
  isWhole: true,
  unmappedCount: 5,
  unreadCount: 1,
  mapping: [
    ['red_oak', 'oak'],
    ['elm', 'elm'],
    ['ash', null],
  ],
}

describe('the words of a set', () => {
  it('name the part, the step, and another dataset', () => {
    expect(setName(own)).toBe('test, after step 421 (results)')
    expect(setName({ ...own, part: 'train', isResult: false, rowCount: 5 })).toBe(
      'train (a sample), after step 421',
    )
    expect(setName({ ...own, other: elsewhere })).toBe('flowers, all images, after step 421')
    expect(setName({ ...own, part: 'train', other: { ...elsewhere, kind: 'out-of-fold' } })).toBe(
      'train, out of fold',
    )
  })

  it('say what was left out, and why a figure is not the run’s', () => {
    expect(setNote({ part: 'test', other: null, datasetId: 1 }, 1)).toBe('')
    expect(setNote({ part: 'train', other: null, datasetId: 1 }, 1)).toContain('by heart')
    expect(setNote({ part: 'test', other: elsewhere, datasetId: 2 }, 1)).toBe(
      '5 images left out, whose class the model does not have; 1 image could not be read; 1 class of the model left out.',
    )
    expect(
      setNote({ part: 'train', other: { ...elsewhere, kind: 'out-of-fold' }, datasetId: 1 }, 1),
    ).toContain('not by this run')
    expect(setNote({ part: 'test', other: elsewhere, datasetId: 1 }, 1)).toContain(
      'that the run learned from',
    )
    expect(renamedClasses({ other: elsewhere })).toEqual(['red_oak → oak'])
  })

  it('know whether other runs have results on the same images', () => {
    expect(partOfRun({ part: 'val', other: null, datasetId: 1 }, 1)).toBe('val')
    expect(partOfRun({ part: 'test', other: { ...elsewhere, isWhole: false }, datasetId: 1 }, 1)).toBe('test')
    expect(partOfRun({ part: 'test', other: { ...elsewhere, isWhole: false }, datasetId: 2 }, 1)).toBe(null)
    expect(partOfRun({ part: 'test', other: elsewhere, datasetId: 1 }, 1)).toBe(null)
    expect(partOfRun(null, 1)).toBe(null)
  })
})
