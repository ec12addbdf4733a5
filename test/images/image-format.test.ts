/** What is said of images that nothing here decodes: what they are, and never that they are damaged. */
import { describe, expect, test } from 'vitest'
import { decodeKept } from '../../src/main/images/decode'
import { squashedTo } from '../../src/main/images/kept-size'
import { imageHeader } from '../../src/main/images/open-image'
import { refusedByHead } from '../../src/main/images/refusal'

const isoFile = (brands: string): Buffer => {
  const head = Buffer.from(`\0\0\0\0ftyp${brands}`, 'latin1')
  head.writeUInt32BE(head.length)
  return Buffer.concat([head, Buffer.alloc(200)])
}

const heads: readonly (readonly [string, Buffer | string])[] = [
  ['HEIC', isoFile('heic\0\0\0\0mif1heic')],
  ['HEIC', isoFile('mif1\0\0\0\0mif1heic')],
  ['JPEG XL', '\xff\x0a\xfa\x1f'],
  ['JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n'],
  ['JPEG-LS', '\xff\xd8\xff\xf7\0\x0b\x08'],
  ['Photoshop', '8BPS\0\x01'],
  ['SVG', '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ['OpenEXR', '\x76\x2f\x31\x01\x02\0\0\0'],
  ['Radiance HDR', '#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n'],
  ['QOI', 'qoif\0\0\0\x10'],
  ['DDS', 'DDS |\0\0\0'],
  ['FITS', 'SIMPLE  =                    T'],
  ['ICO', '\0\0\x01\0\x02\0\x10\x10\0\0\x01\0\x20\0'],
  ['PAM', 'P7\nWIDTH 2\n'],
  ['PFM', 'PF\n2 2\n-1.0\n'],
]

describe('is not supported, in the same words in an import, a run, and a prediction', () => {
  test.each(heads)('%s', async (name, head) => {
    const file = typeof head === 'string' ? Buffer.from(head, 'latin1') : head
    const refusal = { code: 'unsupported-format', message: `not supported: ${name} images` }
    expect(refusedByHead(file)).toMatchObject(refusal)
    await expect(imageHeader(file)).rejects.toMatchObject(refusal)
    await expect(decodeKept('a photo', squashedTo(8), file)).rejects.toMatchObject({
      code: 'bad-image',
      message: `The image a photo cannot be read: not supported: ${name} images.`,
      wayOut: 'Save the image as JPEG or PNG.',
    })
  })

  test('what is no image is only that', () => {
    for (const text of ['hello', '\0\0\x01\xba video', 'SIMPLE words', 'qoi', '#?!/bin/sh\n'])
      expect(refusedByHead(Buffer.from(text, 'latin1'))?.message).toBe('it is not an image')
  })
})
