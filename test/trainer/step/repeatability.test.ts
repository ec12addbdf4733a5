/** That a run gives the same numbers again, whole: losses, evaluations, predictions, checkpoints. On native TensorFlow. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { graphEngine } from '../../../src/main/trainer/engines/tensorflow/graph-engine'
import { deterministicOps, repeatability } from '../../../src/main/trainer/step/repeatability'
import { loadTestEngine } from '../support/engine'
import { numbersOf } from '../support/numbers'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-repeat-'))
  await loadTestEngine()
})
afterAll(() => rm(folder, { recursive: true }))

describe('two runs of one seed on native TensorFlow', () => {
  it.each(['float32', 'bfloat16'] as const)('give the same bits in %s', async (precision) => {
    // where a GPU computes, the trainer promises nothing
    if (graphEngine()?.device === 'gpu') return
    const overrides = { mixupAlpha: 0.2, precision }
    const first = await numbersOf(folder, overrides)
    expect(first.log).toContainEqual(expect.stringMatching(/^Repeatable: .* bit for bit/))
    expect(await numbersOf(folder, overrides)).toEqual(first)
    expect(first.losses).toHaveLength(6)
    expect(first.checkpoints).toHaveLength(2)
  })

  it('and differ with another seed or another precision', async () => {
    const first = await numbersOf(folder, {})
    expect((await numbersOf(folder, {}, 6)).checkpoints).not.toEqual(first.checkpoints)
    expect((await numbersOf(folder, { precision: 'bfloat16' })).checkpoints).not.toEqual(first.checkpoints)
  })
})

describe('the word on repeatability', () => {
  it('promises nothing of a GPU, and names the switch', () => {
    const gpu = { backend: 'tensorflow', recordedOn: 'gpu' } as const
    expect(repeatability({ ...gpu, deterministicOps: false })).toMatch(
      /^Not repeatable.*TF_DETERMINISTIC_OPS=1/,
    )
    expect(repeatability({ ...gpu, deterministicOps: true })).toMatch(/TF_DETERMINISTIC_OPS is set/)
  })

  it('promises nothing of an engine that nobody has tried', () => {
    for (const backend of ['tensorflow', 'webgpu'])
      expect(repeatability({ backend, recordedOn: null, deterministicOps: true })).toMatch(
        /^May not be repeatable/,
      )
  })

  it('reads the switch as TensorFlow does', () => {
    for (const text of ['1', 'true', 'TRUE'])
      expect(deterministicOps({ TF_DETERMINISTIC_OPS: text })).toBe(true)
    for (const text of ['0', 'false', '', 'yes'])
      expect(deterministicOps({ TF_DETERMINISTIC_OPS: text })).toBe(false)
    expect(deterministicOps({})).toBe(false)
  })
})
