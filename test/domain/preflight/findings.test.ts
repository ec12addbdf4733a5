import { describe, expect, it } from 'vitest'
import type { FindingKind } from '../../../src/contract/entities/preflight'
import type { DuplicateGroup } from '../../../src/domain/duplicates/duplicate-groups'
import type { CheckedImage } from '../../../src/domain/preflight/checked-image'
import { findFaults } from '../../../src/domain/preflight/findings'
import { onePart } from '../../../src/domain/preflight/one-part'
import { medianOf, spreadOf } from '../../../src/domain/preflight/robust'

type Pixels = NonNullable<CheckedImage['pixels']>

/** Usual photos that differ a little in everything. */
function photos(
  count: number,
  change: (place: number) => Partial<CheckedImage> = () => ({}),
): CheckedImage[] {
  return Array.from({ length: count }, (_, place) => ({
    id: 100 + place,
    contentHash: String(100 + place),
    classIndex: place % 2,
    part: place % 5 === 4 ? 'test' : 'train',
    widthPx: 400 + (place % 40),
    heightPx: 300,
    pixels: pixels({
      brightness: 0.4 + (place % 20) / 100,
      sharpness: 400 + 60 * (place % 10),
      colourfulness: 25 + (place % 15),
    }),
    ...change(place),
  }))
}

function pixels(changes: Partial<Pixels>): Pixels {
  return { brightness: 0.45, contrast: 0.2, sharpness: 500, colourfulness: 30, ...changes }
}

function found(
  images: readonly CheckedImage[],
  kind: FindingKind,
  duplicates: readonly DuplicateGroup[] = [],
): number[][] {
  const { findings } = findFaults(images, 2, duplicates)
  return (findings.find((finding) => finding.kind === kind)?.found ?? []).map(({ items }) => [...items])
}

/** The photo at place 7, so. */
const withOdd = (odd: Partial<CheckedImage>): CheckedImage[] =>
  photos(60, (place) => (place === 7 ? odd : {}))

describe('odd images', () => {
  it('are none among usual photos', () => {
    expect(findFaults(photos(60), 2, []).findings).toEqual([])
  })

  it.for<[FindingKind, Partial<CheckedImage>]>([
    ['blank', { pixels: pixels({ contrast: 0.004, sharpness: 0, colourfulness: 0 }) }],
    ['dark', { pixels: pixels({ brightness: 0.06, contrast: 0.05 }) }],
    ['bright', { pixels: pixels({ brightness: 0.95, contrast: 0.05 }) }],
    ['blurred', { pixels: pixels({ sharpness: 9 }) }],
    ['odd-colours', { pixels: pixels({ colourfulness: 0.4 }) }],
    ['extreme-shape', { widthPx: 1600, heightPx: 200 }],
    ['extreme-size', { widthPx: 40, heightPx: 30 }],
    ['extreme-size', { widthPx: 9000, heightPx: 6000 }],
  ])('are found: %s', ([kind, odd]) => {
    expect(found(withOdd(odd), kind)).toEqual([[107]])
    expect(findFaults(withOdd(odd), 2, []).findings.map((finding) => finding.kind)).toEqual([kind])
  })

  it('are none where all are so: night shots, grey scans, pages', () => {
    const nights = photos(60, (place) => ({
      pixels: pixels({ brightness: 0.04 + (place % 10) / 200, contrast: 0.05 }),
    }))
    expect(found(nights, 'dark')).toEqual([])
    const scans = photos(60, () => ({ pixels: pixels({ colourfulness: 0 }) }))
    expect(found(scans, 'odd-colours')).toEqual([])
    const pages = photos(60, (place) => ({ widthPx: 100, heightPx: 300 + (place % 9) }))
    expect(found(pages, 'extreme-shape')).toEqual([])
    const soft = photos(60, (place) => ({ pixels: pixels({ sharpness: 10 + (place % 10) }) }))
    expect(found(soft, 'blurred')).toEqual([])
  })

  it('are the coloured ones among grey scans', () => {
    const scans = photos(60, (place) => ({ pixels: pixels({ colourfulness: place === 7 ? 40 : 0 }) }))
    expect(found(scans, 'odd-colours')).toEqual([[107]])
  })

  it('are not said to be dark where they were not measured', () => {
    expect(findFaults(withOdd({ pixels: null }), 2, []).findings).toEqual([])
  })
})

describe('duplicates', () => {
  it('across parts are leaks, under two labels conflicts; similar ones are neither', () => {
    const images = photos(20)
    const duplicates: DuplicateGroup[] = [
      { kind: 'same-bytes', members: [0, 2] },
      { kind: 'same-image', members: [1, 2] },
      { kind: 'same-image', members: [3, 4] },
      { kind: 'similar', members: [5, 9] },
    ]
    expect(found(images, 'leak', duplicates)).toEqual([[103, 104]])
    expect(found(images, 'conflicting-labels', duplicates)).toEqual([
      [101, 102],
      [103, 104],
    ])
    expect(found(images, 'same-bytes', duplicates)).toEqual([[100, 102]])
    expect(found(images, 'similar', duplicates)).toEqual([[105, 109]])
  })
})

describe('classes', () => {
  it('that a part lacks are named with the part', () => {
    const images = photos(20, (place) => (place % 5 === 4 ? { classIndex: 0 } : {}))
    const { findings } = findFaults(images, 2, [])
    expect(findings).toEqual([
      {
        kind: 'class-missing',
        subject: 'classes',
        found: [{ items: [1], keys: ['1'], note: 'none in test' }],
      },
    ])
  })

  it('with five times fewer or more images than the median are uneven, the smallest first', () => {
    const sizes = [100, 90, 110, 10, 900]
    const images = sizes.flatMap((size, classIndex) =>
      photos(size, (place) => ({ classIndex, id: classIndex * 1000 + place })),
    )
    const { findings, classes } = findFaults(images, 5, [])
    expect(findings.find(({ kind }) => kind === 'imbalance')?.found).toEqual([
      { items: [3], keys: ['3'], note: '10 images' },
      { items: [4], keys: ['4'], note: '900 images' },
    ])
    expect(classes).toMatchObject({ leastCount: 10, mostCount: 900 })
  })
})

it('brings a group where most of it are, and never into a part that the dataset itself holds out', () => {
  expect(onePart(['test', 'train', 'test'], 'seeded')).toBe('test')
  expect(onePart(['test', 'train'], 'seeded')).toBe('train')
  expect(onePart(['test', 'val'], 'seeded')).toBe('val')
  expect(onePart(['test', 'train', 'test'], 'folders')).toBe('train')
  expect(onePart(['test', 'val'], 'mixed')).toBe('val')
})

it('measures the middle and the spread whatever a few values are', () => {
  expect(medianOf([3, 1, 2])).toBe(2)
  expect(medianOf([4, 1, 2, 3])).toBe(2.5)
  expect(medianOf([])).toBe(0)
  expect(spreadOf([1, 2, 3, 4, 1e9])).toEqual({ median: 3, spread: 1.482602218505602 })
})
