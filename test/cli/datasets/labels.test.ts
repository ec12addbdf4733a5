import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { temporaryFolder } from '../../support/test-core'
import { drawTinyDataset } from '../../support/tiny-dataset'
import { buildCli, records, start, type Ended } from '../run-cli'

const { path: folder, remove } = temporaryFolder('cli-labels')
let cliPath = ''
beforeAll(async () => {
  cliPath = await buildCli()
  await drawTinyDataset(join(folder, 'images'))
  await bitw('import', 'images', '--name', 'tiny')
  await bitw('import', 'images', '--name', 'copy')
})
afterAll(remove)

const bitw = (...args: string[]): Promise<Ended> => start(cliPath, ['--home', 'home', ...args], folder).ended

it('labels are corrected, listed, undone, and brought to a copy of the dataset by a file', async () => {
  const set = await bitw('labels', 'set', 'tiny', 'red bars/00.png', '--class', 'green discs')
  expect(set.stdout).toContain('1 image changed. The next training uses it')
  await bitw('labels', 'set', 'tiny', 'red bars/01.png', 'red bars/02.png', '--exclude')
  expect((await bitw('labels', 'list', 'tiny')).stdout).toMatch(/red bars\/02.png\s+excluded/)
  expect((await bitw('labels', 'export', 'tiny', 'patch.csv')).stdout).toContain('3 corrections in')
  expect(readFileSync(join(folder, 'patch.csv'), 'utf8')).toContain(
    'red bars/00.png,label,red bars,green discs',
  )
  expect((await bitw('labels', 'apply', 'copy', 'patch.csv')).stdout).toContain('3 images changed')
  expect((await bitw('labels', 'undo', 'tiny')).stdout).toContain('Undone: excluding 2 images.')
  const listed = records((await bitw('--json', 'labels', 'list', 'copy')).stdout)
  expect(listed.at(-1)).toMatchObject({ summary: { relabelled: 1, excluded: 2, pending: 3 } })
})

it('all images that a query finds are corrected at once, and taken back at once', async () => {
  const set = await bitw('labels', 'set', 'copy', '--query', 'class:"blue*" split:train', '--tag', 'sea')
  const found = await bitw('images', 'copy', 'tag:sea', '--count')
  const [, changed] = /^(\d+) images changed/.exec(set.stdout) ?? []
  expect(Number(changed)).toBeGreaterThan(1)
  expect(found.stdout.trim()).toBe(changed)
  const again = await bitw('labels', 'set', 'copy', '--query', 'tag:sea', '--tag', 'sea')
  expect(again.stdout).toContain('Nothing changed: it was so already.')
  const none = await bitw('labels', 'set', 'copy', '--query', 'tag:lake', '--exclude')
  expect(none.stdout).toContain('The query finds no image.')
  await bitw('labels', 'undo', 'copy')
  expect((await bitw('images', 'copy', 'tag:sea', '--count')).stdout.trim()).toBe('0')
})

it('what was corrected is listed, and one of it is taken back alone', async () => {
  await bitw('labels', 'set', 'copy', '--query', 'name:05*', '--tag', 'five')
  await bitw('labels', 'set', 'copy', '--query', 'name:06*', '--tag', 'six')
  const { stdout } = await bitw('labels', 'history', 'copy')
  const [, number = ''] = /^(\d+) .*the tag "five" on 3 images/m.exec(stdout) ?? []
  const undone = await bitw('labels', 'undo', 'copy', '--number', number)
  expect(undone.stdout).toContain('Undone: the tag "five" on 3 images.')
  expect((await bitw('labels', 'history', 'copy')).stdout).toMatch(/"five" on 3 images +taken back by/)
  expect((await bitw('images', 'copy', 'is:tagged', '--count')).stdout.trim()).toBe('3')
  await bitw('labels', 'undo', 'copy')
})

it('images that a query finds are written out', async () => {
  const list = await bitw('images', 'tiny', 'class:"red bars"', '--export', 'reds.txt')
  expect(list.stdout).toContain('List of paths: ')
  expect(readFileSync(join(folder, 'reds.txt'), 'utf8')).toContain(join('images', 'red bars', '03.png'))
  const copies = await bitw('images', 'tiny', 'class:"red bars"', '--export', 'reds')
  expect(copies.stdout).toContain('Folder of copies: ')
  expect(existsSync(join(folder, 'reds', 'red bars', '03.png'))).toBe(true)
  const again = await bitw('images', 'tiny', '--export', 'reds', '--as', 'links')
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('already exists')])
})

it.each([
  [['labels', 'set', 'tiny', 'red bars/99.png', '--exclude'], 1, 'has no image "red bars/99.png"'],
  [['labels', 'set', 'tiny', 'red bars/00.png'], 2, 'It is not said what to change'],
  [['labels', 'set', 'tiny', 'red bars/00.png', '--exclude', '--class', 'a'], 2, 'cannot be used with'],
  [['labels', 'set', 'tiny', 'red bars/00.png', '--class', ' '], 2, 'cannot be the name of a class'],
  [['labels', 'set', 'tiny', '--exclude'], 2, 'It is not said which images'],
  [['labels', 'set', 'tiny', 'a.png', '--query', 'x', '--exclude'], 2, 'It is not said which images'],
  [['labels', 'set', 'tiny', '--query', 'clas:x', '--exclude'], 2, '  clas:x\n  ^^^^'],
  [['labels', 'set', 'tiny', '--query', 'x', '--prediction'], 2, 'are of no run'],
  [['labels', 'set', 'tiny', '--query', 'x', '--run', 'r', '--prediction'], 1, 'There is no run "r"'],
  [['labels', 'apply', 'tiny', 'no.csv'], 1, 'no.csv cannot be read: it does not exist'],
  [['labels', 'apply', 'tiny', 'images'], 1, 'it is not a file but a folder'],
  [['labels', 'apply', 'tiny', 'other.csv'], 2, 'is not a patch of labels'],
  [['labels', 'export', 'tiny', 'other.csv'], 2, 'something else has this name'],
] as const)('bitw %j says what is wrong', async (args, code, words) => {
  writeFileSync(join(folder, 'other.csv'), 'a,b\n1,2\n')
  const ended = await bitw(...args)
  expect(ended.stderr).toContain(words)
  expect(ended.code).toBe(code)
})

it('a file for which the disk has no room is not left half-written', async ({ skip }) => {
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', disk], { stdio: 'ignore' })
  } catch {
    return skip('This user cannot mount a tmpfs.')
  }
  try {
    await bitw('labels', 'set', 'copy', '--query', 'class:"blue*"', '--note', 'n'.repeat(1000))
    const exported = await bitw('labels', 'export', 'copy', 'disk/patch.csv')
    expect(exported.stderr).toMatch(/The disk is full: .*patch.csv was not written/)
    expect(readdirSync(disk)).toEqual([])
  } finally {
    execFileSync('umount', [disk])
  }
})
