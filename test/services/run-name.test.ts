import { describe, expect, it } from 'vitest'
import { suggestRunName } from '../../src/main/services/run-name'

describe('suggested run names', () => {
  it('says dataset and model and takes the first free letter', () => {
    expect(suggestRunName('flowers17', 'R50x1', new Set())).toBe('flowers17-r50x1-a')
    expect(suggestRunName('flowers17', 'R50x1', new Set(['flowers17-r50x1-a', 'flowers17-r50x1-b']))).toBe(
      'flowers17-r50x1-c',
    )
  })

  it('makes one word of spaces and signs, and keeps other scripts', () => {
    expect(suggestRunName('Meine Blüten (2)', 'units:1-1-1-1,width:0.5', new Set())).toBe(
      'meine-blüten-2-u1-1-1-1w0.5-a',
    )
    expect(suggestRunName('//', 'R50x1', new Set())).toBe('run-r50x1-a')
  })

  it('goes on after z', () => {
    const taken = new Set<string>()
    for (let index = 0; index < 26 * 27; index++) taken.add(suggestRunName('d', 'R50x1', taken))
    expect(taken.size).toBe(26 * 27)
    expect(taken).toContain('d-r50x1-aa')
    expect(suggestRunName('d', 'R50x1', taken)).toBe('d-r50x1-aaa')
  })
})
