/** Runs that leave and come, as a person does it; and the report, which must be as good to read as a screen. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { test as base, type Page } from '@playwright/test'
import { axeViolations } from './support/axe'
import { bitw, expect, listen, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-exchange-'))
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

async function saveAs(page: Page, kind: string, path: string): Promise<void> {
  await page.getByRole('button', { name: /^Save .* …$/ }).click()
  const dialog = page.getByRole('dialog', { name: /^Save / })
  await dialog.getByRole('combobox', { name: 'As' }).selectOption(kind)
  const field = dialog.getByRole('textbox', { name: /^(File|Folder)$/ })
  // the own folder comes first, and then what is written here stays
  await expect(field).not.toHaveValue('')
  await field.fill(path)
  if (kind === 'bundle') expect(await axeViolations(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(dialog.getByText(`It is in ${path}.`)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
}

base('a run is saved from its page, and its report passes axe in both themes', async ({ page }) => {
  const complaints: string[] = []
  await open(page, '#/runs/1', complaints)
  const [report, bundle] = [join(folder, 'report.html'), join(folder, 'run.zip')]
  await saveAs(page, 'report', report)
  await saveAs(page, 'bundle', bundle)
  await saveAs(page, 'tensorboard', join(folder, 'events'))
  await saveAs(page, 'mlruns', join(folder, 'mlruns'))
  expect(existsSync(bundle)).toBe(true)

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.goto(pathToFileURL(report).href)
    await expect(page.getByRole('heading', { name: 'Evaluations' })).toBeVisible()
    expect(await axeViolations(page)).toEqual([])
  }
  // On paper nothing stands over the edge.
  await page.emulateMedia({ media: 'print' })
  await page.setViewportSize({ width: 794, height: 1123 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(794)
  expect(complaints).toEqual([])
})

base('runs of another program come by Import, and stand among the runs', async ({ page }) => {
  const complaints: string[] = []
  const path = join(folder, 'metrics.csv')
  writeFileSync(
    path,
    `step,train/loss,val/acc\n${[1, 2, 3].map((at) => `${at},${1 / at},${at / 4}`).join('\n')}\n`,
  )
  await open(page, '#/runs', complaints)
  await page.getByRole('button', { name: 'Import …' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import runs' })
  await dialog.getByRole('combobox', { name: /^Path/ }).fill(path)
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(dialog.getByText('1 new.')).toBeVisible()
  await dialog.getByRole('link', { name: 'Imported runs' }).click()
  const row = page.getByRole('row', { name: /metrics/ })
  await expect(row.getByText('imported')).toBeVisible()
  await row.getByRole('link', { name: 'metrics' }).click()
  await expect(
    page.getByText('Imported from a CSV file: its settings and curves, and no model.'),
  ).toBeVisible()
  await expect(
    page.getByRole('region', { name: 'Loss', exact: true }).locator('canvas').first(),
  ).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Delete metrics' }).click()
  await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible()

  // saved by the test before: what is in it is shown, and it is here already
  await page.getByRole('button', { name: 'Import …' }).click()
  await dialog.getByRole('combobox', { name: /^Path/ }).fill(join(folder, 'run.zip'))
  const bundle = dialog.getByRole('region', { name: 'In this bundle' })
  await expect(bundle.getByText('It joins tiny, which has its images.')).toBeVisible()
  expect(await axeViolations(page)).toEqual([])

  await dialog.getByRole('combobox', { name: /^Path/ }).fill(join(folder, 'metrics.csv.nothing'))
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(dialog.getByText('There is nothing at')).not.toHaveCount(0)
  expect(complaints).toEqual([])
})

base('a bundle is looked at without being imported, and can be imported from there', async ({ page }) => {
  const complaints: string[] = []
  await open(page, '#/runs', complaints)
  const rows = page.locator('tbody tr:not([aria-hidden])')
  await expect(rows.first()).toBeVisible()
  const before = await rows.count()
  await page.getByRole('button', { name: 'Import …' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import runs' })
  await dialog.getByRole('combobox', { name: /^Path/ }).fill(join(folder, 'run.zip'))
  await dialog.getByRole('button', { name: 'Open read-only' }).click()

  const bar = page.getByRole('region', { name: 'Opened bundle' })
  await expect(bar).toContainText(join(folder, 'run.zip'))
  await expect(
    page.getByRole('region', { name: 'Loss', exact: true }).locator('canvas').first(),
  ).toBeVisible()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  for (const name of [/^Train again/, /^Extend/, /^Delete/, /^Resume/])
    await expect(page.getByRole('button', { name })).toHaveCount(0)
  expect(await axeViolations(page)).toEqual([])
  const refused = page.getByText('does not answer')
  await expect(refused).toHaveCount(0)

  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Mistakes' }).click()
  const images = page.locator('main img')
  await expect
    .poll(() =>
      images.evaluateAll((all) => all.some((one) => one instanceof HTMLImageElement && one.naturalWidth > 0)),
    )
    .toBe(true)
  await expect(page.getByRole('region', { name: 'Who is right?' })).toHaveCount(0)
  expect(await axeViolations(page)).toEqual([])
  for (const view of ['Confusions', 'Classes', 'Confidence', 'Slices']) {
    await page
      .getByRole('tab', { name: view })
      .or(page.getByRole('link', { name: view }))
      .click()
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
    await expect(refused, view).toHaveCount(0)
  }

  // it holds over a reload, and its screens are the only ones
  await page.reload()
  await expect(bar).toBeVisible()
  await page.keyboard.press('g')
  await page.keyboard.press('d')
  await expect(page.getByText('A bundle shows its run and its mistakes')).toBeVisible()

  await bar.getByRole('button', { name: 'Import into my home' }).click()
  await expect(bar).toHaveCount(0)
  await expect(page).toHaveURL(/#\/runs\/1$/)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.goto(page.url().replace(/#.*$/, '#/runs'))
  await expect(rows).toHaveCount(before)
  expect(complaints).toEqual([])
})

base('a bundle is opened by a command, and a page whose bundle was closed says so', async ({ page }) => {
  const complaints: string[] = []
  listen(page, complaints)
  const path = join(folder, 'run.zip')
  await page.goto(bitw(folder, 'ui', '--bundle', path).trim())
  const bar = page.getByRole('region', { name: 'Opened bundle' })
  await expect(bar).toContainText(path)
  await expect(page).toHaveURL(/#\/runs\/\d+$/)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()

  // as after another start of the workbench, which has other numbers
  await page.evaluate(
    (at) => sessionStorage.setItem('bitw-bundle', JSON.stringify({ id: 7, path: at })),
    path,
  )
  await page.reload()
  const toast = page.getByText(`The bundle ${path} is not open any more. This is your own home.`)
  await expect(toast).toBeVisible()
  await expect(bar).toHaveCount(0)
  await expect(page).toHaveURL(/#\/runs$/)
  await page.getByRole('button', { name: 'Open it again' }).click()
  await expect(bar).toContainText(path)
  await bar.getByRole('button', { name: 'Close the bundle' }).click()
  await expect(page).toHaveURL(/#\/runs$/)
  await expect(bar).toHaveCount(0)
  expect(complaints).toEqual([])
})
