/** Every screen, dark and light, small and wide: no axe violation, nothing on the console, nothing cut off, nothing that needs the mouse. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Page } from '@playwright/test'
import { axeViolations } from './support/axe'
import { outOfReach } from './support/reach'
import { expect, listen, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-axe-'))
let server: Server

base.beforeAll(async () => {
  prepareHome(folder)
  server = await startServer(folder)
})
base.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

const screens = [
  'datasets',
  'datasets/1',
  'datasets/1?check=true',
  'train?dataset=1',
  'runs',
  'runs/1',
  'mistakes/1',
  'mistakes/1?view=confusions',
  'mistakes/1?view=classes',
  'mistakes/1?view=confidence',
  'mistakes/1?view=slices',
  'compare',
  'predict',
  'models',
  'models?id=embedded:bit-tiny',
  'models?id=run:1',
  'models?id=published:BiT-M-R50x1',
  'models?add=true',
  'engine',
]

async function open(page: Page, screen: string): Promise<void> {
  await page.goto(new URL(`/#/${screen}`, server.url).href)
  await expect(page.locator('main')).toBeVisible()
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
  await page.evaluate(() => document.fonts.ready)
}

for (const colorScheme of ['dark', 'light'] as const) {
  for (const viewport of [
    { width: 1024, height: 700 },
    { width: 1280, height: 800 },
    { width: 1920, height: 1080 },
  ]) {
    base.describe(`${colorScheme}, ${viewport.width} × ${viewport.height}`, () => {
      base.use({ colorScheme, viewport })

      base(
        'no screen has an axe violation, a word on the console or a control out of reach',
        async ({ page }) => {
          base.slow()
          const complaints: string[] = []
          listen(page, complaints)
          await page.goto(server.url)
          for (const screen of screens) {
            await open(page, screen)
            expect(await axeViolations(page), screen).toEqual([])
            const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
            expect(overflow, `${screen} is not wider than the window`).toBeLessThanOrEqual(0)
            expect(await outOfReach(page), `${screen} has every control in reach`).toEqual([])
          }
          expect(complaints).toEqual([])
        },
      )
    })
  }
}

base('the keyboard goes to every screen and lists its keys', async ({ page }) => {
  await page.goto(server.url)
  await expect(page.locator('main')).toBeVisible()
  for (const [key, screen] of Object.entries({
    t: 'train',
    r: 'runs',
    m: 'mistakes',
    c: 'compare',
    p: 'predict',
    o: 'models',
    d: 'datasets',
  })) {
    await page.keyboard.press('g')
    await page.keyboard.press(key)
    await expect(page).toHaveURL(new RegExp(`#/${screen}`))
    await expect(page.locator('main')).toBeFocused()
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  }
  await page.keyboard.press('F1')
  await expect(page.getByRole('dialog')).toContainText('Keyboard shortcuts')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog')).toBeVisible()
})

base('what opens on a screen has no axe violation either', async ({ page }) => {
  await page.goto(server.url)
  await open(page, 'train?dataset=1')
  await page.getByRole('button', { name: 'pre-training' }).click()
  await expect(page.getByRole('region', { name: 'Pre-training' })).toContainText('passes over')
  await page.getByRole('button', { name: /Beyond the rule/ }).click()
  expect(await axeViolations(page), 'pre-training').toEqual([])
  await open(page, 'runs/1')
  await page.getByRole('button', { name: 'Export …' }).click()
  await expect(page.getByRole('dialog').getByRole('radio')).not.toHaveCount(0)
  expect(await axeViolations(page), 'the export').toEqual([])
})

base('the chosen theme outlives a reload', async ({ page }) => {
  await page.goto(server.url)
  await page.getByRole('button', { name: /^Switch to (dark|light)$/ }).click()
  const chosen = await page.evaluate(() => document.documentElement.dataset['theme'])
  expect(['dark', 'light']).toContain(chosen)
  await page.reload()
  await expect(page.locator('main')).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe(chosen)
})
