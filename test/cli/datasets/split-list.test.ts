import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { temporaryFolder } from '../../support/test-core'
import { drawTinyDataset } from '../../support/tiny-dataset'
import { buildCli, records, start, type Ended } from '../run-cli'

const { path: folder, remove } = temporaryFolder('cli-split')
let cliPath = ''
const bitw = (...args: string[]): Promise<Ended> => start(cliPath, ['--home', 'home', ...args], folder).ended

beforeAll(async () => {
  cliPath = await buildCli()
  await drawTinyDataset(join(folder, 'images'))
  await bitw('import', 'images', '--name', 'tiny')
})
afterAll(remove)

it('a split is written, taken from a list, and taken back from what was written', async () => {
  expect((await bitw('datasets', 'split', 'tiny', 'before.txt')).stdout).toContain(
    '30 images with class and part',
  )
  writeFileSync(
    join(folder, 'mine.txt'),
    'red bars/00.png test\nred bars/01.png\ttest\nred bars/99.png val\n',
  )
  const taken = await bitw('datasets', 'split', 'tiny', '--from', 'mine.txt')
  expect(taken.stdout).toContain('The list names 2 images of "tiny"')
  expect(taken.stdout).toContain('28 that it does not name keep theirs.')
  expect(taken.stdout).toMatch(/1 line does not fit:\n3 +red bars\/99.png val +the dataset has no such image/)
  expect(taken.code).toBe(0)
  const found = await bitw(
    'images',
    'tiny',
    'split:test',
    'name:00.png,01.png',
    'class:"red bars"',
    '--count',
  )
  expect(found.stdout.trim()).toBe('2')

  const back = await bitw('--json', 'datasets', 'split', 'tiny', '--from', 'before.txt')
  const [, hash] = /^Split (\w+)/m.exec(taken.stdout) ?? []
  expect(records(back.stdout).at(-1)).toMatchObject({ type: 'split-taken', namedCount: 30, faultCount: 0 })
  await bitw('datasets', 'split', 'tiny', 'after.txt')
  expect(readFileSync(join(folder, 'after.txt'), 'utf8')).toBe(
    readFileSync(join(folder, 'before.txt'), 'utf8'),
  )
  expect(back.stdout).not.toContain(hash)
})

it('images of one patient stay in one part, as a column of the table says', async () => {
  const rows = ['red bars', 'blue squares'].flatMap((name) =>
    Array.from(
      { length: 9 },
      (_, at) => `images/${name}/0${String(at)}.png,${name},${name[0] ?? ''}${String(at % 3)}`,
    ),
  )
  writeFileSync(join(folder, 'patients.csv'), ['image,label,patient', ...rows].join('\n'))
  const columns = ['--path-column', 'image', '--label-column', 'label']
  await bitw('import', 'patients.csv', '--name', 'patients', ...columns)
  const keep = ['--keep', 'column', '--column', 'patient', '--val', '0.3', '--test', '0.3']
  const made = await bitw('datasets', 'split', 'patients', ...keep)
  expect(made.stdout).toMatch(/^Split \w+: [1-9]\d* train, [1-9]\d* val, [1-9]\d* test/)
  await bitw('datasets', 'split', 'patients', 'patients.txt')
  const partsOf = new Map<string, Set<string>>()
  for (const line of readFileSync(join(folder, 'patients.txt'), 'utf8').trim().split('\n')) {
    const [path = '', , part = ''] = line.split('\t')
    const row = rows.find((one) => one.startsWith(`${path},`))
    if (row === undefined) continue // the first line says what the columns are
    const [, , patient = ''] = row.split(',')
    partsOf.set(patient, (partsOf.get(patient) ?? new Set()).add(part))
  }
  expect([...partsOf.values()].map(({ size }) => size)).toEqual([1, 1, 1, 1, 1, 1])
})

it.each([
  [['datasets', 'split', 'tiny'], 2, 'It is not said whether the split is written or taken'],
  [['datasets', 'split', 'tiny', 'a.txt', '--from', 'mine.txt'], 2, 'written or taken'],
  [['datasets', 'split', 'tiny', '--from', 'none.txt'], 1, 'none.txt cannot be read: it does not exist'],
  [['datasets', 'split', 'tiny', '--from', 'other.txt'], 2, 'The list names no image of "tiny". Line 1'],
  [['datasets', 'split', 'tiny', '--from', 'all.txt'], 2, 'leaves no image of "tiny" to train on'],
])('bitw %j says what is wrong', async (args, code, words) => {
  writeFileSync(join(folder, 'other.txt'), 'elsewhere.png train\n')
  const written = readFileSync(join(folder, 'before.txt'), 'utf8')
  writeFileSync(join(folder, 'all.txt'), written.replaceAll(/\t(train|val)$/gm, '\ttest'))
  const ended = await bitw(...args)
  expect(ended.stderr).toContain(words)
  expect(ended.code).toBe(code)
})
