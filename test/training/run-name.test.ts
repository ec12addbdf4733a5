import { describe, expect, it } from 'vitest'
import { suggestRunName } from '../../src/main/training/run-name'

const xs = { origin: 'embedded:bit-tiny', model: 'units:1-1-1-1,width:1' }
const r50 = { origin: null, model: 'R50x1' }

describe('suggested run names', () => {
  it('say the dataset and the model that it starts from, and take the first free number', () => {
    expect(suggestRunName('flowers', xs, new Set())).toBe('flowers-bit-tiny-1')
    expect(suggestRunName('flowers', xs, new Set(['flowers-bit-tiny-1', 'flowers-bit-tiny-3']))).toBe(
      'flowers-bit-tiny-2',
    )
    expect(suggestRunName('flowers17', { origin: 'published:BiT-M-R50x1', model: 'R50x1' }, new Set())).toBe(
      'flowers17-bit-m-r50x1-1',
    )
  })

  it('say the size where the run starts from zero', () => {
    expect(suggestRunName('flowers', r50, new Set())).toBe('flowers-r50x1-1')
    expect(suggestRunName('flowers', { origin: null, model: 'units:1-1-1-1,width:0.5+bn' }, new Set())).toBe(
      'flowers-r14x0.5-bn-1',
    )
    expect(suggestRunName('flowers', { origin: null, model: 'units:2-3-4-2,width:0.5' }, new Set())).toBe(
      'flowers-2-3-4-2x0.5-1',
    )
  })

  it('make one word of spaces and signs, and keep other scripts', () => {
    expect(suggestRunName('Meine Blüten (2)', xs, new Set())).toBe('meine-blüten-2-bit-tiny-1')
    expect(suggestRunName('//', r50, new Set())).toBe('run-r50x1-1')
  })

  it('are free whatever is taken', () => {
    const taken = new Set<string>()
    for (let run = 0; run < 120; run++) taken.add(suggestRunName('d', r50, taken))
    expect(taken.size).toBe(120)
    expect(suggestRunName('d', r50, taken)).toBe('d-r50x1-121')
  })
})
