import { expect, it } from 'vitest'
import {
  isSameShown,
  shownAddress,
  shownImages,
} from '../../../../src/renderer/features/datasets/shown-images'

it('an address says what is shown, and how; without words as usual', () => {
  expect(shownImages({})).toEqual({ query: '', layout: 'grid', rowPx: 112 })
  expect(shownImages({ q: 'a', as: 'list', px: '160' })).toEqual({ query: 'a', layout: 'list', rowPx: 160 })
  for (const px of ['', 'x', '-3', 'NaN']) expect(shownImages({ px }).rowPx).toBe(112)
  expect([shownImages({ px: '1' }).rowPx, shownImages({ px: '9999' }).rowPx]).toEqual([64, 320])
})

it('a view has an address that shows it', () => {
  for (const view of [
    { query: 'sort:-width', layout: 'list' as const, rowPx: 160 },
    { query: '', layout: null, rowPx: null },
  ]) {
    const address = Object.entries(shownAddress(view)).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value] as const],
    )
    expect(isSameShown(shownImages(Object.fromEntries(address)), view)).toBe(true)
    expect(isSameShown(shownImages({ q: 'other' }), view)).toBe(false)
  }
})
