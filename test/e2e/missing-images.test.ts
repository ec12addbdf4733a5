/** Images that disappear after the import, before one's eyes: no start, an interruption, and the way on. */
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { openTraining, setTinySteps } from './support/rule-sheet'
import { expect, listen, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-missing-'))
const images = join(folder, 'images')
let server: Server

base.beforeAll(async () => {
  prepareHome(folder, 'imported')
  server = await startServer(folder)
})
base.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

base(
  'a class that is gone stops the start; a folder that goes away interrupts, and the run goes on when it is back',
  async ({ page }) => {
    const complaints: string[] = []
    listen(page, complaints)
    await openTraining(page, server.url)
    await setTinySteps(page, '80')
    const start = page.getByRole('button', { name: /^Start/ })

    renameSync(join(images, 'green discs'), join(images, 'gone'))
    await start.click()
    await expect(
      page.getByText(/None of the \d+ training images of the class "green discs" can be read/),
    ).toBeVisible({
      timeout: 180_000,
    })
    renameSync(join(images, 'gone'), join(images, 'green discs'))

    rmSync(join(images, 'red bars', '03.png'))
    await start.click()
    await expect(page.getByText('step/s')).toBeVisible({ timeout: 180_000 })
    await expect(page.getByRole('note', { name: 'Warnings' })).toContainText('One image could not be read.')
    await expect(page.getByRole('note', { name: 'Warnings' })).toContainText('red bars/03.png')
    renameSync(images, `${images} away`)
    const resume = page.getByRole('button', { name: 'Resume' })
    await expect(resume).toBeVisible({ timeout: 180_000 })
    await expect(page.getByText(/The image folder .*cannot be read/).first()).toBeAttached()
    await expect(page.getByText(/ of 0\b/)).toHaveCount(0)
    await resume.click()
    await expect(page.getByText(/Cannot resume\. The image folder/)).toBeVisible()
    renameSync(`${images} away`, images)
    await resume.click()
    await expect(page.getByText(/^80 of 80 steps are trained and evaluated/)).toHaveCount(1, {
      timeout: 180_000,
    })
    await expect(page.getByRole('note', { name: 'Warnings' })).toContainText('red bars/03.png')
    expect(complaints).toEqual([])
  },
)
