import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import type { EngineReport } from '../../../src/contract/entities/model'
import { graphEngine } from '../../../src/main/trainer/engines/tensorflow/graph-engine'
import { loadEngine } from '../../../src/main/trainer/engines/load'
import { formatEngineReport } from '../../../src/main/cli/text/engine-report'

describe('loading an engine', () => {
  it('takes a fast engine by itself, never the plain JavaScript one', async () => {
    const report = await loadEngine('auto')
    expect(['tensorflow', 'wasm']).toContain(report.kind)
    expect(tf.getBackend()).toBe(report.kind)
  })

  it('leaves recorded graphs out where BITW_GRAPHS=0 says so, and says what that costs', async () => {
    process.env['BITW_GRAPHS'] = '0'
    try {
      const report = await loadEngine('tensorflow')
      expect(graphEngine()).toBeNull()
      expect(report.faster.join(' ')).toContain('BITW_GRAPHS=0')
    } finally {
      delete process.env['BITW_GRAPHS']
    }
  })

  it('gives the plain JavaScript engine when asked, and says what it is for', async () => {
    const report = await loadEngine('cpu')
    expect(report.why).toContain('for tests')
    // what a run keeps of the code that trained it
    expect(report.versions['workbench']).toMatch(/^\d+\.\d+\.\d+ [\da-f]{12}$/)
    expect(tf.getBackend()).toBe('cpu')
  })
})

describe('the report in a terminal', () => {
  it('names engine, reason, device, memory, versions and each hint', () => {
    const text = formatEngineReport({
      kind: 'wasm',
      version: '4.22.0',
      device: 'cpu',
      deviceName: 'Some CPU',
      threadCount: 1,
      memoryBytes: 3 * 2 ** 30,
      why: 'WebAssembly is used because there is no compiler.',
      faster: ['Install g++.', 'Buy a GPU.'],
      versions: { node: '22.0.0', tfjs: '4.22.0' },
      recordedGraphs: false,
    })
    expect(text.split('\n')).toEqual([
      'Engine    WebAssembly (tfjs-backend-wasm) 4.22.0',
      'Why       WebAssembly is used because there is no compiler.',
      'Device    CPU: Some CPU, 1 thread',
      'Step      op by op, in float32',
      'Memory    3.0 GiB available',
      'Versions  node 22.0.0, tfjs 4.22.0',
      'Faster    Install g++.',
      '          Buy a GPU.',
    ])
  })

  it('says how a step runs, and nothing of it where the report is older than that', async () => {
    const report = await loadEngine('cpu')
    const step = (changes: Partial<EngineReport>): string[] =>
      formatEngineReport({ ...report, ...changes })
        .split('\n')
        .filter((line) => line.startsWith('Step'))
    expect(step({ recordedGraphs: true, instructionSet: 'AVX-512', hasBfloat16: true })).toEqual([
      'Step      recorded TensorFlow graphs, our kernels with AVX-512; bfloat16 in hardware',
    ])
    expect(step({ recordedGraphs: true, instructionSet: 'AVX2', hasBfloat16: false })).toEqual([
      'Step      recorded TensorFlow graphs, our kernels with AVX2; bfloat16 emulated, slower',
    ])
    expect(step({ recordedGraphs: undefined })).toEqual([])
  })
})
