import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { loadEngine } from '../../../../src/main/trainer/engines/load'
import { cacheFolder } from '../../../../src/main/engine/setup-record'
import { describeAdapter, softwareReason } from '../../../../src/main/trainer/engines/webgpu/adapter'

/** Adapter infos as Dawn 0.6.2 (SwiftShader, recorded on Linux) and browsers give them. */
const software = [
  {
    vendor: 'google',
    architecture: 'swiftshader',
    device: 'swiftshader-device-subzero-',
    description: 'SwiftShader driver 5.0.0',
    isFallbackAdapter: true,
  },
  {
    vendor: 'mesa',
    architecture: '',
    device: '0x0000',
    description: 'llvmpipe (LLVM 19.1.7, 256 bits)',
    isFallbackAdapter: false,
  },
  { vendor: 'microsoft', architecture: '', device: '0x008c', description: 'Microsoft Basic Render Driver' },
]
const hardware = [
  {
    vendor: 'nvidia',
    architecture: 'ada-lovelace',
    device: '0x2684',
    description: 'NVIDIA GeForce RTX 4090',
  },
  { vendor: 'intel', architecture: 'gen-12lp', device: '', description: '', isFallbackAdapter: false },
  { vendor: 'apple', architecture: 'common-3', device: '', description: '' },
  {
    vendor: 'amd',
    architecture: 'rdna-3',
    device: '0x744c',
    description: 'AMD Radeon RX 7900 XTX (RADV NAVI31)',
  },
]

describe('the choice of an adapter', () => {
  it.each(software)('takes $description for software', (info) => {
    expect(softwareReason(info)).not.toBeNull()
  })

  it.each(hardware)('takes $vendor $architecture for hardware', (info) => {
    expect(softwareReason(info)).toBeNull()
  })

  it('names an adapter by what it says of itself', () => {
    expect(hardware.map(describeAdapter)).toEqual([
      'NVIDIA GeForce RTX 4090',
      'intel gen-12lp',
      'apple common-3',
      'AMD Radeon RX 7900 XTX (RADV NAVI31)',
    ])
  })
})

const cacheBefore = process.env['BITW_CACHE']
afterEach(() => {
  if (cacheBefore === undefined) delete process.env['BITW_CACHE']
  else process.env['BITW_CACHE'] = cacheBefore
})

it('without Dawn says how to get it', async () => {
  process.env['BITW_CACHE'] = mkdtempSync(join(tmpdir(), 'bitw-cache-'))
  await expect(loadEngine('webgpu')).rejects.toMatchObject({
    code: 'engine-missing',
    wayOut: expect.stringContaining('--webgpu') as string,
  })
})

// Chromium, which the end-to-end tests use, brings a Vulkan in software; "npm run setup -- --webgpu" brings Dawn.
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json'
const canRun =
  existsSync(swiftShader) && existsSync(join(cacheFolder(process.env), 'webgpu-0.6.2', 'index.js'))

describe.skipIf(!canRun)('real Dawn on a software adapter', () => {
  process.env['VK_ICD_FILENAMES'] = swiftShader

  it('is refused by name and reason', async () => {
    await expect(loadEngine('webgpu')).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('SwiftShader') as string,
    })
  })

  it('passes the check of the gradients when asked for by name', async () => {
    const report = await loadEngine('webgpu-software')
    expect(report).toMatchObject({ kind: 'webgpu', device: 'cpu' })
    expect(report.why).toContain('gradients agree')
  })
})
