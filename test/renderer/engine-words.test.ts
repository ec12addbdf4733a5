import { describe, expect, it } from 'vitest'
import { bfloat16Words, deviceWords, stepWords } from '../../src/renderer/engine-words'
import { engineReport as old } from '../support/engine-report'

describe('the words for an engine', () => {
  it('say nothing that an old report does not', () => {
    expect(stepWords(old)).toBeNull()
    expect(bfloat16Words(old)).toBeNull()
    expect(deviceWords(old)).toBe('CPU, 2 threads')
  })

  it('name how a step runs', () => {
    expect(stepWords({ ...old, recordedGraphs: true, instructionSet: 'AVX2' })).toBe('recorded graph, AVX2')
    expect(stepWords({ ...old, device: 'gpu', recordedGraphs: true })).toBe('recorded graph')
    expect(stepWords({ ...old, recordedGraphs: false })).toBe('op by op')
  })

  it('offer bfloat16 only where steps are recorded', () => {
    expect(bfloat16Words({ ...old, recordedGraphs: true, hasBfloat16: true })).toBe('in hardware')
    expect(bfloat16Words({ ...old, recordedGraphs: true, hasBfloat16: false })).toMatch(/^emulated/)
    expect(bfloat16Words({ ...old, recordedGraphs: false, hasBfloat16: true })).toBe('not available')
  })
})
