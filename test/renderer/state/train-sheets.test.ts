import { describe, expect, it } from 'vitest'
import { emptySheet, type Sheet } from '../../../src/renderer/state/runs/train-settings'
import { datasetIdOf, datasetKey, TrainSheets } from '../../../src/renderer/state/runs/train-sheets'

class MemoryStorage {
  readonly items = new Map<string, string>()
  getItem(key: string): string | null {
    return this.items.get(key) ?? null
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value)
  }
}

const flowers = datasetKey({ id: 1, createdAtMs: 100 })
const pets = datasetKey({ id: 2, createdAtMs: 200 })
const set: Sheet = {
  ...emptySheet,
  from: 'embedded:bit-tiny',
  settings: { stepCount: 20, precision: 'bfloat16', norm: 'batch' },
  seed: 4,
  name: 'mine',
}

describe('the sheets of the Train screen', () => {
  it('are kept for each dataset apart', () => {
    const sheets = new TrainSheets(new MemoryStorage())
    sheets.put(flowers, set)
    expect(sheets.get(flowers)).toEqual(set)
    expect(sheets.get(pets)).toBeNull()
  })

  it('outlive a reload, with the dataset that was open', () => {
    const storage = new MemoryStorage()
    const before = new TrainSheets(storage)
    before.put(pets, emptySheet)
    before.put(flowers, set)
    const after = new TrainSheets(storage)
    expect(after.current).toBe(flowers)
    expect(after.get(flowers)).toEqual(set)
    expect(after.get(pets)).toEqual(emptySheet)
  })

  it('are not those of another home’s dataset that was given the same number', () => {
    expect(datasetKey({ id: 1, createdAtMs: 999 })).not.toBe(flowers)
    expect(datasetIdOf(flowers)).toBe(1)
  })

  it.each([
    ['no JSON', '{'],
    ['another form', '[]'],
    [
      'a value that is not allowed',
      JSON.stringify({ current: flowers, sheets: { [flowers]: { ...set, seed: -1 } } }),
    ],
    [
      'a setting that is none',
      JSON.stringify({
        current: flowers,
        sheets: { [flowers]: { ...set, settings: { stepCount: 'many' } } },
      }),
    ],
  ])('begin anew where what was kept is %s', (_, text) => {
    const storage = new MemoryStorage()
    new TrainSheets(storage).put(flowers, set)
    for (const key of storage.items.keys()) storage.setItem(key, text)
    const sheets = new TrainSheets(storage)
    expect(sheets.current).toBeNull()
    expect(sheets.get(flowers)).toBeNull()
  })
})
