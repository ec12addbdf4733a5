import { describe, expect, it } from 'vitest'
import { imageLayout, sampleImages } from '../../../src/main/store/datasets/images'
import { addDataset, syntheticScan, temporaryStore } from '../support/home'

describe('a sample of a dataset', () => {
  it('is of the test part, from its first image to its last', () => {
    const { db } = temporaryStore()
    const id = addDataset(db, 'trees', syntheticScan(['elm', 'oak', 'yew'], 100))
    const test = imageLayout(db, id, { part: 'test' }).ids.sort((a, b) => a - b)
    const sample = sampleImages(db, id, 12)
    expect(sample).toHaveLength(12)
    expect(test).toEqual(expect.arrayContaining(sample))
    expect([sample[0], sample.at(-1)]).toEqual([test[0], test.at(-1)])
  })

  it('takes from the other parts where test has fewer, and never an image twice', () => {
    const { db } = temporaryStore()
    const id = addDataset(db, 'few', syntheticScan(['elm', 'oak'], 5))
    const all = imageLayout(db, id, {}).ids
    expect(sampleImages(db, id, 6)).toHaveLength(6)
    expect(sampleImages(db, id, 100)).toEqual([...all].sort((a, b) => a - b))
  })
})
