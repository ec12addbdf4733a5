/** A place of a known size for a component, as a screen gives it one. */
import { onTestFinished } from 'vitest'

/** In CSS px; what is rendered into it fills it. It goes when the test ends. */
export function roomOf(widthPx: number, heightPx: number): HTMLElement {
  const room = document.createElement('div')
  room.style.cssText = `display: flex; width: ${widthPx}px; height: ${heightPx}px`
  document.body.append(room)
  onTestFinished(() => room.remove())
  return room
}

/** Past the next layout, when what observes sizes has been told. */
export async function nextLayout(): Promise<void> {
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
}
