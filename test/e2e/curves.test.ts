/** The curves of a run with those of another laid over: chosen, looked at closely, read as a table, and taken along as files. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type Page } from '@playwright/test'
import { axeViolations } from './support/axe'
import { bitw, expect, listen, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-curves-'))
let server: Server

test.beforeAll(async () => {
  prepareHome(folder)
  const sizes = ['--batch', '8', '--resize', '40', '--crop', '32', '--steps', '4', '--seed', '9']
  bitw(
    folder,
    'train',
    '--dataset',
    'tiny',
    '--model',
    'units:1-1-1-1,width:0.5',
    '--name',
    'second',
    ...sizes,
  )
  server = await startServer(folder)
})
test.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

const complaints: string[] = []
test.beforeEach(async ({ page }) => {
  listen(page, complaints)
  await page.goto(server.url)
})
test.afterEach(() => expect(complaints.splice(0)).toEqual([]))

const loss = (page: Page) => page.getByRole('slider', { name: /^Loss/ })

async function open(page: Page, hash: string): Promise<void> {
  await page.goto(new URL(`/#/${hash}`, server.url).href)
  await expect(loss(page)).toBeVisible()
}

test('another run is chosen, laid over in its own colour, brought to the front, and taken away', async ({
  page,
}) => {
  await open(page, 'runs/1')
  await page.getByRole('button', { name: 'Compare with …' }).click()
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('sec')
  await page.getByRole('checkbox', { name: /second/ }).check()
  await page.getByRole('button', { name: 'Lay over 1 run' }).click()
  await expect(page).toHaveURL(/runs\/1\?with=2$/)
  const runs = page.getByRole('list', { name: 'Runs' })
  await expect(runs.getByRole('button', { name: 'second', exact: true })).toBeVisible()

  await loss(page).focus()
  await page.keyboard.press('Home')
  await expect(loss(page)).toHaveAttribute('aria-valuetext', /^step 0 · first [\d.]+, second [\d.]+$/)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await expect(runs.getByRole('button', { name: 'second', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  )
  expect(await axeViolations(page)).toEqual([])
  await runs.getByRole('button', { name: 'Remove second' }).click()
  await expect(page).toHaveURL(/runs\/1$/)
  await expect(runs).toHaveCount(0)
})

test('all charts show the same stretch, along steps or time', async ({ page }) => {
  await open(page, 'runs/1?with=2')
  const showAll = page.getByRole('button', { name: 'Show all' })
  await expect(showAll).toBeDisabled()
  await loss(page).focus()
  await page.keyboard.press('End')
  await page.keyboard.press('+')
  await page.keyboard.press('+')
  await expect(showAll).toBeEnabled()
  await expect(page.locator('.plot.zoomed')).toHaveCount(await page.locator('.plot').count())
  await showAll.click()
  await expect(page.locator('.plot.zoomed')).toHaveCount(0)
  await page.getByRole('button', { name: 'training time' }).click()
  await loss(page).focus()
  await page.keyboard.press('End')
  await expect(loss(page)).toHaveAttribute('aria-valuetext', /^training time [\d.]+ s · /)
})

test('a chart is read as a table, and saved as CSV, SVG and PNG', async ({ page }) => {
  await open(page, 'runs/1')
  const panel = page.getByRole('region', { name: 'Loss', exact: true })
  await panel.getByRole('button', { name: 'Table' }).click()
  await expect(panel.getByRole('row')).toHaveCount(8)
  await expect(panel.getByRole('columnheader')).toHaveText(['Step', 'Loss', 'Smoothed', 'Validation'])
  await panel.getByRole('button', { name: 'Curve' }).click()
  await expect(loss(page)).toBeVisible()

  const saved = async (kind: string): Promise<Buffer> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      panel.getByRole('combobox', { name: 'Save loss as a file' }).selectOption(kind),
    ])
    expect(download.suggestedFilename()).toBe(`loss-run-1.${kind.toLowerCase()}`)
    return readFileSync(await download.path())
  }
  const lines = (await saved('csv')).toString().trim().split('\r\n')
  expect(lines.filter((line) => line.includes(',train,'))).toHaveLength(6)
  expect((await saved('svg')).toString()).toMatch(/^<svg[\s\S]*Loss of first[\s\S]*<\/svg>$/)
  expect((await saved('png')).subarray(1, 4).toString()).toBe('PNG')
})

test('the list of runs is kept as a view with its order, and comes back by its name', async ({ page }) => {
  await page.goto(new URL('/#/runs?q=name%3Asecond&sort=-loss', server.url).href)
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('button', { name: 'Save this …' }).click()
  await page.getByLabel('Name of the view').fill('newest losses')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.goto(new URL('/#/runs', server.url).href)
  await expect(page.getByRole('row', { name: /first/ })).toBeVisible()
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('link', { name: 'newest losses' }).click()
  await expect(page.getByRole('row', { name: /second/ })).toBeVisible()
  await expect(page.getByRole('row', { name: /first/ })).toHaveCount(0)
  await expect(page).toHaveURL(/sort=-loss/)
})
