/** Where the window was last time. */
import { readFileSync, writeFileSync } from 'node:fs'
import { screen, type BrowserWindow } from 'electron'
import { fitState, leastSizeOn, parseState, type WindowState } from './window-bounds'

export interface PlacedWindow extends WindowState {
  readonly least: { readonly width: number; readonly height: number }
}

export function loadWindowState(path: string): PlacedWindow {
  let kept: unknown = null
  try {
    kept = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    // The first start, or a file that was cut off: nothing that anyone would miss.
  }
  const state = parseState(kept)
  const display = state === null ? screen.getPrimaryDisplay() : screen.getDisplayMatching({ ...state.bounds })
  return { ...fitState(state, display.workArea), least: leastSizeOn(display.workArea) }
}

export function keepWindowState(window: BrowserWindow, path: string): void {
  window.on('close', () => {
    const state: WindowState = { bounds: window.getNormalBounds(), maximized: window.isMaximized() }
    try {
      writeFileSync(path, JSON.stringify(state))
    } catch (thrown) {
      // A full or read-only disk must not keep the window from closing.
      console.error(`Could not save the window's position in ${path}:`, thrown)
    }
  })
}
