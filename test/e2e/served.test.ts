import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { expect, goTo, startServer, test } from './support/workbench'

test('the link opens the interface, and its code leaves the address bar', async ({ workbench, server }) => {
  await expect(workbench.locator('nav.rail')).toBeVisible()
  expect(new URL(workbench.url()).pathname).toBe('/')
  expect(workbench.url()).not.toContain(new URL(server.url).hash.slice(1))
  for (const screen of ['train', 'runs', 'mistakes', 'predict', 'models', 'engine', 'datasets']) {
    await goTo(workbench, screen)
  }
})

test('a page stays in when it is loaded again, and in a second tab; another browser opens the link', async ({
  workbench,
  server,
  browser,
}) => {
  const first = workbench.getByRole('heading', { name: 'No images yet' })
  await expect(first).toBeVisible()
  await workbench.reload()
  await expect(first).toBeVisible()
  const tab = await workbench.context().newPage()
  await tab.goto(new URL('/', server.url).href)
  await expect(tab.getByRole('heading', { name: 'No images yet' })).toBeVisible()
  const other = await browser.newContext()
  const page = await other.newPage()
  await page.goto(server.url)
  await expect(page.getByRole('heading', { name: 'No images yet' })).toBeVisible()
  // A link with a code that is none, in the place of a page that is in, changes nothing.
  await page.goto(new URL('/enter#none', server.url).href)
  await expect(page.getByRole('heading', { name: 'No images yet' })).toBeVisible()
  await other.close()
})

test('without the link there is a page that says how to get in', async ({ page, server }) => {
  await page.goto(new URL('/', server.url).href)
  await expect(page.getByText('Open the whole link')).toBeVisible()
  await page.goto(new URL('/enter#none', server.url).href)
  await expect(page.getByText('no longer opens the workbench')).toBeVisible()
})

base('the browser that --open starts gets in by a file, once, and keeps no cookie', async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), 'bitw-open-test-'))
  const said = join(folder, 'said')
  const programs = join(folder, 'programs')
  mkdirSync(programs)
  for (const name of ['xdg-open', 'open']) {
    const source = `#!/bin/sh\nprintf %s "$1" > '${said}.half' && mv '${said}.half' '${said}'\n`
    writeFileSync(join(programs, name), source, { mode: 0o755 })
  }
  const server = await startServer(folder, 0, programs)
  try {
    await expect.poll(() => existsSync(said)).toBe(true)
    const path = readFileSync(said, 'utf8')
    await page.goto(`file://${path}`)
    await expect(page.getByRole('heading', { name: 'No images yet' })).toBeVisible()
    expect(page.url()).toBe(new URL('/', server.url).href)
    await expect.poll(() => existsSync(path)).toBe(false)
    expect(await page.context().cookies()).toEqual([])
  } finally {
    await server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
})
