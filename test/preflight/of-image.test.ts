/** What a check says of one image, from a home that was filled by hand. */
import { describe, expect, it } from 'vitest'
import { atOnce } from '../../src/domain/in-turns'
import { keepOutOfFold } from '../../src/main/preflight/keep-out-of-fold'
import { checkOfImage } from '../../src/main/preflight/of-image'
import { getDataset } from '../../src/main/store/datasets/datasets'
import { putCheck } from '../../src/main/store/datasets/preflight'
import { readingStored } from '../../src/main/store/datasets/stored-images'
import { putDoubts } from '../../src/main/store/labels/label-doubts'
import { addDataset, syntheticScan, temporaryStore } from '../store/support/home'

function filled() {
  const { db } = temporaryStore()
  const datasetId = addDataset(db, 'trees', syntheticScan(['elm', 'oak'], 20))
  const images = atOnce(readingStored(db, datasetId))
  const [first, second, third] = images.filter(({ part }) => part === 'train')
  const heldOut = images.find(({ part }) => part === 'test')
  if (!first || !second || !third || !heldOut) throw new Error('too few images')
  return { db, datasetId, images, first, second, third, heldOut }
}

describe('what a check says of one image', () => {
  it('is nothing where there was none', () => {
    const { db, datasetId, first } = filled()
    expect(checkOfImage(db, first.id)).toEqual({
      ...{ datasetId, checkedAtMs: null, labelsCheckedAtMs: null, outOfFold: null, copies: [], copyIds: [] },
    })
  })

  it('are its duplicates, the same image before what is merely alike', () => {
    const { db, datasetId, first, second, third, heldOut } = filled()
    putCheck(db, datasetId, { splitId: getDataset(db, datasetId).split.id, checkedAtMs: 7, unreadCount: 0 }, [
      { kind: 'similar', contentHashes: [first.contentHash, heldOut.contentHash] },
      { kind: 'same-image', contentHashes: [first.contentHash, second.contentHash] },
    ])
    const found = checkOfImage(db, first.id)
    expect(found.checkedAtMs).toBe(7)
    expect(found.copies.map(({ id, kind, part }) => [id, kind, part])).toEqual([
      [second.id, 'same-image', 'train'],
      [heldOut.id, 'similar', 'test'],
    ])
    expect(found.copyIds).toEqual([second.id, heldOut.id])
    expect(checkOfImage(db, second.id).copies.map(({ id }) => id)).toEqual([first.id])
    expect(checkOfImage(db, third.id).copies).toEqual([])
  })

  it('is what a probe said that had not seen it, and whether its label is doubted', async () => {
    const { db, datasetId, images, first, second, heldOut } = filled()
    const probabilities = Float32Array.from(
      images.flatMap(({ classIndex }) => (classIndex === 0 ? [0.75, 0.25] : [0.5, 0.5])),
    )
    await keepOutOfFold({ db, clock: () => 5 }, datasetId, images, probabilities, 2, () => Promise.resolve())
    putDoubts(db, datasetId, 6, [
      {
        ...{ contentHash: first.contentHash, label: first.className, suggested: 'oak' },
        ...{ labelProbability: 0.125, suggestedProbability: 0.875 },
      },
      // of a label that the image has no more
      {
        ...{ contentHash: second.contentHash, label: 'ash', suggested: 'oak' },
        ...{ labelProbability: 0.1, suggestedProbability: 0.9 },
      },
    ])
    expect(checkOfImage(db, first.id)).toMatchObject({
      labelsCheckedAtMs: 6,
      outOfFold: { label: 'elm', labelProbability: 0.125, predicted: 'oak', isDoubted: true },
    })
    expect(checkOfImage(db, second.id).outOfFold).toEqual({
      ...{ label: 'elm', labelProbability: expect.closeTo(0.75, 2) },
      ...{ predicted: 'elm', predictedProbability: expect.closeTo(0.75, 2), isDoubted: false },
    })
    // held out and not doubted: nobody kept what was said of it
    expect(checkOfImage(db, heldOut.id).outOfFold).toBeNull()
  })
})
