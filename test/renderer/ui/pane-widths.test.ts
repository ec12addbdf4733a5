import { describe, expect, it } from 'vitest'
import { firstWidth, keepWidth, keptWidth, rangeOf, within } from '../../../src/renderer/ui/pane-widths'

const pane = { label: 'Filter', widthPx: 240, leastPx: 160 }

function store(): Storage {
  const map = new Map<string, string>()
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  } as Storage
}

describe('the width of a side pane', () => {
  it('begins a sixth smaller in a narrow window, and never below its least', () => {
    expect(firstWidth(pane, 1800)).toBe(240)
    expect(firstWidth(pane, 1200)).toBe(200)
    expect(firstWidth({ ...pane, widthPx: 170 }, 1000)).toBe(160)
  })

  it('leaves the middle its room as long as there is any', () => {
    expect(rangeOf(pane, 300, 1000)).toEqual({ leastPx: 160, mostPx: 340 })
    expect(rangeOf(pane, 300, 600)).toEqual({ leastPx: 160, mostPx: 160 })
    expect([100, 250.4, 900].map((widthPx) => within(widthPx, rangeOf(pane, 300, 1000)))).toEqual([
      160, 250, 340,
    ])
  })

  it('is kept for each pane until it is taken back, and only when it is a width', () => {
    const kept = store()
    expect(keptWidth(kept, 'dataset.start')).toBeNull()
    keepWidth(kept, 'dataset.start', 251.6)
    expect(keptWidth(kept, 'dataset.start')).toBe(252)
    expect(keptWidth(kept, 'dataset.end')).toBeNull()
    keepWidth(kept, 'dataset.start', null)
    expect(keptWidth(kept, 'dataset.start')).toBeNull()
    kept.setItem('bitw.pane.dataset.start', '1e99')
    expect(keptWidth(kept, 'dataset.start')).toBeNull()
  })
})
