/** A run that was stopped goes on from its last state, before one's eyes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { openTraining, setTinySteps, takeTheRule } from './support/rule-sheet'
import { expect, listen, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-resume-'))
let server: Server

base.beforeAll(async () => {
  prepareHome(folder, 'imported')
  server = await startServer(folder)
})
base.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

base('a stopped run is resumed and comes to its end', async ({ page }) => {
  const complaints: string[] = []
  listen(page, complaints)
  await openTraining(page, server.url)
  await takeTheRule(page)
  await setTinySteps(page, '120')
  await page.getByRole('button', { name: /^Start/ }).click()
  await expect(page.getByText('step/s')).toBeVisible({ timeout: 180_000 })
  await page.getByRole('button', { name: 'Stop and keep' }).click()
  await expect(page.getByText(/You stopped this run after \d+ of 120 steps\./).last()).toBeVisible({
    timeout: 180_000,
  })
  const accuracy = page.getByText(/of 6 test images? right/).first()
  await expect(accuracy).toBeVisible()
  const stoppedAfter = /after (\d+) of/.exec(
    await page
      .getByText(/You stopped this run after/)
      .last()
      .innerText(),
  )?.[1]
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(page.getByRole('button', { name: 'Resume' })).toBeHidden()
  // What it had found stays, and says from when it is.
  const earlier = page.getByRole('note', { name: 'Earlier result' })
  await expect(earlier).toContainText(`From before the resume, after step ${stoppedAfter}: `)
  await expect(earlier).toContainText(/% of 6 test images right/)
  await page.evaluate(() => (location.hash = '#/mistakes/1'))
  await expect(page.getByRole('note').filter({ hasText: 'From before the resume' })).toBeVisible()
  await page.evaluate(() => (location.hash = '#/runs/1'))
  await expect(page.getByText(/^120 of 120 steps are trained and evaluated/)).toHaveCount(1, {
    timeout: 180_000,
  })
  await expect(earlier).toBeHidden()
  await expect(page.getByRole('log')).toContainText('Resumed from the checkpoint')
  expect(complaints).toEqual([])
})
