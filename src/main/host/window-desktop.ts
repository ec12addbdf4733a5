/** What the page and the desktop say to each other: the dialogs, where a file lies, and the menu. Everything that comes from the page is checked. */
import {
  dialog,
  ipcMain,
  Menu,
  Notification,
  powerSaveBlocker,
  shell,
  type BrowserWindow,
  type IpcMainInvokeEvent,
} from 'electron'
import {
  desktopNoticeSchema,
  desktopWorkSchema,
  newFileQuestionSchema,
  pageFactsSchema,
  type PageFacts,
} from '../../contract/wire'
import { pageAddress } from './window'
import { menuTemplate, type MenuAct } from './window-menu'
import { writePdf } from './window-pdf'

export interface DesktopOptions {
  window(): BrowserWindow | null
  /** The file that Help, Guide opens. */
  readonly guidePath: string
}

export interface Desktop {
  /** After the page went: it shows nothing, types nothing and can be asked nothing until the next one tells what it shows. */
  pageLeft(): void
}

const nothingShown: PageFacts = { inView: null, theme: 'light', typing: false }

export function serveDesktop({ window: windowOf, guidePath }: DesktopOptions): Desktop {
  let facts = nothingShown
  let pageListens = false
  const ourWindow = (event: IpcMainInvokeEvent): BrowserWindow => {
    const window = windowOf()
    if (window === null || !isOurs(event, window))
      throw new Error('Only the workbench itself can use desktop functions.')
    return window
  }

  const act = (name: MenuAct, byKey: boolean): void => {
    // A key that the page has not taken while the caret is in a field belongs to the field.
    if (byKey && facts.typing) return
    const window = windowOf()
    if (name === 'reload') window?.webContents.reload()
    else if (name === 'guide') void openGuide(guidePath)
    else window?.webContents.send('bitw-menu', name)
  }
  const showMenu = (): void => {
    const state = { platform: process.platform, pageListens, inView: facts.inView, theme: facts.theme }
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(state, act)))
  }

  answerDialogs(ourWindow)
  const work = answerWork(ourWindow)
  ipcMain.handle('bitw:tell-menu', (event, told: unknown) => {
    ourWindow(event)
    const before = { ...facts, pageListens }
    facts = pageFactsSchema.parse(told)
    // It first tells when it has its line to the core and listens; what was asked of it before would be lost.
    pageListens = true
    // A menu that is made anew closes where it is open: not for a caret.
    if (!before.pageListens || facts.inView !== before.inView || facts.theme !== before.theme) showMenu()
  })
  showMenu()
  return {
    pageLeft() {
      work.rest(windowOf())
      pageListens = false
      facts = { ...nothingShown, theme: facts.theme }
      showMenu()
    },
  }
}

/** Notices, progress in the task bar, and a machine that stays awake. */
function answerWork(ourWindow: (event: IpcMainInvokeEvent) => BrowserWindow): {
  rest(window: BrowserWindow | null): void
} {
  let blocker: number | null = null
  const shown = new Set<Notification>()
  const keepAwake = (wanted: boolean): void => {
    if (wanted === (blocker !== null)) return
    if (blocker === null) blocker = powerSaveBlocker.start('prevent-app-suspension')
    else {
      powerSaveBlocker.stop(blocker)
      blocker = null
    }
  }
  ipcMain.handle('bitw:notify', (event, told: unknown) => {
    const window = ourWindow(event)
    if (!Notification.isSupported()) throw new Error('This desktop shows no notifications.')
    const notice = new Notification(desktopNoticeSchema.parse(told))
    // What nothing holds is collected, and its click with it.
    shown.add(notice)
    return new Promise<boolean>((resolve) => {
      const gone = (isClicked: boolean): void => {
        shown.delete(notice)
        resolve(isClicked)
      }
      notice.on('click', () => {
        gone(true)
        if (window.isDestroyed()) return
        if (window.isMinimized()) window.restore()
        window.focus()
      })
      notice.on('close', () => gone(false))
      notice.on('failed', () => gone(false))
      notice.show()
    })
  })
  ipcMain.handle('bitw:show-work', (event, told: unknown) => {
    const window = ourWindow(event)
    const { progress, keepsAwake } = desktopWorkSchema.parse(told)
    window.setProgressBar(progress ?? -1)
    keepAwake(keepsAwake)
  })
  return {
    rest(window) {
      keepAwake(false)
      if (window?.isDestroyed() === false) window.setProgressBar(-1)
    },
  }
}

function answerDialogs(ourWindow: (event: IpcMainInvokeEvent) => BrowserWindow): void {
  const open = async (
    event: IpcMainInvokeEvent,
    options: Electron.OpenDialogOptions,
  ): Promise<string | null> => {
    const { canceled, filePaths } = await dialog.showOpenDialog(ourWindow(event), options)
    return canceled ? null : (filePaths[0] ?? null)
  }
  ipcMain.handle('bitw:choose-folder', (event) =>
    open(event, { title: 'Choose a folder of images', properties: ['openDirectory'] }),
  )
  ipcMain.handle('bitw:choose-bundle-file', (event) =>
    open(event, {
      title: 'Choose a run bundle',
      properties: ['openFile'],
      filters: [{ name: 'Run bundles', extensions: ['zip', 'bitw'] }],
    }),
  )
  ipcMain.handle('bitw:choose-weights-file', (event) =>
    open(event, {
      title: 'Choose a weights file',
      properties: ['openFile'],
      filters: [{ name: 'Weights', extensions: ['npz', 'safetensors'] }],
    }),
  )
  ipcMain.handle('bitw:choose-parent-folder', (event) =>
    open(event, {
      title: 'Choose the parent folder',
      properties: ['openDirectory', 'createDirectory', 'promptToCreate'],
    }),
  )
  ipcMain.handle('bitw:choose-new-file', async (event, asked: unknown) => {
    const window = ourWindow(event)
    const { suggestedPath, endings } = newFileQuestionSchema.parse(asked)
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      title: 'Choose where to save the file',
      defaultPath: suggestedPath,
      filters: endings.map((ending) => ({ name: `.${ending}`, extensions: [ending] })),
      // The page says itself that a file of that name is replaced; the desktop asks once more.
      properties: ['createDirectory', 'showOverwriteConfirmation'],
    })
    return canceled || filePath === undefined || filePath === '' ? null : filePath
  })
  ipcMain.handle('bitw:save-pdf', async (event, htmlPath: unknown) => {
    const window = ourWindow(event)
    if (typeof htmlPath !== 'string' || !htmlPath.endsWith('.html')) throw new Error('A report is required.')
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      title: 'Save the report as PDF',
      defaultPath: htmlPath.replace(/\.html$/, '.pdf'),
      filters: [{ name: '.pdf', extensions: ['pdf'] }],
      properties: ['createDirectory', 'showOverwriteConfirmation'],
    })
    if (canceled || filePath === undefined || filePath === '') return null
    await writePdf(htmlPath, filePath)
    return filePath
  })
  ipcMain.handle('bitw:show-in-folder', (event, path: unknown) => {
    ourWindow(event)
    if (typeof path !== 'string' || path === '') throw new Error('A path is required.')
    shell.showItemInFolder(path)
  })
}

async function openGuide(path: string): Promise<void> {
  const problem = await shell.openPath(path)
  if (problem !== '') {
    dialog.showErrorBox('Cannot open the guide', `${problem}\n\nOpen it yourself: ${path}`)
  }
}

function isOurs(event: IpcMainInvokeEvent, window: BrowserWindow): boolean {
  const frame = event.senderFrame
  return frame !== null && frame === window.webContents.mainFrame && frame.url.startsWith(pageAddress)
}
