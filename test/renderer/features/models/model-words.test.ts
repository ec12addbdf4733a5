import { describe, expect, it } from 'vitest'
import type { ModelEntry } from '../../../../src/contract/entities/model'
import { foundClasses } from '../../../../src/renderer/features/models/class-search'
import {
  addressIn,
  downloadWords,
  foundModels,
  inUseFirst,
  removal,
  variantWords,
} from '../../../../src/renderer/features/models/model-words'

const entry: ModelEntry = {
  id: 'published:BiT-M-R50x1',
  origin: 'published',
  name: 'BiT-M-R50x1',
  title: 'BiT-M-R50x1',
  architecture: 'R50x1',
  spec: { units: [3, 4, 6, 3], width: 1 },
  classCount: 21_843,
  hasClassNames: false,
  parameterCount: 68_256_659,
  cropPx: 224,
  convGmac: 4.1,
  byteCount: 273_000_000,
  state: 'absent',
  problem: null,
  trainedOn: 'ImageNet-21k',
  figures: [],
  path: null,
  runId: null,
  taskId: null,
  downloadedBytes: 0,
  cost: null,
}

describe('a model in words', () => {
  it('says what departs from BiT’s blocks, and nothing where nothing does', () => {
    expect(variantWords(entry.spec)).toBe('')
    expect(variantWords({ ...entry.spec, norm: 'group', convolution: 'standardized' })).toBe('')
    expect(variantWords({ ...entry.spec, norm: 'batch', convolution: 'plain' })).toBe(
      'BatchNorm, plain convolutions',
    )
  })

  it('offers a download whole, or what is left of it', () => {
    expect(downloadWords(entry)).toBe('Download 273 MB')
    expect(downloadWords({ ...entry, state: 'partial', downloadedBytes: 12e6 })).toBe(
      'Resume, 12.0 MB of 273 MB',
    )
  })

  it('stands before the others where it is in use, the last promoted first', () => {
    const runs = [1, 2, 3, 4].map((runId): ModelEntry => ({ ...entry, id: `run:${String(runId)}`, runId }))
    const ordered = inUseFirst(runs, [{ runId: 4 }, { runId: 2 }])
    expect(ordered.map(({ runId }) => runId)).toEqual([4, 2, 1, 3])
  })

  it('is deleted where it was downloaded, forgotten where it is a file, and neither elsewhere', () => {
    expect(removal(entry)).toBeNull()
    expect(removal({ ...entry, state: 'downloading' })).toBeNull()
    for (const state of ['ready', 'partial', 'broken'] as const)
      expect(removal({ ...entry, state })).toBe('delete')
    expect(removal({ ...entry, origin: 'file', state: 'broken' })).toBe('forget')
    expect(removal({ ...entry, origin: 'run', state: 'ready' })).toBeNull()
    expect(removal({ ...entry, origin: 'embedded', state: 'ready' })).toBeNull()
  })

  it('has the address that its card states', () => {
    expect(addressIn('From https://storage.googleapis.com/bit_models/BiT-M-R50x1.npz, Apache-2.0.')).toBe(
      'https://storage.googleapis.com/bit_models/BiT-M-R50x1.npz',
    )
    expect(addressIn('Trained here.')).toBeNull()
  })
})

describe('the models of a section', () => {
  const all: ModelEntry[] = [
    entry,
    { ...entry, id: 'published:BiT-S-R50x1', name: 'BiT-S-R50x1', trainedOn: 'ILSVRC-2012' },
    { ...entry, id: 'run:1', origin: 'run', name: 'R50x1 on flowers' },
  ]

  it('that are found have every word', () => {
    expect(foundModels(all, '')).toEqual(all)
    expect(foundModels(all, 'r50x1 ilsvrc').map(({ id }) => id)).toEqual(['published:BiT-S-R50x1'])
    expect(foundModels(all, 'r50x1 nothing')).toEqual([])
  })
})

describe('a search among class names', () => {
  const names = ['tabby cat', 'catamaran', 'dog', 'Egyptian cat']

  it('finds every word anywhere, those that begin with it first', () => {
    expect(foundClasses(names, 'cat')).toEqual([1, 0, 3])
    expect(foundClasses(names, 'cat EGYPT')).toEqual([3])
    expect(foundClasses(names, 'horse')).toEqual([])
  })

  it('leaves all in their order where nothing is asked', () => {
    expect(foundClasses(names, '  ')).toEqual([0, 1, 2, 3])
  })
})
