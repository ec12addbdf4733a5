import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { trainerEnvironment, withMemoryLimit } from '../../src/main/engine/environment'
import { canMultiplyBfloat16, parseCapability, parseCpuFlags, parseGpu } from '../../src/main/engine/machine'
import { readSetupRecord } from '../../src/main/engine/setup-record'

let cachePath: string
beforeEach(() => {
  cachePath = mkdtempSync(join(tmpdir(), 'bitw-cache-'))
})
afterEach(() => rmSync(cachePath, { recursive: true, force: true }))

function record(kind: string, libraryFolders: string[], cudaDataFolder: string | null): void {
  writeFileSync(
    join(cachePath, 'engine.json'),
    JSON.stringify({ kind, version: '2.20.0', libraryFolders, cudaDataFolder, note: '' }),
  )
}

describe('the trainer’s environment', () => {
  it('switches oneDNN on and TensorFlow’s chatter off', () => {
    const environment = trainerEnvironment({ BITW_CACHE: cachePath, HOME: '/home/someone' })
    expect(environment).toMatchObject({
      TF_ENABLE_ONEDNN_OPTS: '1',
      TF_CPP_MIN_LOG_LEVEL: '2',
      HOME: '/home/someone',
    })
    expect(environment['LD_LIBRARY_PATH']).toBeUndefined()
  })

  it('keeps what the user has set', () => {
    expect(trainerEnvironment({ BITW_CACHE: cachePath, TF_ENABLE_ONEDNN_OPTS: '0' })).toMatchObject({
      TF_ENABLE_ONEDNN_OPTS: '0',
    })
  })

  it('points at the CUDA libraries of a GPU set-up, before what is there, and each once', () => {
    record('tensorflow-gpu', ['/cache/cublas/lib', '/cache/cudnn/lib'], '/cache/cuda_nvcc')
    const once = trainerEnvironment({ BITW_CACHE: cachePath, LD_LIBRARY_PATH: '/usr/local/lib' })
    expect(once['LD_LIBRARY_PATH']).toBe('/cache/cublas/lib:/cache/cudnn/lib:/usr/local/lib')
    expect(once['XLA_FLAGS']).toBe('--xla_gpu_cuda_data_dir=/cache/cuda_nvcc')
    expect(once['TF_XLA_FLAGS']).toBe(
      `--tf_xla_persistent_cache_directory=${join(cachePath, 'xla')} --tf_xla_persistent_cache_read_only=false`,
    )
    expect(trainerEnvironment(once)).toEqual(once)
  })

  it('keeps nothing of XLA in a folder whose name TensorFlow would split, and nothing without a GPU', () => {
    record('tensorflow-cpu', [], null)
    expect(trainerEnvironment({ BITW_CACHE: cachePath })['TF_XLA_FLAGS']).toBeUndefined()
    record('tensorflow-gpu', [], null)
    const spaced = join(cachePath, 'a b')
    mkdirSync(spaced)
    copyFileSync(join(cachePath, 'engine.json'), join(spaced, 'engine.json'))
    expect(trainerEnvironment({ BITW_CACHE: spaced })['TF_XLA_FLAGS']).toBeUndefined()
  })

  it('limits the threads to BITW_THREADS, and refuses what is no number', () => {
    expect(trainerEnvironment({ BITW_CACHE: cachePath, BITW_THREADS: '3' })['TF_NUM_INTRAOP_THREADS']).toBe(
      '3',
    )
    expect(() => trainerEnvironment({ BITW_CACHE: cachePath, BITW_THREADS: 'many' })).toThrow('BITW_THREADS')
  })
})

describe('the set-up’s record', () => {
  it('is read back', () => {
    record('none', [], null)
    expect(readSetupRecord({ BITW_CACHE: cachePath })?.kind).toBe('none')
  })

  it('has its paths whole, wherever the cache lies now', () => {
    record('tensorflow-gpu', ['engine/nvidia/cudnn/lib', '/usr/local/cuda/lib64'], 'engine/nvcc')
    expect(readSetupRecord({ BITW_CACHE: cachePath })).toMatchObject({
      libraryFolders: [join(cachePath, 'engine/nvidia/cudnn/lib'), '/usr/local/cuda/lib64'],
      cudaDataFolder: join(cachePath, 'engine/nvcc'),
      graphAddon: null,
    })
  })

  it('is null where there is none, or it is damaged', () => {
    expect(readSetupRecord({ BITW_CACHE: cachePath })).toBeNull()
    writeFileSync(join(cachePath, 'engine.json'), '{"kind":')
    expect(readSetupRecord({ BITW_CACHE: cachePath })).toBeNull()
  })
})

describe('the flags of a CPU', () => {
  const cpuinfo = (flags: string): string =>
    `processor\t: 0\nmodel name\t: Some CPU with avx512_bf16 in its name\nflags\t\t: ${flags}\nbugs\t\t: none\n`

  it('are those of its line of flags', () => {
    expect([...parseCpuFlags(cpuinfo('fpu sse2 avx2'))]).toEqual(['fpu', 'sse2', 'avx2'])
    expect([...parseCpuFlags('')]).toEqual([])
  })

  it('tell whether bfloat16 is computed or emulated', () => {
    const can = (flags: string): boolean => canMultiplyBfloat16(parseCpuFlags(cpuinfo(flags)))
    for (const flag of ['avx512_bf16', 'amx_bf16', 'avx_ne_convert'])
      expect(can(`fpu avx2 ${flag}`)).toBe(true)
    expect(can('fpu avx2 avx512f avx512bw')).toBe(false)
  })
})

describe('nvidia-smi’s answer', () => {
  it('gives the first GPU, with memory in bytes', () => {
    expect(parseGpu('NVIDIA H200, 143771, 570.86\nNVIDIA H200, 143771, 570.86\n')).toEqual({
      name: 'NVIDIA H200',
      memoryBytes: 143771 * 2 ** 20,
      driver: '570.86',
    })
  })

  it('is no GPU where the driver complains instead', () => {
    expect(parseGpu('NVIDIA-SMI has failed because it could not communicate with the driver.')).toBeNull()
    expect(parseGpu('')).toBeNull()
  })
})

describe('a card’s compute capability', () => {
  it('says whether it has bfloat16', () => {
    expect(parseCapability('9.0\n9.0\n')).toBe(true)
    expect(parseCapability('8.0\n')).toBe(true)
    expect(parseCapability('7.5\n')).toBe(false)
    expect(parseCapability('Field "compute_cap" is not a valid field to query.')).toBeNull()
  })
})

describe('the limit of memory', () => {
  it('leaves room for what is not TensorFlow, and keeps what is set', () => {
    expect(withMemoryLimit({ A: 'b' }, 1000)).toEqual({ A: 'b', TF_MKL_ALLOC_MAX_BYTES: '850' })
    expect(withMemoryLimit({ TF_MKL_ALLOC_MAX_BYTES: '7' }, 1000)).toEqual({ TF_MKL_ALLOC_MAX_BYTES: '7' })
  })
})
