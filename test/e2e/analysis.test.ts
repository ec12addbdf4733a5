/** What Mistakes shows beside its images: confusions, classes, confidence, slices, and the model elsewhere. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Page } from '@playwright/test'
import { expect, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-analysis-'))
let server: Server

base.beforeAll(async () => {
  prepareHome(folder)
  server = await startServer(folder)
})
base.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

async function open(page: Page, address: string): Promise<void> {
  await page.goto(new URL(`/#/${address}`, server.url).href)
}

function shownCount(page: Page) {
  return page.getByRole('search').locator('output')
}

base('lists of mistakes are queries, and each opens as many images as it says', async ({ page }) => {
  await page.goto(server.url)
  await open(page, 'mistakes/1')
  const list = page.getByRole('tab', { name: /^Top losses/ })
  await expect(list).toHaveText(/\d/)
  const count = /\d+/.exec((await list.textContent()) ?? '')?.[0] ?? ''
  await list.click()
  await expect(page).toHaveURL(/worst%3C%3D50/)
  await expect(list).toHaveAttribute('aria-selected', 'true')
  await expect(shownCount(page)).toHaveText(new RegExp(`^${count} `))
})

base('the threshold is moved by keys, and what it leaves opens', async ({ page }) => {
  await page.goto(server.url)
  await open(page, 'mistakes/1?view=confidence')
  const slider = page.getByRole('slider', { name: 'Share answered' })
  await slider.focus()
  await page.keyboard.press('End')
  await expect(slider).toHaveAttribute('aria-valuenow', '100')
  await page.keyboard.press('Home')
  await expect(slider).not.toHaveAttribute('aria-valuenow', '100')
  const left = page.getByRole('listitem').filter({ hasText: 'left to a person' }).getByRole('button')
  const count = (await left.textContent()) ?? ''
  await left.click()
  await expect(page).toHaveURL(/confidence%3C0/)
  await expect(shownCount(page)).toHaveText(new RegExp(`^${count} `))
})

base('a cell of the large matrix opens its images, by key', async ({ page }) => {
  await page.goto(server.url)
  await open(page, 'mistakes/1?view=confusions')
  const matrix = page.getByRole('listbox', { name: /Confusion matrix, 3 by 3/ })
  await matrix.focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/q=label%3A/)
  await expect(shownCount(page)).not.toHaveText(/^0 /)
})

base('a slice is saved, held to its floor, and deleted', async ({ page }) => {
  await page.goto(server.url)
  await open(page, 'mistakes/1?view=slices')
  const form = page.getByRole('form', { name: 'New slice' })
  await form.getByLabel('Name').fill('impossible')
  await form.getByLabel('Query').fill('width>99999')
  await form.getByLabel('Floor, %').fill('90')
  await form.getByRole('button', { name: 'Save slice' }).click()
  const row = page.getByRole('row').filter({ hasText: 'impossible' })
  await expect(row).toContainText('no images')
  await form.getByLabel('Name').fill('unknown')
  await form.getByLabel('Query').fill('label:nothing')
  await form.getByRole('button', { name: 'Save slice' }).click()
  await expect(page.getByRole('alert')).toContainText('There is no class nothing')
  await row.getByRole('button', { name: 'Delete the slice impossible' }).click()
  await expect(row).toHaveCount(0)
})

base('the model is asked of another part, with its classes shown', async ({ page }) => {
  base.slow()
  await page.goto(server.url)
  await open(page, 'mistakes/1')
  await page.getByRole('button', { name: 'Evaluate on …' }).click()
  const dialog = page.getByRole('dialog')
  const first = dialog.getByRole('combobox', { name: /^Class of the dataset for/ }).first()
  await expect(first).not.toHaveValue('')
  await dialog.getByLabel('Images').selectOption('all')
  await first.selectOption('')
  await expect(dialog.getByRole('status')).toContainText('left out')
  await dialog.getByRole('button', { name: 'Evaluate' }).click()
  await expect(page).toHaveURL(/set=\d+/, { timeout: 180_000 })
  await expect(page.getByRole('note').filter({ hasText: 'left out' })).toContainText('does not have')
  await expect(page.getByRole('combobox', { name: 'Evaluated images' })).toContainText('all images')
})
