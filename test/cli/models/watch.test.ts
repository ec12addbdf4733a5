import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { temporaryFolder } from '../../support/test-core'
import { drawTinyDataset } from '../../support/tiny-dataset'
import { buildCli, start } from '../run-cli'

const { path: folder, remove } = temporaryFolder('cli-watch')
const at = (...parts: string[]): string => join(folder, ...parts)
let cliPath = ''
beforeAll(async () => {
  cliPath = await buildCli()
  await drawTinyDataset(at('images'), 2)
  mkdirSync(at('inbox'))
})
afterAll(remove)

const rows = (): Record<string, string>[] => parse(readFileSync(at('out.csv')), { columns: true, bom: true })
const watching = (...more: string[]) =>
  start(
    cliPath,
    [
      ...['watch', 'bit-tiny', 'inbox', '--csv', 'out.csv', '--top', '1', '--settle', '0.2', '--json'],
      ...['--home', 'home', ...more],
    ],
    folder,
  )

it('appends a line for each image that arrives, once it is whole, and goes on after Ctrl-C', async () => {
  copyFileSync(at('images/red bars/00.png'), at('inbox/before.png'))
  const first = watching()
  await first.until('stdout', /"watching"/)
  const photo = at('images/red bars/01.png')
  copyFileSync(photo, at('inbox/.part.png'))
  writeFileSync(at('inbox/notes.txt'), 'no image')
  copyFileSync(photo, at('inbox/copied.png'))
  mkdirSync(at('inbox/day 2'))
  writeFileSync(at('inbox/day 2/broken.jpg'), 'no image at all')
  await first.until('stdout', /copied\.png[^\n]*\n/)
  await first.until('stdout', /broken\.jpg[^\n]*\n/)
  first.child.kill('SIGINT')
  expect((await first.ended).code).toBe(0)
  const said = rows()
  expect(said.map(({ path }) => path).sort()).toEqual([at('inbox/copied.png'), at('inbox/day 2/broken.jpg')])
  const [copied, broken] = [...said].sort((a, b) => String(a['path']).localeCompare(String(b['path'])))
  expect(copied).toMatchObject({ error: '' })
  expect(Number(copied?.['probability'])).toBeGreaterThan(0)
  expect(broken?.['error']).not.toBe('')

  const second = watching('--existing')
  await second.until('stdout', /before\.png[^\n]*\n/)
  second.child.kill('SIGINT')
  expect((await second.ended).code).toBe(0)
  expect(rows()).toHaveLength(3)
  expect(rows().slice(0, 2)).toEqual(said)
})

it('refuses what is no folder, and a CSV file of another program, before it waits', async () => {
  const missing = await start(cliPath, ['watch', 'bit-tiny', 'nowhere', '--home', 'home'], folder).ended
  expect(missing).toMatchObject({ code: 1 })
  expect(missing.stderr).toContain('is not a folder')
  writeFileSync(at('theirs.csv'), 'name;value\n1;2\n')
  const theirs = ['watch', 'bit-tiny', 'inbox', '--csv', 'theirs.csv', '--home', 'home']
  expect((await start(cliPath, theirs, folder).ended).stderr).toContain('was not replaced')
  expect(readFileSync(at('theirs.csv'), 'utf8')).toBe('name;value\n1;2\n')
})
