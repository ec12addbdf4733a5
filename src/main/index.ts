/** The window's process: a window, its menu and dialogs, and the core that it forks. Everything else is in the core. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, dialog, MessageChannelMain, session, type BrowserWindow } from 'electron'
import type { WireError } from '../contract/errors'
import { resolveHomePath } from './host/paths'
import { findResources } from './host/resources'
import { createWindow, lockSession, pageAddress, problemAddress } from './host/window'
import { startCoreProcess, type CoreProcess } from './host/window-core'
import { askBeforeClosing } from './host/window-closing'
import { serveDesktop, type Desktop } from './host/window-desktop'
import { allowDevServer, devServerFiles } from './host/window-dev'
import { chooseNode } from './host/window-node'
import { problemPageHtml } from './host/window-problem'
import { builtFiles, registerAppScheme, serveAppScheme, type AppSite } from './host/window-protocol'

const homePath = resolveHomePath(homeArgument(process.argv))
const userDataPath = join(homePath, 'window')
/** A core that keeps ending is not started over and over: that often, in this time. */
const maxRestarts = 3
const restartWindowMs = 60_000

let window: BrowserWindow | null = null
let core: CoreProcess | null = null
let coreIsReady = false
/** The page has loaded and listens for its line. */
let pageIsThere = false
let problem: WireError | null = null
let restartsMs: number[] = []
/** What trains now or comes next, by name; null: nothing. */
let training: string | null = null
let desktop: Desktop | null = null

registerAppScheme()
useOwnFolder()
// The lock lies in the user data folder, so it is one window a home.
if (app.requestSingleInstanceLock()) {
  app.on('second-instance', showWindow)
  app.on('activate', showWindow)
  // what trains goes on without a window where that was asked for, and is found again in the next one
  app.on('window-all-closed', () => {
    if (training === null) app.quit()
  })
  app.on('before-quit', endCoreFirst)
  app.whenReady().then(open).catch(giveUp)
} else {
  app.quit()
}

function open(): void {
  lockSession(session.defaultSession)
  serveAppScheme(session.defaultSession, {
    file: interfaceFiles(),
    image: (key, maxPx, signal) =>
      core === null
        ? Promise.reject(new Error('The core process has stopped.'))
        : core.image(key, maxPx, signal),
    problemPage: () => (problem === null ? '' : problemPageHtml(problem, pageAddress)),
  })
  desktop = serveDesktop({
    window: () => window,
    guidePath: join(findResources(), '../README.md'),
  })
  openWindow()
  startCore()
}

function showWindow(): void {
  if (window === null) return app.isReady() ? openWindow() : undefined
  if (window.isMinimized()) window.restore()
  window.focus()
}

function openWindow(): void {
  window = createWindow({
    session: session.defaultSession,
    preloadPath: join(__dirname, '../preload/index.cjs'),
    userDataPath,
    onLeave: () => {
      pageIsThere = false
      desktop?.pageLeft()
    },
    onPage: () => {
      pageIsThere = true
      handOver()
    },
    onRetry: () => {
      restartsMs = []
      startCore()
      void window?.loadURL(pageAddress)
    },
  })
  askBeforeClosing(window, {
    training: () => training,
    pause: () => core?.pauseTraining(),
  })
  window.on('closed', () => {
    window = null
    pageIsThere = false
  })
  void window.loadURL(problem === null ? pageAddress : problemAddress)
}

function interfaceFiles(): AppSite['file'] {
  if (__BITW_DEV_SERVER__ === null) return builtFiles(join(__dirname, '../renderer'))
  allowDevServer(session.defaultSession, __BITW_DEV_SERVER__)
  return devServerFiles(__BITW_DEV_SERVER__)
}

function startCore(): void {
  problem = null
  const node = chooseNode(process.env, process.execPath, process.versions.node)
  if ('code' in node) return show(node)
  core = startCoreProcess({
    node,
    corePath: join(__dirname, 'core.cjs'),
    arguments: ['--home', homePath],
    onReady: () => {
      coreIsReady = true
      // After a restart the page starts anew and gets its line when it has loaded.
      if (restartsMs.length > 0) window?.webContents.reload()
      else handOver()
    },
    onTraining: (name) => {
      training = name
      if (name === null && window === null) app.quit()
    },
    onEnd: ({ error, wasReady }) => {
      core = null
      training = null
      coreIsReady = false
      restartsMs = restartsMs.filter((atMs) => Date.now() - atMs < restartWindowMs)
      if (!wasReady || restartsMs.length >= maxRestarts) return show(error)
      console.error(`${error.message} Restarting it.`)
      restartsMs.push(Date.now())
      startCore()
    },
  })
}

/** Gives the page its line to the core, once both are there. */
function handOver(): void {
  if (window === null || core === null || !coreIsReady || !pageIsThere) return
  const { port1, port2 } = new MessageChannelMain()
  core.connect(port1)
  window.webContents.postMessage('bitw-port', null, [port2])
}

function show(error: WireError): void {
  problem = error
  console.error(`${error.message} ${error.wayOut}`)
  void window?.loadURL(problemAddress)
}

function endCoreFirst(event: Electron.Event): void {
  if (core === null) return
  event.preventDefault()
  const ending = core
  core = null
  void ending.close().then(() => app.quit())
}

/** Before there is a window to say it in. */
function giveUp(thrown: unknown): void {
  dialog.showErrorBox(
    'BiT Workbench cannot start',
    `${thrown instanceof Error ? thrown.message : String(thrown)}\n\nRun "npm run build", then "npm start".`,
  )
  app.exit(1)
}

/** Chromium's own files go into the home as well. A home that cannot be made is reported by the core, in the window. */
function useOwnFolder(): void {
  try {
    mkdirSync(userDataPath, { recursive: true })
    app.setPath('userData', userDataPath)
  } catch (thrown) {
    console.error(`Cannot create the folder ${userDataPath}:`, thrown)
  }
}

/** `--home DIR` or `--home=DIR`, among whatever else Electron was given. */
function homeArgument(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((argument) => argument === '--home' || argument.startsWith('--home='))
  if (at < 0) return undefined
  const argument = argv[at] ?? ''
  return argument === '--home' ? argv[at + 1] : argument.slice('--home='.length)
}
