import { describe, expect, it } from 'vitest'
import {
  chosenCount,
  chosenIn,
  chosenOf,
  isChosen,
  joined,
  nothingChosen,
  rangeOf,
  toggled,
  type Selection,
} from '../../../src/renderer/ui/selection'

const placesOf = (selection: Selection): number[] =>
  Array.from({ length: 40 }, (_, index) => index).filter((index) => isChosen(selection, index))
const isTidy = (selection: Selection): boolean =>
  selection.length % 2 === 0 &&
  selection.every((bound, at) => at === 0 || bound > (selection[at - 1] ?? Infinity))

describe('a selection', () => {
  it('is the same whichever end of a range was first', () => {
    expect(rangeOf(7, 3)).toEqual(rangeOf(3, 7))
    expect(placesOf(rangeOf(7, 3))).toEqual([3, 4, 5, 6, 7])
    expect(placesOf(nothingChosen)).toEqual([])
  })

  it('holds a million places as one range', () => {
    const all = rangeOf(0, 999_999)
    expect(all).toHaveLength(2)
    expect(chosenCount(all)).toBe(1_000_000)
    expect(chosenCount(toggled(all, 500_000))).toBe(999_999)
    expect(isChosen(toggled(all, 500_000), 500_000)).toBe(false)
  })

  it('takes single places in and out as a set does, whatever the order', () => {
    let selection = nothingChosen
    const set = new Set<number>()
    // Each place of 40 many times, in an order without a pattern.
    for (let turn = 0, at = 7; turn < 400; turn++, at = (at * 29 + 11) % 40) {
      selection = toggled(selection, at)
      if (!set.delete(at)) set.add(at)
      expect(isTidy(selection)).toBe(true)
      expect(placesOf(selection)).toEqual([...set].sort((a, b) => a - b))
      expect(chosenCount(selection)).toBe(set.size)
    }
  })

  it('joins ranges that meet, overlap, or lie within one another', () => {
    const apart: Selection = [2, 5, 10, 12, 20, 30]
    for (let first = 0; first < 34; first++) {
      for (let last = first; last < 34; last++) {
        const both = joined(apart, rangeOf(first, last))
        expect(isTidy(both)).toBe(true)
        const wanted = new Set([...placesOf(apart), ...placesOf(rangeOf(first, last))])
        expect(placesOf(both)).toEqual([...wanted].sort((a, b) => a - b))
      }
    }
  })

  it('names what stands at its places, and finds it in another list', () => {
    const list = [10, 11, 12, 13, 14, 15]
    const selection: Selection = [1, 3, 4, 6]
    expect(chosenOf(selection, list)).toEqual([11, 12, 14, 15])
    expect(chosenIn(selection, list, [...list])).toBe(selection)
    const other = [15, 14, 13, 11, 10]
    expect(chosenOf(chosenIn(selection, list, other), other)).toEqual([15, 14, 11])
    expect(chosenIn(selection, list, [1, 2])).toEqual([])
  })
})
