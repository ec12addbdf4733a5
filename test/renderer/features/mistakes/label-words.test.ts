import { describe, expect, it } from 'vitest'
import { courseWords, gapWords, outOfFoldWords } from '../../../../src/renderer/features/mistakes/label-words'

const check = {
  ...{ datasetId: 1, checkedAtMs: 1, labelsCheckedAtMs: 1, outOfFold: null, copies: [], copyIds: [] },
}
const outOfFold = { label: 'elm', labelProbability: 0.1, predicted: 'oak', predictedProbability: 0.8 }

describe('what a probe says that had not seen the image', () => {
  it('is nothing where nobody looked', () => {
    expect(outOfFoldWords({ ...check, labelsCheckedAtMs: null })).toBe('')
  })
  it('says whether the label is doubted', () => {
    expect(outOfFoldWords(check)).toBe('The last look for wrong labels found nothing against this one.')
    expect(outOfFoldWords({ ...check, outOfFold: { ...outOfFold, isDoubted: true } })).toBe(
      'A probe that had not seen this image takes it for “oak” (0.80) rather than “elm” (0.10): its label is likely wrong.',
    )
    expect(outOfFoldWords({ ...check, outOfFold: { ...outOfFold, isDoubted: false } })).toContain(
      'not enough to doubt',
    )
    expect(
      outOfFoldWords({ ...check, outOfFold: { ...outOfFold, predicted: 'elm', isDoubted: false } }),
    ).toBe('A probe that had not seen this image says “elm”, too (0.10).')
    expect(
      outOfFoldWords({ ...check, outOfFold: { ...outOfFold, labelProbability: 0.001, isDoubted: true } }),
    ).toContain('“elm” (below 0.01)')
  })
})

describe('the course of the label over the checkpoints', () => {
  const course = (...probabilities: number[]): string =>
    courseWords(probabilities.map((labelProbability) => ({ labelProbability })))
  it('takes two checkpoints', () => {
    expect(course(0.3)).toBe('')
  })
  it('has its mean, its spread, and what they mean', () => {
    expect(course(0, 0.2)).toBe(
      'Over 2 checkpoints the label has 0.10 on average, ± 0.10: low all along, as where a label is wrong or an image hard.',
    )
    expect(course(0.9, 1)).toContain('high all along')
    expect(course(0, 1)).toContain('of two minds')
    expect(course(0.4, 0.6)).toBe('Over 2 checkpoints the label has 0.50 on average, ± 0.10.')
  })
})

it('says which checkpoints know nothing of an image', () => {
  expect(gapWords({ part: 'test', missingSteps: [] })).toBe('')
  expect(gapWords({ part: 'test', missingSteps: [6] })).toMatch(/^Not evaluated on test after step 6:/)
  expect(gapWords({ part: 'test', missingSteps: [6, 19, 1200] })).toMatch(/after steps 6, 19 and 1,200:/)
  const many = Array.from({ length: 9 }, (_, at) => at + 1)
  expect(gapWords({ part: 'train', missingSteps: many })).toMatch(
    /on train after steps 1, 2, 3, 4, 5 and 4 more:/,
  )
})
