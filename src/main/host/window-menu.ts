/** The application's menu, from what the window shows. Pure; Electron builds it. */
import type { MenuItemConstructorOptions } from 'electron'
import type { MenuCommand, PageFacts } from '../../contract/wire'

export interface MenuState extends Omit<PageFacts, 'typing'> {
  readonly platform: NodeJS.Platform
  /** Whether the page can be asked: not while it loads, and not while it says why the core cannot start. */
  readonly pageListens: boolean
}

/** What an item of the menu does: the page does most of it. */
export type MenuAct = MenuCommand | 'reload' | 'guide'

/**
 * `act` is called for an item of our own, whose id is its name. Keys: every accelerator has Ctrl (Command on macOS) or is a function key, and none is one that
 * edits text.
 */
export function menuTemplate(
  { platform, pageListens, inView, theme }: MenuState,
  act: (name: MenuAct, byKey: boolean) => void,
): MenuItemConstructorOptions[] {
  const ours = (
    id: MenuAct,
    label: string,
    accelerator?: string,
    enabled = true,
  ): MenuItemConstructorOptions => ({
    id,
    label,
    enabled,
    ...(accelerator !== undefined && { accelerator }),
    click: (_item, _window, event) => act(id, event.triggeredByAccelerator === true),
  })
  const line: MenuItemConstructorOptions = { type: 'separator' }
  const isMac = platform === 'darwin'
  const manager = fileManagers[platform] ?? 'the File Manager'
  const about = ours('about', 'About BiT Workbench', undefined, pageListens)

  return [
    ...(isMac ? [macMenu(about)] : []),
    {
      label: '&File',
      submenu: [
        ours('open-folder', 'Open Folder…', 'CmdOrCtrl+O', pageListens),
        ours('open-bundle', 'Open Bundle Read-Only…', undefined, pageListens),
        line,
        ours(
          'reveal',
          inView === null ? `Show in ${manager}` : `Show the ${nouns[inView]} in ${manager}`,
          'CmdOrCtrl+Shift+E',
          pageListens && inView !== null,
        ),
        ours('reveal-home', 'Show the Home Folder', undefined, pageListens),
        line,
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        line,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'delete' },
        line,
        { role: 'selectAll' },
      ],
    },
    {
      label: '&View',
      submenu: [
        ours('reload', 'Reload', 'CmdOrCtrl+R'),
        line,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        line,
        ours('switch-theme', theme === 'dark' ? 'Switch to Light' : 'Switch to Dark', undefined, pageListens),
        line,
        { role: 'toggleDevTools' },
      ],
    },
    ...(isMac ? [{ role: 'windowMenu' as const }] : []),
    {
      role: 'help',
      label: '&Help',
      submenu: [
        ours('keys', 'Keyboard Shortcuts', 'F1', pageListens),
        ours('guide', 'Guide'),
        ...(isMac ? [] : [line, about]),
      ],
    },
  ]
}

const fileManagers: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'Finder',
  win32: 'Explorer',
}
const nouns = { dataset: 'Dataset', image: 'Image', run: 'Run' } as const

function macMenu(about: MenuItemConstructorOptions): MenuItemConstructorOptions {
  return {
    label: 'BiT Workbench',
    submenu: [
      about,
      { type: 'separator' },
      { role: 'services' },
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { role: 'quit' },
    ],
  }
}
