/** The Train screen as it is filled in: one sheet a dataset, the way back to the rule, typed values that cannot be taken, a reload. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { drawTinyDataset } from '../support/tiny-dataset'
import { axeViolations } from './support/axe'
import { setNumbers } from './support/rule-sheet'
import { bitw, expect, knowSpeed, listen, startServer, test, type Server } from './support/workbench'

let folder: string
let server: Server

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bitw-e2e-train-'))
  await drawTinyDataset(join(folder, 'images'), 10)
  for (const name of ['flowers', 'pets']) bitw(folder, 'import', join(folder, 'images'), '--name', name)
  knowSpeed(folder)
  server = await startServer(folder)
})
test.afterAll(async () => {
  await server.kill()
  rmSync(folder, { recursive: true, force: true })
})

test('what is set for a dataset stays with it, and can be set for the next one too', async ({
  page,
  complaints,
}) => {
  listen(page, complaints)
  await openTrain(page, 1)
  await setNumbers(page, 'Steps', { Steps: '8' })
  await seed(page).fill('5')
  await page.getByRole('textbox', { name: 'Name of the run' }).fill('mine')
  await expect(line(page, 'Steps')).toContainText('You set it')

  await page.getByRole('combobox', { name: 'Dataset' }).selectOption('pets')
  const note = page.getByText('Your changes for flowers apply only to flowers')
  await expect(note).toBeVisible()
  await expect(line(page, 'Steps')).not.toContainText('You set it')
  await expect(seed(page)).toHaveValue('0')
  const name = page.getByRole('textbox', { name: 'Name of the run' })
  await expect(name).toHaveValue('')
  await expect(name).toHaveAttribute('placeholder', /^pets-.*-1$/)

  await page.getByRole('button', { name: 'Apply them here' }).click()
  await expect(line(page, 'Steps')).toContainText('You set it')
  await expect(seed(page)).toHaveValue('5')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(seed(page)).toHaveValue('0')

  await page.getByRole('combobox', { name: 'Dataset' }).selectOption('flowers')
  await expect(line(page, 'Steps')).toContainText('You set it')
  await expect(seed(page)).toHaveValue('5')
  await expect(name).toHaveValue('mine')
  expect(complaints).toEqual([])
})

test('"Reset to the rule" takes away all that departs, and can be taken back', async ({ page }) => {
  await openTrain(page, 1)
  await expect(page.getByRole('button', { name: 'Reset to the rule' })).toBeHidden()
  await page.getByRole('radio', { name: /From zero/ }).click()
  await setNumbers(page, 'Batch', { Batch: '8', 'At once': '4' })
  await seed(page).fill('9')
  await page.getByRole('button', { name: /Beyond the rule/ }).click()
  await page.getByRole('combobox', { name: 'Norm' }).selectOption('BatchNorm')
  const reference = page.getByRole('button', { name: 'reference code' })
  await reference.click()
  await expect(sheet(page)).toContainText(/departures from the rule/)
  await expect(line(page, 'Norm')).toContainText('instead of GroupNorm')

  await page.getByRole('button', { name: 'Reset to the rule' }).click()
  await expect(page.getByText('All settings are reset to the rule.')).toBeVisible()
  await expect(seed(page)).toHaveValue('0')
  await expect(sheet(page)).not.toContainText('instead of')
  await expect(page.getByRole('button', { name: 'paper', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  )
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(seed(page)).toHaveValue('9')
  await expect(reference).toHaveAttribute('aria-pressed', 'true')
  await expect(line(page, 'Norm')).toContainText('instead of GroupNorm')
})

test('a typed value that cannot be taken says why beside its field, and nothing starts', async ({ page }) => {
  await openTrain(page, 1)
  const start = page.getByRole('button', { name: /^Start/ })
  await expect(start).toBeEnabled()
  await line(page, 'Steps').getByTitle('Set it yourself').click()
  const steps = line(page, 'Steps').getByRole('textbox', { name: 'Steps' })
  await steps.fill('many')
  await expect(line(page, 'Steps').getByRole('alert')).toContainText(
    '“many” is not a number. Allowed: a whole number from 1 to 10,000,000.',
  )
  await expect(start).toBeDisabled()
  // Neither Enter nor another place drops what was typed.
  await steps.press('Enter')
  await seed(page).fill('1.5')
  await expect(steps).toHaveValue('many')
  await expect(line(page, 'Seed').getByRole('alert')).toContainText('1.5 is not a whole number')
  await expect(page.getByText('The value for Steps and Seed is not valid.')).toBeVisible()
  expect(await axeViolations(page)).toEqual([])

  await page.keyboard.press('Escape')
  await expect(seed(page)).toHaveValue('0')
  await expect(start).toBeDisabled()
  await steps.fill('10,000')
  await steps.press('Enter')
  await expect(line(page, 'Steps')).toContainText('10,000')
  await expect(start).toBeEnabled()
})

test('a reload keeps the dataset and its recipe', async ({ page }) => {
  await openTrain(page, 1)
  await page.getByRole('radio', { name: /From zero/ }).click()
  await page.getByRole('radio', { name: 'R26x0.5' }).click()
  await setNumbers(page, 'Steps', { Steps: '12' })
  await seed(page).fill('3')
  await page.getByRole('textbox', { name: 'Name of the run' }).fill('kept')
  await page.goto(page.url().replace(/#.*/, '#/train'))
  await page.reload()
  await expect(page.getByRole('combobox', { name: 'Dataset' }).locator('option:checked')).toHaveText(
    'flowers',
  )
  await expect(line(page, 'Steps')).toContainText('You set it')
  await expect(seed(page)).toHaveValue('3')
  await expect(page.getByRole('radio', { name: /From zero/ })).toBeChecked()
  await expect(page.getByRole('radio', { name: 'R26x0.5' })).toBeChecked()
  await expect(page.getByRole('textbox', { name: 'Name of the run' })).toHaveValue('kept')
})

async function openTrain(page: Page, datasetId: number): Promise<void> {
  await page.goto(server.url)
  await page.goto(page.url().replace(/#.*|$/, `#/train?dataset=${datasetId}`))
  await expect(line(page, 'Steps')).toBeVisible()
}

function sheet(page: Page): Locator {
  return page.getByRole('region', { name: 'HyperRule' })
}

function line(page: Page, label: string): Locator {
  return sheet(page)
    .getByRole('row')
    .filter({ has: page.getByRole('cell', { name: label, exact: true }) })
}

function seed(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Seed' })
}
