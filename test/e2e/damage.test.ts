/** A home with a damaged run, a damaged dataset and a damaged table: the window names each, shows all else, and lets both be deleted. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import Database from 'better-sqlite3'
import { expect, goTo, listen, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-damage-'))
let server: Server

/** The run "copy" of "first" has half a recipe; the dataset "lost" has no split; the table of steps has a page of nothing. */
function damage(path: string): void {
  const db = new Database(path)
  db.pragma('ignore_check_constraints = ON')
  const names = db.prepare<[], { name: string }>('PRAGMA table_info(runs)').all()
  const columns = names.map(({ name }) => name).filter((name) => name !== 'id' && name !== 'name')
  db.exec(`INSERT INTO runs (name, ${columns.join()}) SELECT 'copy', ${columns.join()} FROM runs`)
  db.exec(`UPDATE runs SET recipe_json = '{"rule":' WHERE name = 'copy'`)
  const facts = db.prepare<[], { name: string }>('PRAGMA table_info(datasets)').all()
  const others = facts
    .map(({ name }) => name)
    .filter((name) => !['id', 'name', 'current_split_id'].includes(name))
  db.exec(
    `INSERT INTO datasets (name, ${others.join()}) SELECT 'lost', ${others.join()} FROM datasets LIMIT 1`,
  )
  const root =
    db.prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'log_lines'").pluck().get() ?? 1
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
  const bytes = readFileSync(path)
  bytes.fill(0xab, (root - 1) * 4096 + 8, root * 4096)
  writeFileSync(path, bytes)
}

base.beforeAll(async () => {
  prepareHome(folder)
  damage(join(folder, 'home', 'workbench.db'))
  server = await startServer(folder)
})
base.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

base('what is damaged is named, and the rest is there', async ({ page }) => {
  const complaints: string[] = []
  listen(page, complaints)
  await page.goto(server.url)
  await expect(
    page.getByRole('alert').filter({ hasText: 'is damaged: parts of the table log_lines' }),
  ).toBeVisible()
  await goTo(page, 'runs')
  const damaged = page.getByRole('list', { name: 'Damaged runs' })
  await expect(damaged).toContainText('“copy” is damaged')
  await expect(page.getByRole('link', { name: 'first' })).toBeVisible()
  await page.getByRole('button', { name: 'Delete copy' }).click()
  await page.getByRole('button', { name: 'Delete run' }).click()
  await expect(damaged).toBeHidden()
  await expect(page.getByRole('link', { name: 'first' })).toBeVisible()
  await goTo(page, 'datasets')
  const lost = page.getByRole('list', { name: 'Damaged datasets' })
  await expect(lost).toContainText('“lost” is damaged')
  await expect(page.getByRole('link', { name: 'tiny', exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Remove lost' }).click()
  await page.getByRole('button', { name: 'Remove it and its runs' }).click()
  await expect(lost).toBeHidden()
  await expect(page.getByRole('link', { name: 'tiny', exact: true })).toBeVisible()
  await page.evaluate(() => (location.hash = '#/engine'))
  await expect(page.getByRole('heading', { name: 'The database is damaged' })).toBeVisible()
  expect(complaints).toEqual([])
})
