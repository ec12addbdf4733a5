import { expect, type Page } from '@playwright/test'

/** Sets the fields of one line of the Train screen's rule, by their labels. */
export async function setNumbers(page: Page, line: string, values: Record<string, string>): Promise<void> {
  const sheet = page.getByRole('region', { name: 'HyperRule' })
  const row = sheet.getByRole('row').filter({ has: page.getByRole('cell', { name: line, exact: true }) })
  await row.getByTitle('Set it yourself').click()
  for (const [label, value] of Object.entries(values))
    await row.getByRole('textbox', { name: label }).fill(value)
  await page.keyboard.press('Enter')
  await expect(row.getByTitle('Set it yourself')).toBeVisible()
}

/** The rule alone, and not what fits some minutes. */
export async function takeTheRule(page: Page): Promise<void> {
  const time = page.getByRole('region', { name: 'Time' })
  await time.getByRole('button', { name: /^The paper’s rule/ }).click()
  await expect(page.getByRole('region', { name: 'HyperRule' })).toContainText('as in the paper')
}

/** The Train screen of the first dataset, from random weights. */
export async function openTraining(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await expect(page.locator('main')).toBeVisible()
  await page.goto(page.url().replace(/#.*|$/, '#/train?dataset=1&from=zero'))
}

/** So many steps of milliseconds each. */
export async function setTinySteps(page: Page, steps: string): Promise<void> {
  await setNumbers(page, 'Steps', { Steps: steps })
  await setNumbers(page, 'Batch', { Batch: '8', 'At once': '8' })
  await setNumbers(page, 'Resize → crop', { 'Resize, px': '40', 'Crop, px': '32' })
}
