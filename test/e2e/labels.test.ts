/** The loop as a person goes through it: a mistake, its label corrected by keyboard, trained again, the two runs compared. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { axeViolations } from './support/axe'
import { savedReportViolations } from './support/save-report'
import { expect, listen, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-loop-'))
let server: Server

base.beforeAll(async () => {
  prepareHome(folder)
  server = await startServer(folder)
})
base.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

base('a label is corrected, undone, corrected otherwise, and a second run has it', async ({ page }) => {
  const complaints: string[] = []
  listen(page, complaints)
  await page.goto(server.url)
  await page.goto(page.url().replace(/#.*|$/, '#/mistakes/1?q=is:any'))
  const label = page.getByRole('region', { name: 'Label', exact: true })
  const now = label.locator('b')
  await expect(now).toBeVisible()
  await expect(page.getByRole('button', { name: /^Train again/ })).toHaveCount(0)

  const gallery = page.getByRole('region', { name: 'Images' })
  await gallery.locator('img').first().click()
  const was = (await now.textContent()) ?? ''
  await page.keyboard.press('l')
  const dialog = page.getByRole('dialog', { name: 'Another class' })
  await expect(dialog.getByRole('combobox', { name: 'Class' })).toBeFocused()
  expect(await axeViolations(page)).toEqual([])
  await page.keyboard.type('stripe')
  await expect(dialog.getByRole('option', { name: 'stripe new class' })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(gallery.getByText('→ stripe')).toBeVisible()
  await page.keyboard.press('Control+z')
  await expect(page.getByText('Undone: class "stripe" for 1 image.')).toBeVisible()
  await expect(gallery.getByText('→ stripe')).toHaveCount(0)

  await gallery.locator('img').first().click()
  await expect(now).toHaveText(was)
  const other = was === 'red bars' ? 'green discs' : 'red bars'
  await page.keyboard.press('l')
  await page.keyboard.type(other)
  await page.keyboard.press('Enter')
  await expect(gallery.getByText(`→ ${other}`)).toBeVisible()
  await gallery.locator('img').nth(1).click()
  await page.keyboard.press('x')
  await expect(gallery.getByText('excluded')).toBeVisible()
  expect(await axeViolations(page)).toEqual([])

  await expect(page.getByRole('note').getByText('only test labels changed')).toBeVisible()
  await page.getByRole('button', { name: 'Train again anyway' }).click()
  await expect(page).toHaveURL(/#\/runs\/2/)
  await expect(page.getByText(/95 % interval/)).toBeVisible({ timeout: 180_000 })
  await expect(page.getByRole('note', { name: 'What changed' })).toContainText(/Against .* p = /)
  await page.getByRole('main').getByRole('link', { name: 'Compare' }).click()
  await expect(page).toHaveURL(/#\/compare\?first=1&second=2/)
  await expect(page.getByRole('combobox', { name: 'First run' })).toHaveValue('1')
  const side = page.getByRole('complementary', { name: 'Changes' })
  await expect(side.getByText('1 image has another label now; both runs are judged by that.')).toBeVisible()
  await expect(side.getByText(/1 image only first evaluated: left out/)).toBeVisible()
  const counts = await page.getByRole('tab').allTextContents()
  const total = counts.reduce((sum, text) => sum + Number(/\d+$/.exec(text)?.[0] ?? NaN), 0)
  await expect(page.getByText(`of ${String(total)} test images`)).toBeVisible()
  const countIn = (words: RegExp) => side.getByText(words).getByRole('link', { name: '1 image', exact: true })
  await countIn(/only first evaluated/).click()
  await expect(page).toHaveURL(/#\/mistakes\/1\?/)
  await expect(page.getByText('Trained again:')).toBeVisible()
  await expect(page.getByRole('status').getByText('1 image', { exact: true })).toBeVisible()
  await page.goBack()
  await countIn(/has another label now/).click()
  await expect(page.getByText('1 image with another label')).toBeVisible()
  await page.keyboard.press('Escape')
  await page
    .getByRole('tab', { name: /Right in both|Still wrong/ })
    .first()
    .click()
  expect(await axeViolations(page)).toEqual([])
  const report = join(folder, 'report.html')
  expect(await savedReportViolations(page, report, 'Settings that differ')).toEqual([])
  expect(complaints).toEqual([])
})
