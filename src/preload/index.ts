/** Hands the core's line over to the page, and what the desktop can do. Nothing else crosses. */
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { MenuCommand, ShellAbilities } from '../contract/wire'

/** Since Electron 29; before, a File knew its own path. */
const pathFinder = webUtils as typeof webUtils | undefined

ipcRenderer.on('bitw-port', (event) => window.postMessage('bitw-port', '*', [...event.ports]))

const abilities: Required<ShellAbilities> = {
  chooseFolder: () => ipcRenderer.invoke('bitw:choose-folder'),
  chooseBundleFile: () => ipcRenderer.invoke('bitw:choose-bundle-file'),
  chooseWeightsFile: () => ipcRenderer.invoke('bitw:choose-weights-file'),
  chooseParentFolder: () => ipcRenderer.invoke('bitw:choose-parent-folder'),
  chooseNewFile: (question) => ipcRenderer.invoke('bitw:choose-new-file', question),
  savePdf: (htmlPath) => ipcRenderer.invoke('bitw:save-pdf', htmlPath),
  showInFolder: (path) => ipcRenderer.invoke('bitw:show-in-folder', path),
  pathOfFile: (file) => pathFinder?.getPathForFile(file) ?? (file as File & { path?: string }).path ?? '',
  onMenuCommand: (listener) => {
    ipcRenderer.removeAllListeners('bitw-menu')
    ipcRenderer.on('bitw-menu', (_event, command: MenuCommand) => listener(command))
  },
  notify: (notice) => ipcRenderer.invoke('bitw:notify', notice),
  showWork: (work) => ipcRenderer.invoke('bitw:show-work', work),
  tellMenu: (facts) => ipcRenderer.invoke('bitw:tell-menu', facts),
}
contextBridge.exposeInMainWorld('bitwAbilities', abilities)
