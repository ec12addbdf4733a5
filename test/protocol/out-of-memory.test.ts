import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '../../src/contract/errors'
import { outOfMemory } from '../../src/main/protocol/out-of-memory'

describe('an empty memory', () => {
  it.each([
    'std::bad_alloc',
    'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[8,64,64,64]',
    'RESOURCE_EXHAUSTED: Out of memory while trying to allocate 17179869184 bytes',
    'Array buffer allocation failed',
  ])('is known by: %s', (message) => {
    expect(outOfMemory(new Error(message))).toMatchObject({ code: 'out-of-memory' })
  })

  it('is not seen in other errors', () => {
    expect(outOfMemory(new Error('The shapes differ'))).toBeNull()
    expect(outOfMemory(new WorkbenchError('bad-weights', 'out of memory.npz is damaged'))).toBeNull()
  })
})
