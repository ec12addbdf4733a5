/** Paths in a browser, which has no dialogs of the desktop: lists of folders and files, by keyboard; and the file manager where there is one. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { drawTinyDataset } from '../support/tiny-dataset'
import { axeViolations } from './support/axe'
import { bitw, goTo, knowSpeed, listen, startServer, typeCommand, type Server } from './support/workbench'

test.describe.configure({ mode: 'serial' })
const folder = mkdtempSync(join(tmpdir(), 'bitw-paths-'))
const opened = join(folder, 'opened.txt')
const environment = { ...process.env }
const complaints: string[] = []
let server: Server
let page: Page

test.beforeAll(async ({ browser }) => {
  await drawTinyDataset(join(folder, 'images'), 6)
  bitw(folder, 'import', join(folder, 'images'), '--name', 'tiny')
  knowSpeed(folder)
  mkdirSync(join(folder, 'models'))
  copyFileSync(resolve('resources/models/bit-tiny.safetensors'), join(folder, 'models', 'mine.safetensors'))
  writeFileSync(join(folder, 'models', 'notes.txt'), '')
  // A desktop whose way to open a folder writes down which.
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin', 'xdg-open'), `#!/bin/sh\nprintf '%s' "$1" > '${opened}'\n`)
  chmodSync(join(folder, 'bin', 'xdg-open'), 0o755)
  process.env['PATH'] = [join(folder, 'bin'), environment['PATH']].join(delimiter)
  process.env['DISPLAY'] ??= ':0'
  delete process.env['SSH_CONNECTION']
  delete process.env['SSH_TTY']
  server = await startServer(folder)
  page = await (await browser.newContext({ viewport: { width: 1360, height: 860 } })).newPage()
  listen(page, complaints)
  await page.goto(server.url)
})
test.afterAll(async () => {
  await page?.close()
  await server?.kill()
  process.env = environment
  rmSync(folder, { recursive: true, force: true })
})

test('a folder is found with the keyboard alone', async () => {
  await goTo(page, 'datasets')
  await page.keyboard.press('Control+o')
  const dialog = page.getByRole('dialog', { name: 'Open a folder of images' })
  const field = dialog.getByRole('combobox', { name: 'Folder path' })
  await expect(field).toBeFocused()
  await field.fill(`${folder}/ima`)
  await expect(dialog.getByRole('status')).toContainText('1 folder starts with “ima”')
  await expect(dialog.getByRole('option')).toHaveText(['images'])
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(field).toHaveValue(join(folder, 'images'))
  await expect(dialog.getByRole('status')).toContainText('3 subfolders, each a class')
  await page.keyboard.press('Alt+ArrowUp')
  await expect(field).toHaveValue(folder)
  await dialog.getByRole('button', { name: 'Home' }).click()
  await expect(field).not.toHaveValue(folder)
  expect(await axeViolations(page)).toEqual([])
  await page.keyboard.press('Escape')
})

test('a list of images is chosen from the files of a folder, and imported', async () => {
  const lines = [
    'blue squares/00.png\tcold',
    'green discs/00.png\tcold',
    'red bars/00.png\twarm',
    '/x.png\twarm',
  ]
  writeFileSync(join(folder, 'images', 'by warmth.txt'), lines.join('\n'))
  await goTo(page, 'datasets')
  await page.keyboard.press('Control+o')
  const dialog = page.getByRole('dialog', { name: 'Open a folder of images' })
  const field = dialog.getByRole('combobox', { name: 'Folder path' })
  await field.fill(`${folder}/images/b`)
  await expect(dialog.getByRole('status')).toContainText('2 entries start with “b”')
  await expect(dialog.getByRole('option')).toHaveText(['blue squares', 'by warmth.txt'])
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(field).toHaveValue(join(folder, 'images', 'by warmth.txt'))
  await expect(dialog.getByRole('status')).toContainText('A list of images')
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveAttribute('placeholder', 'by warmth')
  await dialog.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByRole('heading', { name: 'by warmth', level: 1 })).toBeVisible()
  await page.getByRole('button', { name: /problems/ }).click()
  await expect(page.getByRole('dialog')).toContainText('Line 4: “/x.png” is an absolute path.')
  await page.keyboard.press('Escape')
})

test('a model’s file is chosen from the files that can be one', async () => {
  await goTo(page, 'models')
  await page.keyboard.press('Control+o')
  const dialog = page.getByRole('dialog', { name: 'Add a model from a file' })
  const field = dialog.getByRole('combobox', { name: 'Path of the weights file' })
  await field.fill(join(folder, 'models'))
  await expect(dialog.getByRole('option')).toHaveText(['mine.safetensors'])
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Tab')
  await expect(field).toHaveValue(join(folder, 'models', 'mine.safetensors'))
  await dialog.getByRole('button', { name: 'Add' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('heading', { name: 'BiT-Tiny', level: 1 }).first()).toBeVisible()
})

test('an export gets a folder that is made for it', async () => {
  await page
    .getByRole('button', { name: /export/i })
    .first()
    .click()
  const dialog = page.getByRole('dialog', { name: /export/i })
  await dialog.getByRole('button', { name: 'Choose' }).click()
  await dialog.getByRole('combobox', { name: 'Parent folder' }).fill(folder)
  await expect(dialog.getByRole('option').first()).toBeVisible()
  await dialog.getByRole('button', { name: 'New folder' }).click()
  await dialog.getByRole('textbox', { name: 'Name of the new folder' }).fill('my exports')
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('textbox', { name: 'Export folder', exact: true })).toHaveValue(
    join(folder, 'my exports', 'BiT-Tiny-onnx'),
  )
  expect(existsSync(join(folder, 'my exports'))).toBe(true)
  expect(await axeViolations(page)).toEqual([])
  await page.keyboard.press('Escape')
})

test('images to predict are chosen from the files of a folder', async () => {
  await page.getByRole('button', { name: 'By path' }).click()
  const dialog = page.getByRole('dialog', { name: 'Images on the workbench’s machine' })
  const field = dialog.getByRole('combobox', { name: 'Path of folder or image' })
  await field.fill(join(folder, 'images', 'green discs'))
  await expect(dialog.getByRole('option').first()).toHaveText('00.png')
  await expect(dialog.getByRole('status')).toContainText('6 images')
  await field.fill(join(folder, 'images', 'green discs', '03.png'))
  await expect(dialog.getByRole('status')).toContainText('One image.')
  await page.keyboard.press('Escape')
})

test('the file manager shows the image in view', async () => {
  await goTo(page, 'datasets')
  await page.getByRole('link', { name: 'tiny' }).first().click()
  await expect(page.getByRole('complementary', { name: 'Selected image' })).toContainText('00.png')
  await typeCommand(page, 'show the image')
  await page.keyboard.press('Enter')
  await expect
    .poll(() => (existsSync(opened) ? readFileSync(opened, 'utf8') : ''))
    .toMatch(new RegExp(`^${join(folder, 'images')}/[^/]+$`))
})

test('nothing of it made the page complain', () => {
  expect(complaints).toEqual([])
})
