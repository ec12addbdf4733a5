/** The split of a dataset changed before one's eyes: drawn anew, with what is kept together, and as a list says. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { axeViolations } from './support/axe'
import { outOfReach } from './support/reach'
import { expect, listen, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-split-'))
let server: Server

base.beforeAll(async () => {
  prepareHome(folder, 'imported')
  server = await startServer(folder)
})
base.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

base(
  'a split is drawn anew, refused where too much is kept together, and taken from a list',
  async ({ page }) => {
    const complaints: string[] = []
    listen(page, complaints)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.goto(server.url)
    await page.getByRole('link', { name: 'tiny', exact: true }).click()
    const change = page.getByRole('main').getByRole('button', { name: 'Change split' })
    await change.click()
    const dialog = page.getByRole('dialog', { name: 'Change split of tiny' })
    await expect(dialog).toBeVisible()
    expect(await axeViolations(page)).toEqual([])
    expect(await outOfReach(page)).toEqual([])

    // Each class is one folder here: nothing would be left to test on.
    const together = dialog.getByRole('combobox', { name: /^Kept in one part/ })
    const draw = dialog.getByRole('button', { name: 'Change split' })
    await together.selectOption('folder')
    await draw.click()
    await expect(dialog.getByText(/no image is left for/)).toBeVisible()
    await together.selectOption('alike')
    await draw.click()
    await expect(dialog.getByText(/is not known yet/)).toBeVisible()
    await together.selectOption('copies')
    await dialog.getByLabel('Seed').fill('7')
    await draw.click()
    await expect(dialog).toBeHidden()
    await expect(page.getByText('Split of tiny changed.')).toBeVisible()

    await change.click()
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Save as a list' }).click(),
    ])
    expect(saved.suggestedFilename()).toBe('tiny-split.txt')
    const list = ['red bars/00.png test', 'red bars/01.png val', 'red bars/99.png val'].join('\n')
    await dialog
      .getByLabel('A list of parts')
      .setInputFiles({ name: 'parts.txt', mimeType: 'text/plain', buffer: Buffer.from(list) })
    const said = dialog.getByRole('status')
    await expect(said).toContainText('The list names 2 images')
    await expect(said).toContainText('line 3: red bars/99.png val the dataset has no such image')
    expect(await axeViolations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Close' }).click()
    await expect(dialog).toBeHidden()
    expect(complaints).toEqual([])
  },
)
