import type { Page } from '@playwright/test'

/**
 * The controls that nobody can get at: they lie outside the window or are cut off by what does not scroll. A line for each; empty where
 * all can be reached. What is for screen readers alone, and what shows under the pointer only, does not count.
 */
export function outOfReach(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const tolerancePx = 1.5
    const controls = 'a[href], button, input, select, textarea, [tabindex="0"]'
    const lines: string[] = []
    for (const control of document.querySelectorAll<HTMLElement>(controls)) {
      if (!control.checkVisibility({ checkVisibilityCSS: true }) || control.closest('.sr') !== null) continue
      const box = control.getBoundingClientRect()
      if (box.width === 0 || box.height === 0) continue
      const open = { x: true, y: true }
      const cut = (frame: { left: number; right: number; top: number; bottom: number }): string | null => {
        if (open.x && (box.left < frame.left - tolerancePx || box.right > frame.right + tolerancePx))
          return 'x'
        if (open.y && (box.top < frame.top - tolerancePx || box.bottom > frame.bottom + tolerancePx))
          return 'y'
        return null
      }
      let found: string | null = null
      for (let around = control.parentElement; around !== null; around = around.parentElement) {
        const { overflowX, overflowY, position } = getComputedStyle(around)
        if (/auto|scroll/.test(overflowX)) open.x = false
        if (/auto|scroll/.test(overflowY)) open.y = false
        if (/hidden|clip/.test(overflowX) && /hidden|clip/.test(overflowY)) {
          found ??= cut(around.getBoundingClientRect())
        }
        if (position === 'fixed') break
      }
      found ??= cut({ left: 0, right: innerWidth, top: 0, bottom: innerHeight })
      const name = control.getAttribute('aria-label') ?? control.textContent.trim()
      if (found !== null) lines.push(`${found}: ${control.tagName} "${name.slice(0, 40)}"`)
    }
    return lines
  })
}
