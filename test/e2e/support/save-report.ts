/** "Report" on a screen, and the file that comes of it, which must be as good to read as a screen. */
import { pathToFileURL } from 'node:url'
import type { Page } from '@playwright/test'
import { axeViolations } from './axe'
import { expect } from './workbench'

/** What axe finds wrong with it in either theme; `heading`: one of its headings. The page stays where it is. */
export async function savedReportViolations(page: Page, path: string, heading: string): Promise<string[]> {
  await page.getByRole('main').getByRole('button', { name: 'Report', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: /^Save / })
  const field = dialog.getByRole('textbox', { name: 'File' })
  // the own folder comes first, and then what is written here stays
  await expect(field).not.toHaveValue('')
  await field.fill(path)
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(dialog.getByText(`It is in ${path}.`)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  const report = await page.context().newPage()
  await report.goto(pathToFileURL(path).href)
  await expect(report.getByRole('heading', { name: heading, exact: true }).first()).toBeVisible()
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await report.emulateMedia({ colorScheme })
    found.push(...(await axeViolations(report)))
  }
  await report.close()
  return found
}
