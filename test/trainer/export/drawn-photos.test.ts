/** What an export's certificate says of photos is measured on images that are like them. */
import { describe, expect, it } from 'vitest'
import { comparePhoto, drawPhotos, summary } from '../../../src/main/trainer/export/drawn-photos'
import { drawPhotoLike } from '../../../src/main/trainer/export/photo-like'

const photo = {
  whole: { count: 1, widthPx: 1, heightPx: 1, pixelsNhwc: new Uint8Array(3) },
  square: Uint8Array.of(10, 20, 30),
}
const model = { cropPx: 1, loss: 'softmax' } as const

describe('the photos of a certificate', () => {
  it('are of many sizes, upright and wide, from enlarged to shrunk by twelve and more', async () => {
    const sizes: [number, number][] = []
    for await (const { whole, square } of drawPhotos(16)) {
      expect(square).toHaveLength(16 * 16 * 3)
      expect(whole.pixelsNhwc).toHaveLength(whole.widthPx * whole.heightPx * 3)
      sizes.push([whole.widthPx, whole.heightPx])
    }
    const shorter = sizes.map((size) => Math.min(...size) / 16)
    expect(Math.min(...shorter)).toBeLessThan(1)
    expect(Math.max(...shorter)).toBeGreaterThan(12)
    expect(sizes.some(([width, height]) => width > height)).toBe(true)
    expect(sizes.some(([width, height]) => width < height)).toBe(true)
  })

  it('are other ones for each number, and the same on every machine', () => {
    expect(drawPhotoLike(24, 18, 1)).toEqual(drawPhotoLike(24, 18, 1))
    expect(drawPhotoLike(24, 18, 1)).not.toEqual(drawPhotoLike(24, 18, 2))
  })

  it('are compared in grey levels and in the probabilities of the class that differs most', () => {
    const theirs = {
      logits: Float32Array.of(0, 1),
      probabilities: Float32Array.of(0.4, 0.6),
      resized: Float32Array.of(11, 20, 28).map((level) => level / 127.5 - 1),
    }
    const compared = comparePhoto(photo, Float32Array.of(1, 1), theirs, model)
    expect(compared).toMatchObject({ widthPx: 1, heightPx: 1, argMaxAgrees: false })
    expect(compared.meanLevels).toBeCloseTo(1, 4)
    expect(compared.greatestLevels).toBeCloseTo(2, 4)
    expect(compared.probabilities).toBeCloseTo(0.1, 6)
  })

  it('are summed up by the median and the worst, so that one easy image hides nothing', () => {
    const base = { widthPx: 1, heightPx: 1, greatestLevels: 0, argMaxAgrees: true }
    const photos = [0.3, 0.1, 0.9, 0.2].map((value) => ({
      ...base,
      meanLevels: value,
      probabilities: value / 10,
    }))
    const { meanLevels, probabilities } = summary(photos)
    expect(meanLevels).toEqual({ median: 0.25, worst: 0.9 })
    expect(probabilities.median).toBeCloseTo(0.025, 12)
    expect(probabilities.worst).toBeCloseTo(0.09, 12)
  })
})
