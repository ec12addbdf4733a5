import { describe, expect, it } from 'vitest'
import { wallHtml, wallSvg, type Wall, type WallImage } from '../../src/main/report/wall'
import { wallLayout } from '../../src/main/report/wall-layout'

const image = (changes: Partial<WallImage> = {}): WallImage => ({
  path: 'a/b.jpg',
  aspect: 1.5,
  prediction: 'Iris',
  label: 'Crocus',
  verdict: null,
  image: { bytes: new Uint8Array([1, 2, 3]), mime: 'image/jpeg' },
  ...changes,
})
const wall = (images: readonly WallImage[], isPlain = false): Wall => ({
  title: 'run',
  about: 'of a run',
  isPlain,
  images,
})

describe.each([
  ['SVG', wallSvg],
  ['HTML', wallHtml],
])('a wall as %s', (_name, write) => {
  it('has the prediction above and the label below, in the colour of what the raters say', () => {
    const text = write(
      wall([
        image({ verdict: 'prediction' }),
        image({ verdict: 'label' }),
        image({ verdict: 'both' }),
        image({ verdict: 'neither' }),
        image(),
      ]),
    )
    expect(text.indexOf('Iris')).toBeLessThan(text.indexOf('Crocus'))
    expect(text).toContain('raters agree with the prediction: 1 of 4, 25.0 % (95 % interval 4.6–69.9)')
    expect(text).toContain('unsure, both or neither: 2 of 4')
    expect(text).toContain('not judged: 1')
  })

  it('is plain where nobody is asked', () => {
    const text = write(wall([image()], true))
    expect(text).not.toContain('raters')
    expect(text).not.toMatch(/class="[plu]"|#1f8f49.*<image/)
  })

  it('takes no name for markup, and nothing from outside', () => {
    const evil = '<script>alert(1)</script>"\'&\u0001\u202e]]>'
    const text = write({
      title: evil,
      about: evil,
      isPlain: false,
      images: [image({ path: evil, prediction: evil, label: evil, verdict: 'label' })],
    })
    expect(text).not.toMatch(/<script|alert\(1\)<\/script|\u0001|\u202e/)
    expect(text).not.toMatch(/(?:href|src)="(?!data:)/)
    expect(text.replaceAll(/xmlns(?::xlink)?="[^"]+"/g, '')).not.toContain('http:')
    expect(text.replaceAll(/xmlns(?::xlink)?="[^"]+"/g, '')).not.toContain('https:')
  })

  it('says where an image cannot be read any more', () => {
    expect(write(wall([image({ image: null })]))).toMatch(/#e6e6e6|can no longer be read/)
  })
})

it('the rows are filled to the width, and none overlap', () => {
  const aspects = Array.from({ length: 137 }, (_, index) => 0.3 + ((index * 7) % 30) / 10)
  const { boxes, widthPx, heightPx } = wallLayout(aspects, 90)
  expect(boxes).toHaveLength(137)
  for (const { x, y, width, height } of boxes) {
    expect(x).toBeGreaterThanOrEqual(0)
    expect(x + width).toBeLessThanOrEqual(widthPx)
    expect(y).toBeGreaterThanOrEqual(90)
    expect(y + height).toBeLessThan(heightPx)
  }
  for (const [index, box] of boxes.entries()) {
    const next = boxes[index + 1]
    if (next !== undefined && next.y === box.y) expect(next.x).toBeGreaterThan(box.x + box.width)
  }
  expect(widthPx / heightPx).toBeGreaterThan(0.8)
  expect(widthPx / heightPx).toBeLessThan(2.2)
})
