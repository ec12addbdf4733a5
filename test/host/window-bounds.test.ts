import { describe, expect, it } from 'vitest'
import { firstState, fitState, leastSize, leastSizeOn, parseState } from '../../src/main/host/window-bounds'

const screen = { x: 0, y: 30, width: 1920, height: 1050 }
const small = { x: 0, y: 0, width: 1000, height: 600 }
const kept = { bounds: { x: 100, y: 80, width: 1200, height: 800 }, maximized: false }

describe('the place of the window', () => {
  it('is the one that it was left at', () => {
    expect(fitState(kept, screen)).toEqual(kept)
    expect(fitState({ ...kept, maximized: true }, screen).maximized).toBe(true)
  })

  it('is left to the desktop the first time, and when its screen was unplugged', () => {
    expect(fitState(null, screen)).toEqual(firstState)
    for (const bounds of [
      { ...kept.bounds, x: 2500 },
      { ...kept.bounds, x: -1300 },
      { ...kept.bounds, y: 1200 },
      { ...kept.bounds, y: -500 },
    ])
      expect(fitState({ ...kept, bounds }, screen).bounds).toEqual({ width: 1200, height: 800 })
  })

  it('is never smaller than what the interface works at, nor larger than the screen', () => {
    const tiny = { ...kept, bounds: { ...kept.bounds, width: 400, height: 300 } }
    expect(fitState(tiny, screen).bounds).toMatchObject(leastSize)
    const huge = { ...kept, bounds: { ...kept.bounds, width: 4000, height: 3000 } }
    expect(fitState(huge, screen).bounds).toMatchObject({ width: 1920, height: 1050 })
  })

  it('fits a screen that is smaller than the least size', () => {
    expect(leastSizeOn(screen)).toEqual(leastSize)
    expect(leastSizeOn(small)).toEqual({ width: 1000, height: 600 })
    expect(fitState(null, small).bounds).toEqual({ width: 1000, height: 600 })
  })

  it('is not believed from a file that is damaged', () => {
    expect(parseState(kept)).toEqual(kept)
    for (const damaged of [
      null,
      7,
      {},
      { bounds: {}, maximized: false },
      { ...kept, maximized: 'no' },
      { ...kept, bounds: { ...kept.bounds, x: '1' } },
      { ...kept, bounds: { ...kept.bounds, height: 1e300 } },
    ])
      expect(parseState(damaged)).toBeNull()
  })
})
