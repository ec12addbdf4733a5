/** What a certificate calls agreement. */
import { describe, expect, it } from 'vitest'
import { compare } from '../../../src/main/trainer/export/certify'
import { probabilitiesOf } from '../../../src/main/trainer/export/distribution'
import type { ImageBatch } from '../../../src/main/trainer/export/golden-images'

const batch: ImageBatch = { count: 1, widthPx: 1, heightPx: 1, pixelsNhwc: new Uint8Array(3) }
const scaled = new Float32Array([0.5, 0.5, 0.5])

async function compared(
  ours: readonly number[],
  theirs: readonly number[],
  { rounding = 0, resized = scaled }: { rounding?: number; resized?: Float32Array | null } = {},
) {
  const logits = Float32Array.from(theirs)
  const outputs = { logits, probabilities: probabilitiesOf(logits, 'softmax'), resized }
  const runtime = { run: () => Promise.resolve(outputs) }
  const model = { classCount: ours.length, loss: 'softmax' } as const
  return compare([batch], [Float32Array.from(ours)], [scaled], runtime, model, rounding, () =>
    Promise.resolve(),
  )
}

describe('two sides agree', () => {
  it('within a ten-thousandth of the greatest logit', async () => {
    const near = await compared([8, -2], [8.0007, -2])
    expect(near).toMatchObject({ agrees: true, argMaxAgrees: true })
    expect(near.tolerance.absolute).toBeCloseTo(8e-4, 9)
    expect(near.logits.absolute).toBeCloseTo(7e-4, 5)
    expect(near.logits.relative).toBeCloseTo(7e-4 / 8, 6)
    expect(await compared([8, -2], [8.0009, -2])).toMatchObject({ agrees: false })
  })

  it('within ten roundings of a model that magnifies them, and never beyond a hundredth', async () => {
    expect(await compared([1, 0], [1.0008, 0])).toMatchObject({ agrees: false })
    expect(await compared([1, 0], [1.0008, 0], { rounding: 1e-4 })).toMatchObject({ agrees: true })
    expect(await compared([1, 0], [1.02, 0], { rounding: 1 })).toMatchObject({ agrees: false })
  })

  it('only where the resized images do', async () => {
    const resized = scaled.map((value) => value + 0.02 / 127.5)
    const result = await compared([1, 0], [1, 0], { resized })
    expect(result).toMatchObject({ agrees: false, logits: { absolute: 0 } })
    expect(result.resize?.greatestLevels).toBeCloseTo(0.02, 4)
    expect(await compared([1, 0], [1, 0], { resized: null })).toMatchObject({ agrees: true, resize: null })
  })

  it('never where a number is none, on either side or on both', async () => {
    for (const [ours, theirs] of [
      [1, NaN],
      [NaN, 1],
      [NaN, NaN],
      [Infinity, Infinity],
    ] as const)
      expect(await compared([ours, 0], [theirs, 0]), `${ours} ${theirs}`).toMatchObject({ agrees: false })
  })

  it('never where there are fewer numbers', async () => {
    expect(await compared([1, 0, 0], [1, 0])).toMatchObject({ agrees: false })
  })
})

describe('a certificate', () => {
  it('says where another class comes first', async () => {
    const close = await compared([1.00002, 1], [1, 1.00002])
    expect(close).toMatchObject({ agrees: true, argMaxAgrees: false, images: [{ argMaxAgrees: false }] })
  })

  it('has the hundred likeliest of many classes', async () => {
    const logits = Array.from({ length: 21_843 }, (_, index) => (index * 7919) % 21_843)
    const [image] = (await compared(logits, logits)).images
    expect(image?.logits).toHaveLength(100)
    expect(image?.logits[0]).toEqual({ classIndex: logits.indexOf(21_842), ours: 21_842, theirs: 21_842 })
  })
})
