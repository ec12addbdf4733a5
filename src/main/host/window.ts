/** The one window: locked down and remembered. */
import { join } from 'node:path'
import { BrowserWindow, nativeTheme, type Session } from 'electron'
import { appOrigin } from './window-protocol'
import { keepWindowState, loadWindowState } from './window-state'

export interface WindowOptions {
  readonly session: Session
  readonly preloadPath: string
  readonly userDataPath: string
  /** Another page, or the same one again, takes its place. */
  onLeave(): void
  /** The page is loaded and listens. */
  onPage(): void
  /** "Try again" on the problem page. */
  onRetry(): void
}

export const pageAddress = `${appOrigin}/`
export const problemAddress = `${appOrigin}/problem`

export function createWindow(options: WindowOptions): BrowserWindow {
  const statePath = join(options.userDataPath, 'window-state.json')
  const state = loadWindowState(statePath)
  const window = new BrowserWindow({
    ...state.bounds,
    minWidth: state.least.width,
    minHeight: state.least.height,
    show: false,
    title: 'BiT Workbench',
    // The page's own ground (--surface-0), so that a slow start does not flash.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#181818' : '#f1f1f1',
    webPreferences: {
      session: options.session,
      preload: options.preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      // It would fetch dictionaries from the network.
      spellcheck: false,
    },
  })
  if (state.maximized) window.maximize()
  keepWindowState(window, statePath)
  window.once('ready-to-show', () => window.show())

  const contents = window.webContents
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.on('will-navigate', (event, address) => {
    const isPage = address === pageAddress || address.startsWith(`${pageAddress}#`)
    if (isPage && !contents.getURL().startsWith(problemAddress)) return // the page loads itself again
    event.preventDefault()
    if (isPage) options.onRetry()
  })
  contents.on('did-navigate', () => options.onLeave())
  contents.on('did-finish-load', () => {
    if (!contents.getURL().startsWith(problemAddress)) options.onPage()
  })
  return window
}

/** No permissions, no network: the interface needs neither. */
export function lockSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.webRequest.onBeforeRequest((request, answer) => {
    answer({ cancel: !/^(bitw|devtools|blob|data):/.test(request.url) })
  })
}
