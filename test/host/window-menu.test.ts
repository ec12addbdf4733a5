import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, it } from 'vitest'
import { menuTemplate, type MenuAct, type MenuState } from '../../src/main/host/window-menu'
import { menuCommands } from '../../src/contract/wire'

const state: MenuState = { platform: 'linux', pageListens: true, inView: null, theme: 'dark' }
const platforms: readonly NodeJS.Platform[] = ['linux', 'darwin', 'win32']

function items(changes: Partial<MenuState>, act: (name: MenuAct, byKey: boolean) => void = () => undefined) {
  return menuTemplate({ ...state, ...changes }, act).flatMap(({ submenu }) =>
    Array.isArray(submenu) ? submenu : [],
  )
}
const find = (id: string, changes: Partial<MenuState> = {}): MenuItemConstructorOptions | undefined =>
  items(changes).find((item) => item.id === id)

describe('the menu', () => {
  it.each(platforms)('has every command of the page, and a way to quit, on %s', (platform) => {
    const found = items({ platform })
    expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining([...menuCommands, 'reload', 'guide']))
    expect(found.filter(({ role }) => role === 'quit')).toHaveLength(1)
  })

  it.each(platforms)('edits, zooms and fills the screen with the roles of %s', (platform) => {
    const roles = items({ platform }).map(({ role }) => role)
    for (const role of [
      'undo',
      'cut',
      'copy',
      'paste',
      'selectAll',
      'zoomIn',
      'resetZoom',
      'togglefullscreen',
    ])
      expect(roles).toContain(role)
  })

  it.each(platforms)('has no key that writes or edits text on %s, and none twice', (platform) => {
    const keys = items({ platform }).flatMap(({ accelerator }) => (accelerator ? [String(accelerator)] : []))
    expect(keys.length).toBeGreaterThan(3)
    expect(new Set(keys).size).toBe(keys.length)
    for (const key of keys) {
      expect(key).toMatch(/^(F\d+|CmdOrCtrl\+(Shift\+)?[A-Z])$/)
      expect(key).not.toMatch(/^CmdOrCtrl\+(Shift\+)?[ACVXZYBIU]$/)
    }
  })

  it('names what it would show in the file manager, and offers nothing where nothing is in view', () => {
    expect(find('reveal')).toMatchObject({ label: 'Show in the File Manager', enabled: false })
    expect(find('reveal', { inView: 'image' })).toMatchObject({
      label: 'Show the Image in the File Manager',
      enabled: true,
    })
    expect(find('reveal', { inView: 'dataset', platform: 'darwin' })?.label).toBe(
      'Show the Dataset in Finder',
    )
    expect(find('reveal', { inView: 'run', platform: 'win32' })?.label).toBe('Show the Run in Explorer')
  })

  it('offers the other theme', () => {
    expect(find('switch-theme')?.label).toBe('Switch to Light')
    expect(find('switch-theme', { theme: 'light' })?.label).toBe('Switch to Dark')
  })

  it('asks nothing of a page that is not there, but can reload it', () => {
    const gone = items({ pageListens: false, inView: 'image' })
    const enabled = gone.filter((item) => item.id !== undefined && item.enabled !== false).map(({ id }) => id)
    expect(enabled.sort()).toEqual(['guide', 'reload'])
  })

  it('says which item it was, and whether a key called it', () => {
    const done: [MenuAct, boolean][] = []
    const found = items({}, (name, byKey) => done.push([name, byKey]))
    const click = (id: string, event: object): void => {
      const item = found.find((one) => one.id === id)
      ;(item?.click as unknown as (item: object, window: undefined, event: object) => void)(
        {},
        undefined,
        event,
      )
    }
    click('open-folder', {})
    click('open-folder', { triggeredByAccelerator: true })
    expect(done).toEqual([
      ['open-folder', false],
      ['open-folder', true],
    ])
  })
})
