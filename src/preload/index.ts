/** Hands the core's line over to the page, and what the desktop can do. Nothing else crosses. */
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { ShellAbilities } from '../contract/wire'

/** Since Electron 29; before, a File knew its own path. */
const pathFinder = webUtils as typeof webUtils | undefined

ipcRenderer.on('bitw-port', (event) => window.postMessage('bitw-port', '*', [...event.ports]))

const abilities: Required<ShellAbilities> = {
  chooseFolder: () => ipcRenderer.invoke('bitw:choose-folder'),
  chooseWeightsFile: () => ipcRenderer.invoke('bitw:choose-weights-file'),
  showInFolder: (path) => ipcRenderer.invoke('bitw:show-in-folder', path),
  pathOfFile: (file) => pathFinder?.getPathForFile(file) ?? (file as File & { path?: string }).path ?? '',
}
contextBridge.exposeInMainWorld('bitwAbilities', abilities)
