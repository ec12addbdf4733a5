/** Many images at once, as a person works on them: chosen by mouse and by key, corrected, listed, taken back, written out, kept as a view. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Page } from '@playwright/test'
import { axeViolations } from './support/axe'
import { expect, listen, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-bulk-'))
let server: Server

base.beforeAll(async () => {
  prepareHome(folder)
  server = await startServer(folder)
})
base.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

function parts(page: Page) {
  const images = page.getByRole('region', { name: 'Images' })
  return {
    grid: images.getByRole('listbox'),
    bar: page.getByRole('toolbar', { name: 'Selected images' }),
    filter: page.getByRole('complementary', { name: 'Filter' }),
    tag: page.getByRole('combobox', { name: 'Tag', exact: true }),
  }
}

base('images are chosen, corrected, listed, taken back and written out', async ({ page }) => {
  base.setTimeout(120_000)
  const complaints: string[] = []
  listen(page, complaints)
  await page.goto(server.url)
  await page.goto(page.url().replace(/#.*|$/, '#/datasets/1'))
  const { grid, bar, filter, tag } = parts(page)

  // By mouse: from one to another, and one more.
  await grid.locator('img').nth(1).click()
  await grid
    .locator('img')
    .nth(3)
    .click({ modifiers: ['Shift'] })
  await grid
    .locator('img')
    .nth(5)
    .click({ modifiers: ['Control'] })
  await expect(bar).toContainText('4 of 30 selected')
  expect(await axeViolations(page)).toEqual([])

  await page.keyboard.press('t')
  await expect(tag).toBeFocused()
  expect(await axeViolations(page)).toEqual([])
  await page.keyboard.type('blue sea')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Done: the tag "blue sea" on 4 images.')).toBeVisible()
  await filter.getByRole('button', { name: 'blue sea 4' }).click()
  await expect(page).toHaveURL(/q=tag/)
  await expect(grid.getByRole('option')).toHaveCount(4)

  // By key: all that the query finds.
  await grid.locator('img').first().click()
  await page.keyboard.press('Control+a')
  await expect(bar).toContainText('4 of 4 selected')
  await page.keyboard.press('l')
  await expect(page.getByRole('combobox', { name: 'Class' })).toBeFocused()
  await page.keyboard.type('red')
  await expect(page.getByRole('option', { name: 'red bars' })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(grid.getByText('→ red bars')).toHaveCount(4)
  await page.keyboard.press('x')
  await expect(grid.getByText('excluded')).toHaveCount(4)
  await page.keyboard.press('Control+z')
  await expect(page.getByText('Undone: excluding 4 images.')).toBeVisible()
  await expect(grid.getByText('excluded')).toHaveCount(0)

  // As a file.
  const file = join(folder, 'chosen.csv')
  await bar.getByRole('button', { name: 'Export …' }).click()
  const exporting = page.getByRole('dialog', { name: 'Export 4 images' })
  await exporting.getByRole('radio', { name: /CSV table/ }).check()
  await exporting.getByRole('textbox', { name: 'New file' }).fill(file)
  expect(await axeViolations(page)).toEqual([])
  await exporting.getByRole('button', { name: 'Export', exact: true }).click()
  await expect(exporting.getByText(`CSV table: ${file}`)).toBeVisible()
  await exporting.getByRole('button', { name: 'Close' }).click()
  expect(existsSync(file)).toBe(true)
  expect(readFileSync(file, 'utf8').trimEnd().split('\r\n')).toHaveLength(5)
  expect(readFileSync(file, 'utf8')).toContain(',blue sea,')

  // What was done, and one of it taken back alone.
  await page.getByRole('link', { name: /^Corrections/ }).click()
  const corrections = page.getByRole('dialog', { name: 'Corrections of tiny' })
  await expect(corrections.getByRole('listitem')).toHaveCount(3)
  expect(await axeViolations(page)).toEqual([])
  await corrections.getByRole('button', { name: 'Take back: the tag "blue sea" on 4 images' }).click()
  await expect(corrections.getByRole('button', { name: /^Do again: the tag/ })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(corrections).toBeHidden()
  await expect(page.getByText('No images found')).toBeVisible()
  expect(complaints).toEqual([])
})

base('what is shown is kept as a view, as a list and in order', async ({ page }) => {
  const complaints: string[] = []
  listen(page, complaints)
  await page.goto(server.url)
  await page.goto(page.url().replace(/#.*|$/, '#/datasets/1?q=split%3Atest'))
  const { grid, filter } = parts(page)
  await expect(grid.getByRole('option')).toHaveCount(6)
  await page.getByRole('button', { name: 'List', exact: true }).click()
  await expect(page).toHaveURL(/as=list/)
  const byPath = page.getByRole('group', { name: 'Order of the list' }).getByRole('button', { name: /^Path/ })
  await byPath.click()
  await expect(page).toHaveURL(/sort/)
  await expect(grid.getByRole('option').first()).toContainText('blue squares/')
  await byPath.click()
  await expect(grid.getByRole('option').first()).toContainText('red bars/')
  await expect(page.getByText('Prediction of first')).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
  await filter.getByRole('button', { name: 'Save this' }).click()
  const dialog = page.getByRole('dialog', { name: 'Save this view' })
  await dialog.getByRole('textbox', { name: 'Name of the view' }).fill('held out')
  await dialog.getByRole('button', { name: 'Save' }).click()
  const view = filter.getByRole('link', { name: 'held out' })
  await expect(view).toHaveAttribute('aria-current', 'true')

  await page.goto(page.url().replace(/#.*/, '#/datasets/1'))
  await expect(grid.getByRole('option')).toHaveCount(30)
  await view.click()
  await expect(grid.getByRole('option').first()).toContainText('red bars/')
  await view.hover()
  await filter.getByRole('button', { name: 'Remove the view held out' }).click()
  await expect(page.getByText('The view "held out" was removed.')).toBeVisible()
  await expect(view).toHaveCount(0)
  expect(complaints).toEqual([])
})
