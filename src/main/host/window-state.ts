/** Where the window was last time. */
import { readFileSync, writeFileSync } from 'node:fs'
import { screen, type BrowserWindow, type Rectangle } from 'electron'

export interface WindowState {
  readonly bounds: Partial<Rectangle> & { readonly width: number; readonly height: number }
  readonly maximized: boolean
}

const firstState: WindowState = { bounds: { width: 1360, height: 860 }, maximized: false }

export function loadWindowState(path: string): WindowState {
  let kept: unknown
  try {
    kept = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    // The first start, or a file that was cut off: nothing that anyone would miss.
    return firstState
  }
  return isState(kept) && isOnScreen(kept.bounds) ? kept : firstState
}

export function keepWindowState(window: BrowserWindow, path: string): void {
  window.on('close', () => {
    const state: WindowState = { bounds: window.getNormalBounds(), maximized: window.isMaximized() }
    try {
      writeFileSync(path, JSON.stringify(state))
    } catch (thrown) {
      // A full or read-only disk must not keep the window from closing.
      console.error(`The window's place could not be kept in ${path}:`, thrown)
    }
  })
}

function isState(value: unknown): value is { bounds: Rectangle; maximized: boolean } {
  const { bounds, maximized } = (value ?? {}) as Partial<Record<keyof WindowState, unknown>>
  const { x, y, width, height } = (bounds ?? {}) as Partial<Record<keyof Rectangle, unknown>>
  return typeof maximized === 'boolean' && [x, y, width, height].every((part) => Number.isSafeInteger(part))
}

/** A screen may have been unplugged since. */
function isOnScreen(bounds: Rectangle): boolean {
  const area = screen.getDisplayMatching(bounds).workArea
  return (
    bounds.width >= 400 &&
    bounds.height >= 300 &&
    bounds.x < area.x + area.width - 50 &&
    bounds.x + bounds.width > area.x + 50 &&
    bounds.y >= area.y - 10 &&
    bounds.y < area.y + area.height - 50
  )
}
