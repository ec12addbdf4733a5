/** The check of a dataset before one's eyes: what is found, a leak moved and ignored, and what the training says of it. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Page } from '@playwright/test'
import sharp from 'sharp'
import { axeViolations } from './support/axe'
import { outOfReach } from './support/reach'
import { bitw, expect, knowSpeed, listen, startServer, type Server } from './support/workbench'
import { drawTinyDataset } from '../support/tiny-dataset'

const folder = mkdtempSync(join(tmpdir(), 'bitw-check-'))
const images = join(folder, 'images')
let server: Server

base.beforeAll(async () => {
  for (const part of ['train', 'test']) await drawTinyDataset(join(images, part), part === 'train' ? 8 : 2)
  copyFileSync(join(images, 'train', 'red bars', '04.png'), join(images, 'train', 'green discs', 'bar.png'))
  const white = { width: 48, height: 48, channels: 3 as const, background: '#ffffff' }
  await sharp({ create: white })
    .png()
    .toFile(join(images, 'train', 'red bars', 'white.png'))
  bitw(folder, 'import', images, '--name', 'tiny', '--val', '0')
  knowSpeed(folder)
  server = await startServer(folder)
})
base.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

async function soundScreen(page: Page, name: string): Promise<void> {
  expect(await axeViolations(page), name).toEqual([])
  expect(await outOfReach(page), `${name} has every control in reach`).toEqual([])
}

base('a check finds what is there, and each finding is acted on and taken back', async ({ page }) => {
  const complaints: string[] = []
  listen(page, complaints)
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.goto(server.url)
  await page.getByRole('link', { name: 'tiny', exact: true }).click()
  // The address alone checks nothing; the button does.
  await page.goto(new URL('/#/datasets/1?check=true', server.url).href)
  await expect(page.getByRole('heading', { name: 'tiny has not been checked' })).toBeVisible()
  await soundScreen(page, 'unchecked')
  await page.getByRole('link', { name: 'Show the images' }).click()
  await page.getByRole('link', { name: 'Check dataset' }).click()

  const findings = page.getByRole('navigation', { name: 'Findings' })
  const leak = findings.getByRole('button', { name: /^Leaks between the parts/ })
  await expect(leak).toHaveAttribute('aria-current', 'true')
  await expect(leak).toContainText('test images have a twin in train')
  await expect(findings.getByRole('button', { name: /^Same image, different labels 1/ })).toBeVisible()
  await findings.getByRole('button', { name: /^Blank images 1/ }).click()
  const blank = page.getByRole('region', { name: 'Blank images' })
  await expect(blank.getByRole('button', { name: /white\.png/ })).toBeVisible()
  await soundScreen(page, 'blank images')

  // The keyboard opens an image and comes back.
  await blank.getByRole('button', { name: /white\.png/ }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toContainText('train/red bars/white.png')
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Exclude' })).toBeVisible()
  await page.keyboard.press('l')
  const classes = page.getByRole('dialog', { name: 'Another class' })
  await expect(classes.getByRole('combobox', { name: 'Class' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(classes).toBeHidden()
  await expect(page.getByRole('dialog')).toContainText('train/red bars/white.png')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()

  await blank.getByRole('button', { name: 'Ignore image 1 …' }).click()
  const dialog = page.getByRole('dialog', { name: 'Ignore this image of “Blank images”' })
  await expect(dialog.getByRole('button', { name: 'Ignore', exact: true })).toBeDisabled()
  await dialog.getByLabel('Reason').fill('a white bar')
  await soundScreen(page, 'the reason')
  await page.keyboard.press('Enter')
  await expect(findings.getByRole('button', { name: /^Blank images ignored a white bar/ })).toBeVisible()
  await page.getByRole('button', { name: 'Count the ignored again' }).click()
  await expect(findings.getByRole('button', { name: /^Blank images 1/ })).toBeVisible()

  await blank.getByRole('button', { name: 'Exclude image 1' }).click()
  await expect(findings.getByRole('button', { name: /^Blank images/ })).toBeHidden()
  const pending = page.getByRole('note').filter({ hasText: 'not yet in a version' })
  await expect(pending).toContainText('1 correction counted here')
  await pending.getByRole('button', { name: 'Undo the last' }).click()
  await expect(findings.getByRole('button', { name: /^Blank images 1/ })).toBeVisible()
  await expect(pending).toBeHidden()

  await findings.getByRole('button', { name: /^Same image, different labels 1/ }).click()
  await page.getByRole('button', { name: 'Relabel …' }).click()
  await page.getByRole('combobox', { name: 'Class' }).fill('red')
  await soundScreen(page, 'another class')
  await page.getByRole('combobox', { name: 'Class' }).press('Enter')
  await expect(findings.getByRole('button', { name: /^Same image, different labels/ })).toBeHidden()
  await pending.getByRole('button', { name: 'Take in' }).click()
  await expect(pending).toBeHidden()

  await page.getByRole('button', { name: 'Find wrong labels' }).click()
  await expect(page.getByRole('button', { name: 'Find wrong labels again' })).toBeEnabled({
    timeout: 180_000,
  })

  await leak.click()
  await page.getByRole('button', { name: /^Move (all|the group)/ }).click()
  await expect(leak).toBeHidden()
  await expect(page.getByText(/^A new split was made/)).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).last().click()
  await expect(leak).toBeVisible()

  await page.goto(new URL('/#/train?dataset=1', server.url).href)
  const before = page.getByRole('complementary', { name: 'Before you start' })
  await expect(before).toContainText('twin in the training images')
  await before.getByRole('link', { name: 'Show the leaks' }).click()
  await expect(leak).toHaveAttribute('aria-current', 'true')
  expect(complaints).toEqual([])
})

for (const colorScheme of ['dark', 'light'] as const) {
  for (const width of [1024, 1920]) {
    base.describe(`${colorScheme}, ${width} wide`, () => {
      base.use({ colorScheme, viewport: { width, height: 700 } })

      base('every finding can be reached and read', async ({ page }) => {
        const complaints: string[] = []
        listen(page, complaints)
        await page.goto(server.url)
        await page.goto(new URL('/#/datasets/1?check=leak', server.url).href)
        const findings = page.getByRole('navigation', { name: 'Findings' }).getByRole('button')
        // Where an earlier test failed, this one has a home of its own.
        const start = page.getByRole('main').getByRole('button', { name: 'Check dataset' })
        await expect(findings.or(start).first()).toBeVisible()
        if (await start.isVisible()) await start.click()
        await expect(findings.first()).toBeVisible()
        for (const finding of await findings.all()) {
          await finding.click()
          await expect(page.getByRole('region').first()).toBeVisible()
          await soundScreen(page, await finding.innerText())
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
          expect(overflow).toBeLessThanOrEqual(0)
        }
        expect(complaints).toEqual([])
      })
    })
  }
}
