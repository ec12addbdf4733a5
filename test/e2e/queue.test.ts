/** A run pauses, another waits for it, and repeats over seeds are found as a group. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { axeViolations } from './support/axe'
import { openTraining, setTinySteps, takeTheRule } from './support/rule-sheet'
import { expect, listen, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-queue-'))
let server: Server

base.beforeAll(async () => {
  prepareHome(folder, 'imported')
  server = await startServer(folder)
})
base.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

const slow = { timeout: 180_000 }

base('a run is paused, goes on from the queue, and opens Train with its settings', async ({ page }) => {
  const complaints: string[] = []
  listen(page, complaints)
  await openTraining(page, server.url)
  await takeTheRule(page)
  await setTinySteps(page, '3000')
  await page.getByRole('button', { name: /^Start/ }).click()
  await expect(page.getByText('step/s')).toBeVisible(slow)
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(page.getByText(/Paused after \d[\d,]* of 3,000 steps\./).last()).toBeVisible(slow)

  await page.getByRole('button', { name: 'Extend …' }).click()
  await expect(page.getByRole('note', { name: 'Goes on from a checkpoint' })).toContainText(
    /Goes on from step/,
  )
  // What other models would take is asked of new runs: it does not stand in the way of this one.
  const tiny = page.getByRole('row').filter({ has: page.getByRole('radio', { name: 'BiT-Tiny' }) })
  await expect(tiny).toContainText(/MB|GB|does not fit/)
  await expect(page.getByRole('button', { name: /^Start/ })).toBeEnabled()
  await page.getByRole('button', { name: 'Begin at step 0 instead' }).click()
  await expect(page.getByRole('note', { name: 'Goes on from a checkpoint' })).toBeHidden()
  await setTinySteps(page, '4')
  await page.getByLabel('Number of runs, each with the next seed').fill('2')
  await page.getByRole('button', { name: 'Start 2 runs' }).click()
  await expect(page.getByRole('heading', { name: '2 seeds on tiny' })).toBeVisible(slow)
  const trials = page.getByRole('table', { name: 'Trials' })
  await expect(trials.getByRole('cell', { name: 'ended' })).toHaveCount(2, slow)
  await expect(page.getByText(/val \d+(\.\d+)? % ± /)).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
  expect(complaints).toEqual([])
})

base('what waits is moved with the keyboard, and removed', async ({ page }) => {
  const complaints: string[] = []
  listen(page, complaints)
  await openTraining(page, server.url)
  await takeTheRule(page)
  await setTinySteps(page, '4')
  await page.evaluate(() => (location.hash = '#/queue'))
  await page.getByRole('button', { name: 'Pause queue' }).click()
  await expect(page.getByRole('button', { name: 'Start queue' })).toBeVisible()
  for (const name of ['one', 'two']) {
    await page.evaluate(() => (location.hash = '#/train?dataset=1'))
    await page.getByRole('textbox', { name: 'Name of the run' }).fill(name)
    await page.getByRole('button', { name: 'Add to queue' }).click()
    await expect(page.getByRole('cell', { name, exact: true })).toBeVisible()
  }
  const rows = page.getByRole('table', { name: 'Queue' }).getByRole('row')
  await page.getByRole('button', { name: 'Remove two' }).focus()
  await page.keyboard.press('Alt+ArrowUp')
  await expect(rows.nth(1)).toContainText('two')
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Remove two' }).click()
  await expect(rows).toHaveCount(2)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(rows).toHaveCount(3)
  await expect(rows.nth(1)).toContainText('two')
  await page.getByRole('button', { name: 'Remove two' }).click()
  await expect(rows).toHaveCount(2)
  await page.getByRole('button', { name: 'Start queue' }).click()
  await expect(page.getByText('Nothing waits', { exact: true }).first()).toBeVisible(slow)
  await page.evaluate(() => (location.hash = '#/queue?search=true'))
  await page.getByRole('button', { name: 'grid' }).click()
  await page.getByLabel('Learning rate').fill('0.01, 0.1')
  await expect(page.getByText(/2 trials, about/)).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
  expect(complaints).toEqual([])
})
