/** A folder changes after the import, before one's eyes: a check lists the changes, taking them in makes a version, a moved folder is located. */
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { axeViolations } from './support/axe'
import { expect, listen, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-changes-'))
const images = join(folder, 'images')
let server: Server

base.beforeAll(async () => {
  prepareHome(folder, 'imported')
  server = await startServer(folder)
})
base.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

base('changes are listed, taken in as a version, and a moved folder is located', async ({ page }) => {
  const complaints: string[] = []
  listen(page, complaints)
  await page.goto(server.url)
  await page.getByRole('link', { name: 'Datasets' }).first().click()
  await page.getByRole('link', { name: 'tiny', exact: true }).click()
  const disk = page.getByRole('region', { name: 'Images on disk' })
  await disk.getByRole('button', { name: 'Check again' }).click()
  await expect(disk.getByText('Nothing has changed: all 30 images are as in version 1.')).toBeVisible()

  rmSync(join(images, 'red bars', '00.png'))
  renameSync(join(images, 'red bars', '01.png'), join(images, 'red bars', 'moved.png'))
  cpSync(join(images, 'red bars', '02.png'), join(images, 'red bars', 'copy.png'))
  await disk.getByRole('button', { name: 'Check again' }).click()
  await disk.getByRole('link', { name: '1 moved' }).click()
  const dialog = page.getByRole('dialog', { name: 'Changes in the images of tiny' })
  await expect(dialog.getByText('was red bars/01.png')).toBeVisible()
  await dialog.getByRole('button', { name: '1 gone' }).click()
  await expect(dialog.getByText('red bars/00.png')).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
  await page.keyboard.press('Escape')

  await disk.getByRole('button', { name: 'Take in' }).click()
  const newest = disk.getByRole('listitem').first()
  await expect(newest).toContainText('1 new, 1 gone, 1 moved')
  await expect(newest).toContainText('current')
  await expect(disk.getByRole('listitem')).toHaveCount(2)

  await disk.getByRole('link', { name: '30 images' }).last().click()
  const older = page.getByRole('dialog', { name: 'Version 1 of tiny' })
  await expect(older.getByRole('listbox', { name: '30 images' })).toBeVisible()
  await older.getByRole('option').nth(3).click()
  await expect(older.getByText('4 of 30')).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await expect(older).toBeHidden()

  mkdirSync(join(folder, 'elsewhere'))
  renameSync(images, join(folder, 'elsewhere', 'images'))
  await disk.getByRole('button', { name: 'Check again' }).click()
  await expect(disk.getByText(/The image folder .* cannot be read/)).toBeVisible()
  await disk.getByRole('button', { name: 'Locate folder …' }).click()
  const locate = page.getByRole('dialog', { name: 'Locate the images of tiny' })
  await locate.getByLabel('Folder path').fill(folder)
  await locate.getByRole('button', { name: 'Locate', exact: true }).click()
  await expect(locate.getByRole('alert')).toContainText('0 of 30 images are in')
  await locate.getByLabel('Folder path').fill(join(folder, 'elsewhere'))
  await locate.getByRole('button', { name: 'Locate', exact: true }).click()
  await expect(page.getByText(/30 of 30 images are in .*elsewhere.images/)).toBeVisible()
  await expect(disk.getByText(join(folder, 'elsewhere', 'images'))).toBeVisible()
  await disk.getByRole('button', { name: 'Check again' }).click()
  await expect(disk.getByText('Nothing has changed: all 30 images are as in version 2.')).toBeVisible()
  // the images of files that are gone are asked for before anyone knows that they are
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
})
