import { expect, it } from 'vitest'
import { engineWanted } from '../../src/main/protocol/engine-wanted'

it('takes the engine from BITW_ENGINE, and refuses a word that is none', () => {
  expect(engineWanted({})).toBe('auto')
  expect(engineWanted({ BITW_ENGINE: '' })).toBe('auto')
  expect(engineWanted({ BITW_ENGINE: 'wasm' })).toBe('wasm')
  expect(() => engineWanted({ BITW_ENGINE: 'cuda' })).toThrow('BITW_ENGINE is "cuda"')
})
