import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { knowSpeed } from '../../support/known-speed'
import { temporaryFolder } from '../../support/test-core'
import { drawTinyDataset } from '../../support/tiny-dataset'
import { buildCli, records, start, type Ended } from '../run-cli'

// The engine that starts fastest.
process.env['BITW_ENGINE'] = 'wasm'

const { path: folder, remove } = temporaryFolder('cli-predict')
const at = (...parts: string[]): string => join(folder, ...parts)
let cliPath = ''
beforeAll(async () => {
  cliPath = await buildCli()
  await drawTinyDataset(at('images'), 6)
  await knowSpeed(at('home'))
  mkdirSync(at('mixed'))
  writeFileSync(at('mixed', 'broken.jpg'), 'no image')
  writeFileSync(at('mixed', 'a, "b".png'), readFileSync(at('images', 'red bars', '00.png')))
  await bitw('import', 'images', '--name', 'tiny')
  const options = ['--batch', '8', '--micro-batch', '8', '--resize', '36', '--crop', '32', '--steps', '2']
  const trained = await bitw(
    'train',
    '--dataset',
    'tiny',
    '--model',
    'units:1-1-1-1,width:0.5',
    ...options,
    '--name',
    'first',
  )
  expect(trained.code).toBe(0)
  await bitw('export', 'first', 'exported', '--format', 'safetensors')
})
afterAll(remove)

const bitw = (...args: string[]): Promise<Ended> => start(cliPath, [...args, '--home', 'home'], folder).ended

describe('bitw predict', () => {
  it('shows a table: short paths, names, shares; what cannot be read on stderr', async () => {
    const { code, stdout, stderr } = await bitw('predict', 'first', 'mixed', 'images/red bars', '--top', '2')
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(7)
    expect(lines[0]).toMatch(
      /^mixed\/a, "b"\.png +(blue squares|green discs|red bars) p \d\.\d{3}, [a-z ]+ p \d\.\d{3}$/,
    )
    expect(stderr.split(at('mixed', 'broken.jpg'))).toHaveLength(2)
    expect(stderr).toContain('1 of 8 images cannot be read.')
  })

  it('writes lines of JSON, the same for a run by number and by id', async () => {
    const ask = async (model: string) => {
      const { code, stdout } = await bitw('predict', model, 'mixed', '--json')
      expect(code).toBe(0)
      return records(stdout) as {
        type: string
        path: string
        top: { name: string; probability: number }[]
        error: unknown
      }[]
    }
    const byNumber = await ask('1')
    expect(byNumber.map(({ type }) => type)).toEqual(['prediction', 'prediction'])
    const [whole, broken] = byNumber
    expect(whole).toMatchObject({ path: at('mixed', 'a, "b".png'), widthPx: 48, heightPx: 48, error: null })
    expect(whole?.top.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5)
    expect(broken).toMatchObject({ path: at('mixed', 'broken.jpg'), top: [], error: { code: 'bad-image' } })
    expect(await ask('run:1')).toEqual(byNumber)
  })

  it('gives each class a probability of its own where it is asked to, and says so', async () => {
    const { code, stdout, stderr } = await bitw(
      'predict',
      'first',
      'images/red bars',
      '--loss',
      'sigmoid',
      '--json',
    )
    expect(code).toBe(0)
    expect(stderr).toContain('Each probability is of its class alone (sigmoid)')
    const [row] = records(stdout)
    const sum = (row?.['top'] as { probability: number }[]).reduce(
      (total, { probability }) => total + probability,
      0,
    )
    expect(Math.abs(sum - 1)).toBeGreaterThan(0.1) // two steps from zeros: about a half each
    expect((await bitw('predict', 'first', 'images/red bars')).stderr).not.toContain('sigmoid')
  })

  it('writes CSV with a head, whole or not at all', async () => {
    const { code, stdout } = await bitw(
      'predict',
      'first',
      'mixed',
      'images',
      '--csv',
      'out/rows.csv',
      '--top',
      '2',
    )
    expect(code).toBe(0)
    expect(stdout).toBe('out/rows.csv: 20 images\n')
    const [head, first, second, ...others] = readFileSync(at('out', 'rows.csv'), 'utf8')
      .trimEnd()
      .split('\r\n')
    expect(head).toBe('path,width,height,class,probability,class2,probability2,error')
    expect(first).toMatch(/^"[^"]*a, ""b""\.png",48,48,[a-z ]+,0\.\d+,[a-z ]+,0\.\d+,$/)
    expect(second).toMatch(/broken\.jpg,,,,,,,.*cannot be read/)
    expect(others).toHaveLength(18)
    expect(readFileSync(at('out', 'rows.csv'), 'utf8')).not.toContain('.partial')
    expect((await bitw('predict', 'first', 'nothing here', '--csv', 'no.csv')).code).toBe(1)
  })

  it('ends with 1 where nothing could be read, and says which model or image there is none of', async () => {
    expect(await bitw('predict', 'first', 'mixed/broken.jpg')).toMatchObject({ code: 1, stdout: '' })
    const noModel = await bitw('predict', 'second', 'mixed')
    expect(noModel.code).toBe(1)
    expect(noModel.stderr).toContain('"second"')
    mkdirSync(at('empty'))
    expect((await bitw('predict', 'first', 'empty')).stderr).toContain('There are no images in')
    expect((await bitw('predict', 'first', 'mixed', '--top', '6')).code).toBe(2)
    expect((await bitw('predict', 'first')).code).toBe(2)
  })

  it('works beside a core that has the home, and so does an export, to a path below the folder of the command', async () => {
    const serving = start(cliPath, ['serve', '--home', 'home'], folder)
    await serving.until('stdout', /\/enter#/)
    try {
      expect((await bitw('predict', 'first', 'images/red bars/00.png')).code).toBe(0)
      expect((await bitw('export', 'first', 'beside/export', '--format', 'npz')).code).toBe(0)
      expect(existsSync(at('beside/export/certificate.json'))).toBe(true)
    } finally {
      serving.child.kill('SIGTERM')
      await serving.ended
    }
  })

  it('needs no home for a weights file', async () => {
    const { code, stdout } = await start(
      cliPath,
      [
        'predict',
        'exported/model.safetensors',
        'images/red bars/00.png',
        '--crop',
        '32',
        '--home',
        'other home',
      ],
      folder,
    ).ended
    expect(code).toBe(0)
    expect(stdout).toMatch(/^images\/red bars\/00\.png/)
  })
})

describe('bitw predict DATASET@in-use', () => {
  it('marks what is less probable than its threshold, in its table and in one more column of CSV', async () => {
    expect((await bitw('promote', 'first', '--threshold', '1')).code).toBe(0)
    const table = await bitw('predict', 'tiny@in-use', 'images/red bars/00.png')
    expect(table.stdout).toMatch(/00\.png +unsure +[a-z ]+ p 0/)
    expect(table.stderr).toContain('1 of 1 image is unsure.')
    await bitw('predict', 'tiny@in-use', 'mixed', '--csv', 'marked.csv', '--top', '1')
    const [head, whole, broken] = readFileSync(at('marked.csv'), 'utf8').split('\r\n')
    expect(head).toBe('path,width,height,class,probability,error,unsure')
    expect(whole).toMatch(/,unsure$/)
    expect(broken).toMatch(/,$/)
  })

  it('is what a training starts from that names it, the run and not the dataset’s name', async () => {
    const train = ['train', '--dataset', 'tiny', '--weights', 'tiny@in-use', '--name', 'next', '--queue']
    const queued = await bitw(...train, '--steps', '2', '--json')
    expect(queued.stderr).toContain('"next" waits')
    expect(queued.stdout).toMatch(/"plan":.*"weights":"run:1@\d+"/)
    const id = /"type":"queued","entry":\{"id":(\d+)/.exec(queued.stdout)?.[1] ?? ''
    expect((await bitw('queue', 'remove', id)).code).toBe(0)
  })
})

describe('bitw embed', () => {
  it('writes the features of the images that can be read', async () => {
    const { code, stdout } = await bitw('embed', 'first', 'mixed', 'images', '--out', 'features.jsonl')
    expect(code).toBe(0)
    expect(stdout).toContain('1 cannot be read')
    const lines = readFileSync(at('features.jsonl'), 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(19)
    expect((JSON.parse(lines[0] ?? '') as { features: number[] }).features).toHaveLength(1024)
  })

  it('calls a name without a format wrong use', async () => {
    const wrong = await bitw('embed', 'first', 'mixed', '--out', 'features.txt')
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('.npz')
  })

  it('writes nothing where nothing could be read', async () => {
    expect((await bitw('embed', 'first', 'mixed/broken.jpg', '--out', 'none.npz')).code).toBe(1)
    expect(existsSync(at('none.npz'))).toBe(false)
  })
})
