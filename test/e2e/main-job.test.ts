/** The main job as a person does it in the browser: a folder in; a run, its curves and its mistakes out. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setNumbers, takeTheRule } from './support/rule-sheet'
import { expect, test } from './support/workbench'

test('a folder of photos becomes a model, its curves and its mistakes', async ({
  workbench: page,
  server,
}) => {
  // A file that is no image must be named and must not end the import.
  writeFileSync(join(server.imagesPath, 'red bars', 'broken.jpg'), 'this is no image')

  await test.step('an empty home says what to do', async () => {
    await expect(page.getByRole('button', { name: /open a folder/i }).first()).toBeVisible()
    await expect(page.getByRole('button', { name: /sample/i }).first()).toBeVisible()
  })

  await test.step('a folder that is not there is refused in plain words', async () => {
    await page
      .getByRole('button', { name: /open a folder/i })
      .first()
      .click()
    await page.getByRole('combobox', { name: 'Folder path' }).fill('/nowhere/at all')
    await page.getByRole('button', { name: 'Import' }).click()
    const problem = page.getByRole('alert').filter({ hasText: 'There is no folder /nowhere/at all' })
    await expect(problem).toBeVisible()
    await problem.getByRole('button', { name: 'Close' }).click()
    await expect(problem).toBeHidden()
  })

  await test.step('a folder is imported, and what was left out is listed', async () => {
    await page
      .getByRole('button', { name: /open a folder/i })
      .first()
      .click()
    await page.getByRole('combobox', { name: 'Folder path' }).fill(server.imagesPath)
    await page.getByRole('textbox', { name: 'Name' }).fill('shapes')
    await page.getByRole('button', { name: 'Import' }).click()
    await expect(page.getByRole('heading', { name: 'shapes' })).toBeVisible()
    await page.getByRole('button', { name: '1 note' }).click()
    await expect(page.getByRole('dialog')).toContainText('broken.jpg')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
  })

  await test.step('a class filters the images, and one image opens large', async () => {
    const pane = page.getByRole('complementary', { name: 'Filter' })
    await pane.getByText('green discs').click()
    await expect(page).toHaveURL(/q=class%3A%22green\+discs%22/)
    const images = page.getByRole('region', { name: 'Images' })
    await expect(images.locator('img')).toHaveCount(10)
    await expect
      .poll(() =>
        images
          .locator('img')
          .first()
          .evaluate((image: HTMLImageElement) => image.naturalWidth),
      )
      .toBeGreaterThan(0)
    await images.locator('img').first().click()
    await page.keyboard.press('Space')
    await expect(page.locator('.lightbox')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.locator('.lightbox')).toBeHidden()
  })

  await test.step('the rule explains itself, and departures show', async () => {
    await page.locator('main').getByRole('link', { name: 'Train' }).click()
    const sheet = page.getByRole('region', { name: 'HyperRule' })
    await takeTheRule(page)
    await expect(sheet).toContainText('are fewer than 20,000')
    await setNumbers(page, 'Steps', { Steps: '8' })
    await setNumbers(page, 'Batch', { Batch: '6', 'At once': '4' })
    await setNumbers(page, 'Resize → crop', { 'Resize, px': '40', 'Crop, px': '32' })
    await expect(sheet).toContainText('instead of 500')
    const precision = sheet
      .getByRole('row')
      .filter({ has: page.getByRole('cell', { name: 'Precision', exact: true }) })
    await precision.getByRole('button', { name: 'float32' }).click()
    await expect(precision).toContainText('instead of float32')
    await precision.getByRole('button', { name: 'Precision: restore the rule’s value' }).click()
    await expect(precision).not.toContainText('instead of')
    await page.getByRole('textbox', { name: 'Name of the run' }).fill('first try')
  })

  await test.step('the run trains before one’s eyes and ends with its result', async () => {
    await page.getByRole('button', { name: /^Start/ }).click()
    await expect(page).toHaveURL(/#\/runs\/1/)
    await expect(page.getByText(/95 % interval/)).toBeVisible({ timeout: 180_000 })
    await expect(page.getByText('first try').first()).toBeVisible()
    const machine = page.getByRole('complementary', { name: 'Machine and recipe' })
    await expect(machine).toContainText(/Precision\s*float32/)
    await expect(machine).toContainText(/recorded graph|op by op/)
    await expect(page.getByRole('log')).toContainText(/[Rr]epeatable/)
    await page.getByRole('button', { name: 'Table' }).first().click()
    await expect(page.getByRole('table').filter({ hasText: 'Loss' }).first()).toBeVisible()
  })

  await test.step('the confusion matrix opens the images of a cell, right ones too', async () => {
    await page.goto(page.url().replace(/#.*/, '#/mistakes/1'))
    const matrix = page.getByRole('listbox', { name: /Confusion matrix, 3 by 3/ })
    await matrix.focus()
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/q=label%3A/)
    const gallery = page.getByRole('region', { name: 'Images' })
    await expect(gallery.locator('img').first()).toBeVisible()
    await gallery.locator('img').first().click()
    await expect(page.getByText('Top 5').first()).toBeVisible()
  })

  await test.step('the history keeps the run until it is deleted for good', async () => {
    await page.goto(page.url().replace(/#.*/, '#/runs'))
    const row = page.getByRole('row').filter({ hasText: 'first try' })
    await expect(row).toContainText('done')
    const grid = page.getByRole('grid', { name: 'Runs' })
    await grid.focus()
    await page.keyboard.press('Delete')
    await expect(row).toBeHidden()
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(row).toBeVisible()
    await grid.focus()
    await page.keyboard.press('Delete')
    await expect(row).toBeHidden()
    await page.getByRole('button', { name: /^Trash/ }).click()
    await expect(row).toBeVisible()
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).click()
    await expect(row).toBeHidden()
  })
})
