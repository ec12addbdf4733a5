import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'
import { buildCli, start, type Ended } from './run-cli'

const { path: folder, remove } = temporaryFolder('cli-paths')
const at = (name: string): string => join(folder, name)
let cliPath = ''
beforeAll(async () => {
  cliPath = await buildCli()
  await drawTinyDataset(at('images'), 2)
  if (process.platform !== 'win32') for (const name of pipes) execFileSync('mkfifo', [at(name)])
})
afterAll(remove)

const pipes = ['pipe', 'pipe.npz', 'pipe.jpg', 'pipe.csv', 'pipe.txt']
const bitw = (...args: string[]): Promise<Ended> => start(cliPath, args, folder).ended
const tiny = 'embedded:bit-tiny'

describe.skipIf(process.platform === 'win32')('a pipe, a device or a socket', () => {
  for (const [args, words] of [
    [['models', 'show', 'pipe.npz'], 'pipe.npz cannot be read: it is not a file but a pipe'],
    [['models', 'add', '/dev/zero'], '/dev/zero cannot be read: it is not a file but a device'],
    [['export', 'pipe.npz', 'out', '--format', 'npz'], 'it is not a file but a pipe'],
    [['predict', 'pipe.npz', 'images'], 'it is not a file but a pipe'],
    [['embed', tiny, 'pipe.jpg', '--out', 'a.csv'], 'None of 1 images could be read'],
    [['embed', tiny, 'images', '--out', 'pipe.csv'], 'pipe.csv was not replaced: it is a pipe'],
    [['import', 'pipe'], 'is not a folder'],
    [['import', 'pipe.txt'], 'it is not a file but a pipe.'],
    [['import', 'images', '--home', 'pipe'], 'is a pipe, not a folder'],
    [['datasets', '--home', 'pipe'], 'is a pipe, not a folder'],
  ] as const) {
    it(`is refused at once by bitw ${args.join(' ')}`, async () => {
      const { code, stderr } = await bitw('--home', 'home', ...args)
      expect(stderr).toContain(words)
      expect(code).toBe(1)
    })
  }

  it('is refused in the place of a file of the home', async () => {
    for (const name of ['workbench.db', 'lock.json']) {
      const home = at(`home with a pipe for ${name}`)
      mkdirSync(home)
      execFileSync('mkfifo', [join(home, name)])
      const { code, stderr } = await bitw('--home', home, 'import', 'images')
      expect(stderr).toContain(`its "${name}" is not a file but a pipe`)
      expect(code).toBe(1)
    }
  })
})

describe('a folder that is no home of the workbench', () => {
  it('is refused where it holds something that the workbench would take for its own and delete', async () => {
    mkdirSync(at('project/scratch'), { recursive: true })
    writeFileSync(at('project/scratch/notes.txt'), 'mine')
    const { code, stderr } = await bitw('--home', 'project', 'import', 'images')
    expect(stderr).toContain('its "scratch" is not from the workbench')
    expect(code).toBe(1)
    expect(readFileSync(at('project/scratch/notes.txt'), 'utf8')).toBe('mine')
    expect(readdirSync(at('project'))).toEqual(['scratch'])
  })
})

describe('a path that is blank', () => {
  for (const args of [
    ['export', tiny, '', '--format', 'npz'],
    ['predict', tiny, ' '],
    ['embed', tiny, 'images', '--out', ''],
    ['models', 'add', ''],
  ]) {
    it(`is wrong use: bitw ${args.map((word) => `"${word}"`).join(' ')}`, async () => {
      expect((await bitw('--home', 'home', ...args)).code).toBe(2)
    })
  }
})

// root writes everywhere; whoever runs the tests as root gives this one to nobody
const nobody = process.getuid?.() === 0 ? 65_534 : undefined
it.skipIf(process.platform === 'win32')(
  'a home that cannot be written is read, also where its database has no log beside it',
  async () => {
    const home = at('read-only home')
    expect((await bitw('--home', home, 'import', 'images', '--name', 'tiny')).code).toBe(0)
    expect(readdirSync(home)).not.toContain('workbench.db-shm')
    chmodSync(folder, 0o755)
    for (const name of readdirSync(home, { recursive: true, encoding: 'utf8' }))
      chmodSync(join(home, name), 0o555)
    chmodSync(home, 0o555)
    try {
      const { code, stdout, stderr } = await start(cliPath, ['--home', home, 'datasets'], folder, nobody)
        .ended
      expect(stderr).toBe('')
      expect(stdout).toContain('tiny')
      expect(code).toBe(0)
    } finally {
      chmodSync(home, 0o755)
    }
  },
)
