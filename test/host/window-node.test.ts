import { describe, expect, it } from 'vitest'
import { chooseNode } from '../../src/main/host/window-node'

describe('the Node that runs the core', () => {
  it('is the one that is named', () => {
    expect(chooseNode({ BITW_NODE: '/n/node' }, '/electron', '24.1.0')).toMatchObject({ path: '/n/node' })
  })

  it("is Electron's own where that is new enough", () => {
    for (const version of ['22.14.0', '22.20.1', '24.0.0', '100.0.0']) {
      expect(chooseNode({ HOME: '/h' }, '/electron', version)).toEqual({
        path: '/electron',
        environment: { HOME: '/h', ELECTRON_RUN_AS_NODE: '1' },
      })
    }
  })

  it('is missing in plain words where Electron is old and none is named', () => {
    for (const version of ['16.17.1', '20.18.0', '22.13.9', '22.2.0']) {
      expect(chooseNode({ BITW_NODE: '' }, '/electron', version)).toMatchObject({
        code: 'engine-missing',
        message: expect.stringContaining(version) as unknown,
        wayOut: expect.stringContaining('BITW_NODE') as unknown,
      })
    }
  })
})
