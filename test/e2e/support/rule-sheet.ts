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
  await expect(page.getByRole('region', { name: 'HyperRule' })).toContainText('as the paper states it')
}
