/** A rating as two people go through it: started from the mistakes, answered by keyboard alone, and what comes out. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Page } from '@playwright/test'
import { axeViolations } from './support/axe'
import { outOfReach } from './support/reach'
import { expect, listen, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-ratings-'))
let server: Server

base.beforeAll(async () => {
  await prepareHome(folder)
  server = await startServer(folder)
})
base.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

async function open(page: Page, hash: string, complaints: string[]): Promise<void> {
  listen(page, complaints)
  await page.goto(server.url)
  await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible()
  await page.goto(page.url().replace(/#.*|$/, hash))
}

/** The place that the screen says, e.g. 'image 2 of 6'. */
async function isAt(page: Page, place: string): Promise<void> {
  await expect(page.getByText(place, { exact: true })).toBeVisible()
}

base('is started, answered by keyboard, taken back, gone on with, and counted', async ({ page }) => {
  const complaints: string[] = []
  await open(page, '#/ratings?run=1', complaints)
  await page.getByRole('main').getByRole('link', { name: 'New rating' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'New rating' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill('first look')
  await dialog.getByRole('textbox', { name: 'Images' }).fill('is:any')
  await dialog.getByRole('textbox', { name: 'Shown twice, %' }).fill('0')
  expect(await axeViolations(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Start the rating' }).click()
  await expect(page.getByRole('heading', { name: 'first look' })).toBeVisible()
  expect(await axeViolations(page)).toEqual([])

  await page.getByRole('textbox', { name: 'Your name' }).fill('Anna')
  await page.keyboard.press('Enter')
  await isAt(page, 'image 1 of 6')
  await expect(page.getByRole('img', { name: 'The image to rate' })).toBeVisible()
  await expect(page.getByText(/Image 1 of 6\./)).toBeAttached()
  expect(await axeViolations(page)).toEqual([])
  expect(await outOfReach(page)).toEqual([])

  await page.keyboard.press('n')
  await expect(page.getByRole('textbox', { name: 'Note' })).toBeFocused()
  await page.keyboard.type('two things')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Note: two things')).toBeVisible()
  await page.keyboard.press('?')
  await isAt(page, 'image 2 of 6')
  await page.keyboard.press('4')
  await isAt(page, 'image 3 of 6')
  await page.keyboard.press('ArrowLeft')
  await isAt(page, 'image 2 of 6')
  await expect(page.getByRole('button', { pressed: true })).toHaveText(/4\s*(Neither|Not right)/)
  await page.keyboard.press('Backspace')
  await expect(page.getByRole('button', { pressed: true })).toHaveCount(0)
  await expect(page.getByText('1 of 6 answered')).toBeVisible()
  await page.keyboard.press('l')
  await expect(page.getByRole('combobox', { name: 'Class' })).toBeFocused()
  await page.keyboard.type('stripes')
  await expect(page.getByRole('option', { name: 'stripes new class' })).toBeVisible()
  await page.keyboard.press('Enter')
  await isAt(page, 'image 3 of 6')

  // What was answered is on the disk: another page goes on from there.
  await page.reload()
  await isAt(page, 'image 3 of 6')
  await expect(page.getByText('2 of 6 answered')).toBeVisible()
  for (let at = 3; at <= 6; at++) {
    await isAt(page, `image ${String(at)} of 6`)
    await page.keyboard.press('3')
  }
  await expect(page.getByRole('heading', { name: 'All 6 are answered' })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/ratings\/\d+$/)
  await expect(page.getByText('6 of 6', { exact: true })).toBeVisible()
  await expect(page.getByRole('term').filter({ hasText: 'Adjudicated' })).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
  expect(complaints).toEqual([])
})

base('blind, or without words, tells nothing of the prediction', async ({ page }) => {
  const complaints: string[] = []
  await open(page, '#/ratings?run=1&new=true&q=is:any', complaints)
  const dialog = page.getByRole('dialog', { name: 'New rating' })
  await dialog.getByRole('button', { name: 'Only the image' }).click()
  await dialog.getByRole('button', { name: 'Start the rating' }).click()
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ben')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('combobox', { name: 'Class' })).toBeFocused()
  const stage = page.getByRole('main')
  await expect(stage.getByText(/red bars|green discs|blue squares|Prediction|Label/)).toHaveCount(0)
  await page.keyboard.type('GREEN')
  await expect(page.getByRole('option', { name: 'green discs' })).toBeVisible()
  await page.keyboard.press('Enter')
  await isAt(page, 'image 2 of 6')
  await expect(page.getByRole('combobox', { name: 'Class' })).toBeFocused()
  await page.keyboard.press('?')
  await isAt(page, 'image 3 of 6')
  await expect(page.getByRole('combobox', { name: 'Class' })).toBeFocused()
  await page.keyboard.press('Backspace')
  await expect(page.getByText('1 of 6 answered')).toBeVisible()
  await isAt(page, 'image 2 of 6')
  await page.keyboard.press('Escape')
  await expect(page.getByText('1 of 6', { exact: true })).toBeVisible()
  expect(complaints).toEqual([])
})
