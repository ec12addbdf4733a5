import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resolveHomePath } from '../../src/main/host/paths'

describe('home folder', () => {
  it('is what is asked for, else BITW_HOME, else the platform’s data folder', () => {
    expect(resolveHomePath('here', { BITW_HOME: '/there' })).toBe(resolve('here'))
    expect(resolveHomePath(undefined, { BITW_HOME: '/there' })).toBe(resolve('/there'))
    expect(resolveHomePath(undefined, {}, 'linux')).toBe(join(homedir(), '.local/share/bit-workbench'))
    expect(resolveHomePath(undefined, { XDG_DATA_HOME: '/data' }, 'linux')).toBe('/data/bit-workbench')
    expect(resolveHomePath(undefined, {}, 'darwin')).toBe(
      join(homedir(), 'Library/Application Support/bit-workbench'),
    )
  })

  it('ignores a relative XDG_DATA_HOME, as the specification says', () => {
    expect(resolveHomePath(undefined, { XDG_DATA_HOME: 'data' }, 'linux')).toBe(
      join(homedir(), '.local/share/bit-workbench'),
    )
  })
})
