import axe from 'axe-core'
import type { Page } from '@playwright/test'

/**
 * What axe finds wrong with the page once nothing moves, a line for each rule; empty where nothing is. It runs in the page: its package for
 * Playwright brings half a megabyte of source again each time, and a second page to put frames together, of which the interface has none.
 */
export async function axeViolations(page: Page): Promise<string[]> {
  if (await page.evaluate(() => !('axe' in window))) await page.evaluate(axe.source)
  return page.evaluate(async () => {
    // A button that was just enabled is for a moment in neither colour. What turns for ever is not waited for.
    await new Promise((resolve) => requestAnimationFrame(resolve))
    const passing = document
      .getAnimations()
      .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))
    await Promise.allSettled(passing.map(({ finished }) => finished))
    const found = await (window as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] })
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
  })
}
