/** A rating as two people go through it: started from the mistakes, answered by keyboard alone, and what comes out. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Page } from '@playwright/test'
import { axeViolations } from './support/axe'
import { outOfReach } from './support/reach'
import { savedReportViolations } from './support/save-report'
import { expect, listen, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-ratings-'))
let server: Server

base.beforeAll(async () => {
  prepareHome(folder)
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

// The first: a verdict is of all ratings, and the others leave theirs.
base(
  'goes out as a file and comes back, its wall is written, its verdicts are lists of mistakes',
  async ({ page }) => {
    const complaints: string[] = []
    await open(page, '#/ratings?run=1&new=true', complaints)
    const dialog = page.getByRole('dialog', { name: 'New rating' })
    await dialog.getByRole('textbox', { name: 'Name' }).fill('mistakes')
    await dialog.getByRole('textbox', { name: 'Shown twice, %' }).fill('0')
    await dialog.getByRole('button', { name: 'Start the rating' }).click()
    await page.getByRole('textbox', { name: 'Your name' }).fill('Cleo')
    await page.keyboard.press('Enter')
    const answered = page.getByText(/^0 of \d+ answered$/)
    await expect(answered).toBeVisible()
    const total = Number(/of (\d+)/.exec((await answered.textContent()) ?? '')?.[1])
    for (let at = 1; at <= total; at++) {
      await isAt(page, `image ${String(at)} of ${String(total)}`)
      await page.keyboard.press('1')
    }
    await expect(page.getByRole('heading', { name: `All ${String(total)} are answered` })).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('tab', { name: `Prediction better ${String(total)}` })).toBeVisible()

    const file = join(folder, 'sent.jsonl')
    await page.getByRole('button', { name: 'Write as a file' }).click()
    const send = page.getByRole('dialog', { name: 'Write mistakes as a file' })
    await send.getByRole('textbox', { name: 'File' }).fill(file)
    expect(await axeViolations(page)).toEqual([])
    await send.getByRole('button', { name: 'Write the file' }).click()
    await expect(send.getByText('The rating is in')).toBeVisible()
    expect(existsSync(file)).toBe(true)
    await page.keyboard.press('Escape')
    await expect(send).toBeHidden()

    await page.getByRole('button', { name: 'Wall' }).click()
    const wall = page.getByRole('dialog', { name: 'Wall of mistakes' })
    await wall.getByRole('button', { name: 'HTML' }).click()
    await wall.getByRole('textbox', { name: 'File' }).fill(join(folder, 'wall.html'))
    expect(await axeViolations(page)).toEqual([])
    await wall.getByRole('button', { name: 'Write the wall' }).click()
    await expect(wall.getByText(`${String(total)} images in`)).toBeVisible()
    expect(readFileSync(join(folder, 'wall.html'), 'utf8').match(/<figure class="p"/g)).toHaveLength(total)
    await page.keyboard.press('Escape')
    await expect(wall).toBeHidden()
    expect(await savedReportViolations(page, join(folder, 'report.html'), 'Verdicts')).toEqual([])

    await page.getByRole('main').getByRole('link', { name: 'Mistakes' }).click()
    await page.getByRole('tab', { name: `Prediction better ${String(total)}` }).click()
    await expect(page).toHaveURL(/verdict(?::|%3A)prediction/)
    await expect(page.getByRole('option', { name: /Raters: prediction \(1 prediction\)/ })).toHaveCount(total)
    expect(await axeViolations(page)).toEqual([])

    // Another opinion by one key, in Mistakes itself: half against half is unsure; then it is taken back.
    await page.getByRole('tab', { name: /^All / }).click()
    await expect(page).not.toHaveURL(/verdict/)
    const images = page.getByRole('option', { name: /Raters: / })
    await images.first().click()
    const judging = page.getByRole('region', { name: 'Who is right?' })
    await expect(judging.getByText('raters: 1 prediction', { exact: true })).toBeVisible()
    await page.keyboard.press('2')
    await expect(page.getByRole('tab', { name: 'Unsure 1', exact: true })).toBeVisible()
    await expect(page.getByRole('tab', { name: `Prediction better ${String(total - 1)}` })).toBeVisible()
    await images.first().click()
    await expect(judging.getByRole('button', { pressed: true })).toHaveText(/2\s*Label/)
    await expect(judging.getByText('raters: 1 prediction, 1 label', { exact: true })).toBeVisible()
    expect(await axeViolations(page)).toEqual([])
    await page.keyboard.press('Control+z')
    await expect(page.getByRole('tab', { name: `Prediction better ${String(total)}` })).toBeVisible()
    await expect(judging.getByRole('button', { pressed: true })).toHaveCount(0)

    // Done again; and taken back by a page that has not seen it said.
    await page.keyboard.press('Control+Shift+z')
    await expect(page.getByRole('tab', { name: 'Unsure 1', exact: true })).toBeVisible()
    await page.reload()
    await expect(page.getByRole('tab', { name: 'Unsure 1', exact: true })).toBeVisible()
    await expect(page.getByRole('button', { name: /^Undo / })).toBeVisible()
    await page.keyboard.press('Control+z')
    await expect(page.getByRole('tab', { name: `Prediction better ${String(total)}` })).toBeVisible()

    await page.getByRole('main').getByRole('link', { name: 'Rate' }).click()
    await page.getByRole('button', { name: 'Take in a file' }).click()
    const takeIn = page.getByRole('dialog', { name: 'Take in a rating’s file' })
    await takeIn.getByRole('combobox', { name: 'Path of the file' }).fill(file)
    await takeIn.getByRole('button', { name: 'Take in' }).click()
    await expect(takeIn.getByText(`${String(total)} answers known already`)).toBeVisible()
    await takeIn.getByRole('button', { name: 'Open the rating' }).click()

    await page.getByRole('button', { name: /^Correct \d+ labels?$/ }).click()
    await expect(page.getByText(/^\d+ labels? corrected\.$/)).toBeVisible()
    await expect(page.getByRole('button', { name: /^Correct \d+ labels?$/ })).toHaveCount(0)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(page.getByRole('button', { name: /^Correct \d+ labels?$/ })).toBeVisible()
    await page.getByRole('button', { name: 'Delete this rating' }).click()
    await page.getByRole('button', { name: 'Delete the rating' }).click()
    await expect(page).toHaveURL(/#\/ratings$/)
    await expect(page.getByRole('link', { name: 'mistakes', exact: true })).toHaveCount(0)
    expect(complaints).toEqual([])
  },
)

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

  // An image of a list, as large as the window, with what was said of it; the list is in the address.
  const list = page.getByRole('tab', { name: /^Unsure [1-9]/ })
  if ((await list.count()) > 0) {
    await list.click()
    await expect(page).toHaveURL(/show=unsure/)
  }
  await page.getByRole('option').first().click()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog').getByText('“two things”')).toBeVisible()
  await page.keyboard.press('Escape')
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
