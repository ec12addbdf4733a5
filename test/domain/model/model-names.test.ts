import fc from '../../support/properties'
import { describe, expect, it } from 'vitest'
import {
  modelIdWords,
  sizeWords,
  startSlug,
  startWords,
  trainedWords,
} from '../../../src/domain/model/model-names'
import { modelName, parseModel } from '../../../src/domain/model/spec'

const xs = { origin: 'embedded:bit-tiny', model: 'units:1-1-1-1,width:1' }
const zero = { origin: null, model: 'units:1-1-1-1,width:0.5' }

const unit = fc.integer({ min: 1, max: 64 })
const specs = fc.record({
  units: fc.tuple(unit, unit, unit, unit),
  width: fc.integer({ min: 1, max: 16 }).map((halves) => halves / 2),
  norm: fc.constantFrom<'group' | 'batch'>('group', 'batch'),
  convolution: fc.constantFrom<'standardized' | 'plain'>('standardized', 'plain'),
})

describe('a model’s size for people', () => {
  it('is its published name, that of ResNet-14 and ResNet-26, and only else its units', () => {
    expect(sizeWords('R152x4')).toBe('R152x4')
    expect(sizeWords('units:1-1-1-1,width:0.5')).toBe('R14x0.5')
    expect(sizeWords('units:2-2-2-2,width:1')).toBe('R26x1')
    expect(sizeWords('units:2-3-4-2,width:0.5')).toBe('2-3-4-2 × 0.5')
  })

  it('is read with a space behind the comma, and left as it is where it is more than a size', () => {
    expect(sizeWords('units:1-1-1-1, width:0.5')).toBe('R14x0.5')
    expect(sizeWords('my units:1-1-1-1,width:0.5')).toBe('my units:1-1-1-1,width:0.5')
    expect(sizeWords('units:1-1-1-1,width:0.5px')).toBe('units:1-1-1-1,width:0.5px')
  })

  it('says layers that are not BiT’s', () => {
    expect(sizeWords('R50x1+bn+plain')).toBe('R50x1, BatchNorm, plain convolutions')
    expect(sizeWords('units:1-1-1-1,width:1+bn')).toBe('R14x1, BatchNorm')
  })

  it('is never the form that the core stores for a size without a published name, and tells any two sizes apart', () => {
    fc.assert(
      fc.property(specs, specs, (one, other) => {
        const [a, b] = [modelName(one), modelName(other)]
        expect(sizeWords(a)).not.toContain('units')
        expect(sizeWords(a) === sizeWords(b)).toBe(a === b)
      }),
    )
  })

  it('can be asked for where it is a name', () => {
    for (const name of ['R14x0.5', 'R14x1', 'R26x0.5', 'R50x1', 'R152x4'])
      expect(sizeWords(parseModel(name).name)).toBe(name)
  })
})

describe('what a model was trained from', () => {
  it('is the model’s name, or its size from zero', () => {
    expect(startWords(xs)).toBe('BiT-Tiny')
    expect(startWords(zero)).toBe('R14x0.5 from zero')
    expect(startWords({ origin: null, model: 'R50x1+bn' })).toBe('R50x1 from zero, BatchNorm')
    expect(startWords({ origin: 'published:BiT-M-R50x1', model: 'R50x1' })).toBe('BiT-M-R50x1')
    expect(startWords({ origin: 'path:/home/me/my model.safetensors', model: 'R50x1' })).toBe('my model')
  })

  it('is the size alone where the run that it came from was deleted', () => {
    expect(startWords({ origin: 'run:12', model: 'R50x1' })).toBe('R50x1')
    expect(startSlug({ origin: 'run:12', model: 'R50x1' })).toBe('R50x1')
  })

  it('is said with how and on what it was trained', () => {
    const flowers = { datasetName: 'flowers', linearProbe: false }
    expect(trainedWords({ ...xs, ...flowers })).toBe('BiT-Tiny fine-tuned on flowers')
    expect(trainedWords({ ...xs, ...flowers, linearProbe: true })).toBe(
      'BiT-Tiny with a new head for flowers',
    )
    expect(trainedWords({ ...zero, ...flowers })).toBe('R14x0.5 from zero on flowers')
  })
})

describe('an id without its model at hand', () => {
  it('is the run, the file or the published name', () => {
    expect(modelIdWords('run:12')).toBe('run 12')
    expect(modelIdWords('run:12@400')).toBe('run 12, step 400')
    expect(modelIdWords('run:12@best')).toBe('run 12, best checkpoint')
    expect(modelIdWords('path:/home/me/a file.npz')).toBe('a file')
    expect(modelIdWords('path:C:\\weights\\R50x1.npz')).toBe('R50x1')
    expect(modelIdWords('path:/home/me/.npz')).toBe('.npz')
    expect(modelIdWords('published:BiT-M-R50x1')).toBe('BiT-M-R50x1')
    expect(modelIdWords('embedded:bit-tiny')).toBe('BiT-Tiny')
    expect(modelIdWords('embedded:bit-xs')).toBe('BiT-XS')
    expect(modelIdWords('embedded:something')).toBe('something')
    expect(modelIdWords('embedded:orbit-xs')).toBe('orbit-xs')
  })
})
