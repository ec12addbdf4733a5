/** A decode that fails leaves a white, black or grey image: none of them counts as read. */
import { describe, expect, test } from 'vitest'
import { sharp } from '../../src/main/images/image-library'
import { refuseDamaged } from '../../src/main/images/soundness'
import { noise } from './support/images'

function photo(): ReturnType<typeof sharp> {
  const { pixels } = noise(1, 160, 120)
  return sharp(pixels, { raw: { width: 160, height: 120, channels: 3 } })
}

/** Zeros over the middle of its bytes, which its decoder cannot take for anything. */
function broken(whole: Buffer): Buffer {
  const middle = whole.length >> 1
  return Buffer.from(whole).fill(0xff, middle, middle + 400)
}

/** A little-endian TIFF with the first two entries of its directory swapped: a sound image of which decoders complain. */
function unsorted(tiff: Buffer): Buffer {
  const untidy = Buffer.from(tiff)
  const first = untidy.readUInt32LE(4) + 2
  tiff.copy(untidy, first, first + 12, first + 24)
  tiff.copy(untidy, first + 12, first, first + 12)
  return untidy
}

describe('a TIFF', () => {
  const kinds = (['lzw', 'deflate', 'packbits', 'jpeg'] as const).flatMap((compression) =>
    [true, false].map((tile) => ({ compression, tile })),
  )

  test.each(kinds)(
    'of $compression, in tiles: $tile, is refused where a part of it fails',
    async (options) => {
      const whole = await photo()
        .tiff({ ...options, tileWidth: 32, tileHeight: 32 })
        .toBuffer()
      await expect(refuseDamaged(whole)).resolves.toBeUndefined()
      await expect(refuseDamaged(unsorted(whole))).resolves.toBeUndefined()
      if (options.compression === 'packbits') return // any bytes are some pixels
      await expect(refuseDamaged(broken(whole))).rejects.toThrow(/damaged/)
      // what it complains of first must not hide what it complains of next
      await expect(refuseDamaged(unsorted(broken(whole)))).rejects.toThrow(/damaged/)
    },
  )
})

describe('a JPEG', () => {
  test('is refused where a table was lost, and read where a few bytes stand between two of its marks', async () => {
    const whole = await photo().jpeg().toBuffer()
    const table = whole.indexOf(Buffer.from([0xff, 0xc4]))
    const lost = Buffer.from(whole).fill(0, table, table + 24)
    await expect(refuseDamaged(lost)).rejects.toThrow(/damaged/)
    const untidy = Buffer.concat([whole.subarray(0, table), Buffer.alloc(5), whole.subarray(table)])
    await expect(refuseDamaged(untidy)).resolves.toBeUndefined()
    const padded = Buffer.concat([whole.subarray(0, -2), Buffer.alloc(40), whole.subarray(-2)])
    await expect(refuseDamaged(padded)).resolves.toBeUndefined()
  })
})
