import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { settingsSchema } from '../../src/contract/entities/settings'
import type { CoreEvent } from '../../src/contract/events'
import { homePaths } from '../../src/main/host/paths'
import { createSettings, type SettingsService } from '../../src/main/settings/settings'

let home = ''
const file = (): string => join(home, 'settings.json')
const unset = settingsSchema.parse({})

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'bitw-settings-'))
  vi.stubEnv('BITW_DEVICES', undefined)
  vi.stubEnv('BITW_MEMORY_BYTES', undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true, force: true })
})

function open(environment: NodeJS.ProcessEnv = {}): {
  readonly settings: SettingsService
  readonly events: CoreEvent[]
} {
  const events: CoreEvent[] = []
  const settings = createSettings(
    { paths: homePaths(home), emit: (event) => void events.push(event) },
    environment,
  )
  return { settings, events }
}

describe('settings', () => {
  it('are as nothing was set where there is no file, a damaged one, or one of another version, and no file is made', () => {
    expect(open().settings.now()).toEqual(unset)
    expect(existsSync(file())).toBe(false)
    for (const text of ['{"threadCount":', 'null', '{"threadCount":"many"}']) {
      writeFileSync(file(), text)
      expect(open().settings.now()).toEqual(unset)
    }
  })

  it('are kept for the next start, readable by their user alone, and told', async () => {
    const { settings, events } = open()
    const next = { ...unset, threadCount: 3, imageCacheBytes: 2e9 }
    expect(await settings.handlers['settings.set'](next)).toEqual(next)
    expect(events).toEqual([{ type: 'settings-changed' }])
    expect(open().settings.now()).toEqual(next)
    expect(await open().settings.handlers['settings.get']({})).toEqual(next)
    expect(existsSync(`${file()}.new`)).toBe(false)
    if (process.platform !== 'win32') expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  it('have what is new since their file was written as it is where nothing was set', () => {
    writeFileSync(file(), '{"threadCount":2,"notices":{"desktop":true}}')
    expect(open().settings.now()).toEqual({
      ...unset,
      threadCount: 2,
      notices: { ...unset.notices, desktop: true },
    })
  })

  it('reach the trainers that start from now on, and what the environment said comes back without them', async () => {
    const environment: NodeJS.ProcessEnv = { BITW_THREADS: '8' }
    const { settings } = open(environment)
    const set = settings.handlers['settings.set']
    await set({ ...unset, threadCount: 2, devices: 'cpu,cpu', memoryBytes: 1e9 })
    const told = { BITW_THREADS: '2', TF_NUM_INTRAOP_THREADS: '2', BITW_DEVICES: 'cpu,cpu' }
    expect(environment).toEqual(told)
    expect(process.env['BITW_DEVICES']).toBe('cpu,cpu')
    expect(process.env['BITW_MEMORY_BYTES']).toBe('1000000000')
    await set(unset)
    expect(environment).toEqual({ BITW_THREADS: '8' })
    expect(process.env['BITW_DEVICES']).toBeUndefined()
    expect(process.env['BITW_MEMORY_BYTES']).toBeUndefined()
  })

  it('stay as they were where they cannot be written', async () => {
    const { settings, events } = open()
    await settings.handlers['settings.set']({ ...unset, threadCount: 2 })
    rmSync(home, { recursive: true })
    await expect(settings.handlers['settings.set']({ ...unset, threadCount: 4 })).rejects.toThrow()
    expect(settings.now().threadCount).toBe(2)
    expect(events).toHaveLength(1)
  })
})
