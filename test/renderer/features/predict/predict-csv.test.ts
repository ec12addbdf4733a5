import { describe, expect, it } from 'vitest'
import type { PredictRow } from '../../../../src/contract/entities/predict'
import { predictCsv } from '../../../../src/renderer/features/predict/predict-csv'

const seen: PredictRow = {
  path: '/photos/a, "b".jpg',
  widthPx: 4,
  heightPx: 3,
  top: [
    { classIndex: 2, name: 'daisy, common', probability: 0.75 },
    { classIndex: 0, name: 'iris', probability: 0.25 },
  ],
  error: null,
}
const unseen: PredictRow = {
  path: '/photos/c.jpg',
  widthPx: null,
  heightPx: null,
  top: [],
  error: { code: 'bad-image', message: 'The file is cut off.', wayOut: '' },
}

describe('a prediction as CSV', () => {
  const lines = predictCsv([seen, unseen]).split('\r\n')

  it('has a line for each image, unreadable ones too, with as many cells as the head', () => {
    expect(lines).toHaveLength(4)
    expect(lines.at(-1)).toBe('')
    expect(lines[0]?.split(',')).toHaveLength(12)
    expect(lines[2]).toBe(`/photos/c.jpg,The file is cut off.${','.repeat(10)}`)
  })

  it('says which are unsure where the model in use has a threshold', () => {
    const [head, first, second] = predictCsv([seen, unseen], 0.8).split('\r\n')
    expect(head).toMatch(/,unsure$/)
    expect(first).toMatch(/,unsure$/)
    expect(second).toMatch(/,$/)
    expect(predictCsv([seen], 0.75).trimEnd().endsWith(',')).toBe(true)
  })

  it('quotes what would break a cell', () => {
    expect(lines[1]).toBe(`"/photos/a, ""b"".jpg",,"daisy, common",0.750000,iris,0.250000${','.repeat(6)}`)
  })
})
