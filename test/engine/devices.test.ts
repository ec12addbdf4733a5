import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { chosenDevices, createDevices, missingWords, visibleCards } from '../../src/main/engine/devices'

const four = visibleCards(['A', 'B', 'C', 'D'], undefined)
const ids = (devices: ReturnType<typeof chosenDevices>) =>
  devices.map(({ environment }) => environment['CUDA_VISIBLE_DEVICES'])

describe('the devices', () => {
  it('are the machine as it is, where it has one GPU or none', () => {
    for (const cards of [[], four.slice(0, 1)])
      expect(chosenDevices({}, cards)).toEqual([{ key: 'all', name: 'this machine', environment: {} }])
  })

  it('are all its GPUs, each alone for its trainer, in the order of the bus', () => {
    const devices = chosenDevices({}, four)
    expect(ids(devices)).toEqual(['0', '1', '2', '3'])
    expect(devices[3]).toMatchObject({
      name: 'GPU 3 (D)',
      environment: { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: '3' },
    })
  })

  it('are those that CUDA_VISIBLE_DEVICES leaves, by its words', () => {
    const ofSlurm = visibleCards(['A', 'B', 'C', 'D'], '2,GPU-8f3a,-1,0')
    expect(ofSlurm.map(({ name }) => name)).toEqual(['C', 'A'])
    const devices = chosenDevices({}, ofSlurm)
    expect(ids(devices)).toEqual(['2', 'GPU-8f3a'])
    expect(devices[0]?.environment).not.toHaveProperty('CUDA_DEVICE_ORDER')
    expect(visibleCards(['A'], '')).toEqual([])
  })

  it('are those that BITW_DEVICES chooses, as far as they are there', () => {
    expect(ids(chosenDevices({ BITW_DEVICES: '1, 3' }, four))).toEqual(['1', '3'])
    expect(ids(chosenDevices({ BITW_DEVICES: '2,9' }, four))).toEqual(['2'])
    expect(chosenDevices({ BITW_DEVICES: '9' }, four).map(({ key }) => key)).toEqual(['all'])
    expect(ids(chosenDevices({ BITW_DEVICES: 'cpu' }, four))).toEqual(['-1'])
    expect(chosenDevices({ BITW_DEVICES: 'cpu' }, [])[0]?.environment).toEqual({})
  })

  it('can be shares of the processor, each with its part of the threads', () => {
    const shares = chosenDevices({ BITW_DEVICES: 'cpu,cpu', BITW_THREADS: '7' }, [])
    expect(shares.map(({ name }) => name)).toEqual(['CPU, share 1 of 2', 'CPU, share 2 of 2'])
    expect(shares[1]?.environment).toMatchObject({ BITW_THREADS: '3', TF_NUM_INTRAOP_THREADS: '3' })
  })

  it('are not a mixture, nor words', () => {
    for (const text of ['cpu,0', 'all', '0,,1'])
      expect(() => chosenDevices({ BITW_DEVICES: text }, four)).toThrow(/not a list of devices/)
  })

  it('are asked of the driver without a wait, and the first of them is what asks the engine', async () => {
    const cachePath = mkdtempSync(join(tmpdir(), 'bitw-devices-'))
    onTestFinished(() => rmSync(cachePath, { recursive: true }))
    const record = {
      kind: 'tensorflow-gpu',
      version: '2',
      libraryFolders: [],
      cudaDataFolder: null,
      note: '',
    }
    writeFileSync(join(cachePath, 'engine.json'), JSON.stringify(record))
    const environment: NodeJS.ProcessEnv = { BITW_CACHE: cachePath }
    const devices = createDevices(environment, () => Promise.resolve(['A', 'B']))
    expect(devices.list()).toHaveLength(1)
    await devices.found
    expect(ids(devices.list())).toEqual(['0', '1'])
    expect(environment['CUDA_VISIBLE_DEVICES']).toBe('0')
    expect(devices.missing()).toEqual([])
    environment['BITW_DEVICES'] = '1, 3,7'
    expect(devices.list()).toHaveLength(1)
    expect(missingWords(devices.missing())).toContain('GPU 3, GPU 7, which this machine does not have')
    environment['BITW_DEVICES'] = '1'
    expect(devices.apply()).toBe(true)
    expect(environment['CUDA_VISIBLE_DEVICES']).toBe('1')
    Reflect.deleteProperty(environment, 'BITW_DEVICES')
    expect([devices.apply(), devices.apply()]).toEqual([true, false])
    expect(devices.list()).toHaveLength(2)
  })
})
