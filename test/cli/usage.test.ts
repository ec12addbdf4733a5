import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encode, writeTree } from '../images/support/images'
import { temporaryFolder } from '../support/test-core'
import { buildCli, records, start, type Ended } from './run-cli'

const { path: folder, remove } = temporaryFolder('cli-usage')
let cliPath = ''
beforeAll(async () => {
  cliPath = await buildCli()
})
afterAll(remove)

const bitw = (...args: string[]): Promise<Ended> =>
  start(cliPath, ['--home', join(folder, 'home'), ...args], folder).ended

describe('wrong use ends with 2 and says what is right', () => {
  for (const [args, words] of [
    [[], 'Usage: bitw'],
    [['nonsense'], "unknown command 'nonsense'"],
    [['runs', '--colour'], "unknown option '--colour'"],
    [['datasets', 'too', 'many'], 'too many arguments'],
    [['import'], 'or --sample'],
    [['import', '.', '--sample'], 'or --sample'],
    [['import', '--sample', '--dry-run'], '--dry-run looks at a path'],
    [['import', ''], 'The path is empty'],
    [['import', 'https://example.org/photos'], 'not a path on this machine'],
    [['import', '.', '--val', '0.6', '--test', '0.6'], 'together take 120 % of each class'],
    [['import', '.', '--folders', 'both'], 'classes, parts'],
    [['train', '--dataset', 'd', '--a\u202eb'], "unknown option '--a<U+202E>b'"],
    [['import', '.', '--name', '5'], 'it reads as the number of one'],
    [['import', '.', '--name', 'x'.repeat(201)], 'it has 201 characters'],
    [['--home', ' ', 'runs'], 'The path is empty'],
    [['resume', ''], 'The run is empty'],
    [['images'], "missing required argument 'dataset'"],
    [['mistakes', 'run', '--limit', '0'], 'whole number from 1'],
    [['train', '--dataset', 'd', '--name', 'a\u202eb'], 'the control character U+202E'],
    [['predict', 'bit-tiny', ''], 'The path is empty'],
    [['models', 'add', ' '], 'The path is empty'],
    [['pretrain', '--dataset', 'd', '--model', 'R50x1', '--preset', 'BiT-XL'], 'BiT-L'],
    [['pretrain', '--dataset', 'd', '--model', 'R50x1', '--weights', 'w.npz'], "unknown option '--weights'"],
    [['train', '--dataset', 'd', '--model', 'R50x1', '--freeze', 'block5'], 'block4'],
    [['train', '--dataset', 'd', '--model', 'R50x1', '--dropout', '1'], 'to 0.95'],
    [['sweep', '--dataset', 'd', '--random', '9', '--asha', '--on', 'slurm'], 'ASHA compares'],
    [['sweep', '--dataset', 'd', '--random', '9', '--folder', 'f'], '--folder means nothing without --on'],
    [['sweep', '--dataset', 'd', '--lr', '0.1,0.2', '--eta', '3'], '--eta means nothing without --asha'],
    [
      ['sweep', '--dataset', 'd', '--random', '9', '--queue', '--on', 'slurm'],
      "cannot be used with option '--on",
    ],
    [['sweep', 'merge', ' '], 'The path is empty'],
    [['doctor', '--backup', ''], 'The path is empty'],
    [['resume'], "missing required argument 'run'"],
    [['train', '--model', 'R50x1'], '--dataset'],
    [['train', '--dataset', 'd', '--model', 'R50x1', '--steps', '0'], 'whole number from 1'],
    [['train', '--dataset', 'd', '--model', 'R50x1', '--steps', '1.5'], 'whole number from 1'],
    [['train', '--dataset', 'd', '--model', 'R50x1', '--lr', '0'], 'above 0'],
    [['train', '--dataset', 'd', '--model', 'R50x1', '--rule', 'mine'], 'paper'],
    [['import', '.', '--val', 'half'], 'from 0 to 0.9'],
    [['export', 'run', 'folder', '--format', 'caffe'], 'savedmodel'],
    [['serve', '--port', '70000'], '65535'],
  ] as const) {
    it(`bitw ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await bitw(...args)
      expect(code).toBe(2)
      expect(stderr).toContain(words)
      expect(stdout).toBe('')
    })
  }

  it('folders that can be read in two ways name the option that says which', async () => {
    const [photo] = await Promise.all([encode(1)])
    await writeTree(join(folder, 'unclear'), { 'train/1.jpg': photo, 'test/1.jpg': await encode(2) })
    const { code, stderr } = await bitw('--home', join(folder, 'asked'), 'import', 'unclear')
    expect(code).toBe(2)
    expect(stderr).toContain('can be read in two ways')
    expect(stderr).toContain('--folders classes: these folders are the classes.')
    const chosen = await bitw('--home', join(folder, 'asked'), 'import', 'unclear', '--folders', 'classes')
    expect(chosen).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('as chosen at the import') as unknown,
    })
  })

  it('columns that do not show what they are name the options that say it; a dry run imports nothing', async () => {
    const rows = [1, 2, 3, 4].map(
      (number) => `${String(number)}.jpg,g${String(number % 2)},f${String(number % 2)}`,
    )
    const images = await Promise.all(
      rows.map(async (_, index) => [`${String(index + 1)}.jpg`, await encode(index)]),
    )
    await writeTree(join(folder, 'named'), {
      ...(Object.fromEntries(images) as Record<string, Buffer>),
      'all.csv': ['file,genus,family', ...rows].join('\n'),
    })
    const run = (...args: string[]) =>
      bitw('--home', join(folder, 'columns'), 'import', join('named', 'all.csv'), ...args)
    for (const args of [[], ['--dry-run']]) {
      const { code, stderr } = await run(...args)
      expect(code).toBe(2)
      expect(stderr).toContain('It does not show which column has the classes.')
      expect(stderr).toContain('--label-column NAME')
    }
    const dry = await run('--dry-run', '--label-column', 'genus', '--split-column', 'none')
    expect(dry).toMatchObject({ code: 0, stderr: '' })
    expect(dry.stdout).toMatch(/What +Table of images\n/)
    expect(dry.stdout).toMatch(/Columns +path: file, class: genus, part: none \(of file, genus, family\)/)
    expect(dry.stdout).toMatch(/\ng0 +2\ng1 +2\n/)
    expect((await bitw('--home', join(folder, 'columns'), 'datasets')).stdout).toContain('No datasets yet')
    const whole = await run('--label-column', 'family', '--val', '0', '--test', '0')
    expect(whole.stdout).toMatch(/\nf0 +2 +0 +0\n/)
  })

  it('with --json it is a record on stdout as well', async () => {
    const { code, stdout } = await bitw('--json', 'mistakes', 'run', '--limit', 'all')
    expect(code).toBe(2)
    expect(records(stdout)).toMatchObject([{ type: 'error', error: { code: 'bad-input' } }])
  })
})

describe('help and version are no wrong use', () => {
  for (const args of [['--help'], ['help', 'train'], ['train', '--help'], ['--version']]) {
    it(`bitw ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await bitw(...args)
      expect(code).toBe(0)
      expect(stdout).not.toBe('')
      expect(stderr).toBe('')
    })
  }
})

describe('a home with nothing in it', () => {
  it('is looked at without being made', async () => {
    expect(await bitw('runs')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('No runs yet') as unknown,
    })
    expect(await bitw('datasets', '--json')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(existsSync(join(folder, 'home'))).toBe(false)
  })

  it('has no run to show: 1, with a way out', async () => {
    const { code, stdout, stderr } = await bitw('mistakes', 'mine', '--json')
    expect(code).toBe(1)
    expect(records(stdout)).toMatchObject([{ type: 'error', error: { code: 'not-found' } }])
    expect(stderr).toContain('There is no run "mine"')
    expect(stderr).toContain('bitw runs')
  })
})
