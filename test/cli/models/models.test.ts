/** `bitw models` as a user runs it; published files come from a loopback server. */
import { copyFileSync, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parameterShapes, parseModel } from '../../../src/domain/model/spec'
import { zerosNpz } from '../../weights/support/archives'
import { referenceFolder } from '../../trainer/support/reference'
import { file, serve, type Answer } from '../../models/support/file-server'
import { knowSpeed } from '../../support/known-speed'
import { temporaryFolder } from '../../support/test-core'
import { drawTinyDataset } from '../../support/tiny-dataset'
import { buildCli, records, start, type Ended, type Started } from '../run-cli'

// The engine that starts fastest.
process.env['BITW_ENGINE'] = 'wasm'

const { path: folder, remove } = temporaryFolder('cli-models')
let cliPath = ''
let weights = ''
beforeAll(async () => {
  cliPath = await buildCli()
  weights = join(folder, 'half.npz')
  copyFileSync(join(referenceFolder, 'half.npz'), weights)
})
afterAll(remove)

const homePath = join(folder, 'home')
const startBitw = (...args: string[]): Started => start(cliPath, ['--home', homePath, ...args], folder)
const bitw = (...args: string[]): Promise<Ended> => startBitw(...args).ended

describe('the list', () => {
  it('of a home that was never made has the published models, and does not make it', async () => {
    const { code, stdout } = await bitw('models')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^BiT-S-R152x4 +R152x4 +1,000 +937 M +182.8 at 224 px +about 3.75 GB +not downloaded$/m,
    )
    const { stdout: card } = await bitw('models', 'show', 'BiT-M-R50x1')
    expect(card).toContain('68.3 M parameters')
    expect(card).toContain('arXiv 1912.11370')
    expect(existsSync(homePath)).toBe(false)
  })

  it('gets a file, and loses it', async () => {
    const added = await bitw('models', 'add', weights, '--json')
    expect(records(added.stdout)).toMatchObject([
      { type: 'model', model: { id: `path:${weights}`, classCount: 5 } },
    ])
    expect((await bitw('models')).stdout).toMatch(/^path:.*half\.npz +half +R14x0\.5 .* ready$/m)
    expect((await bitw('models', 'show', weights)).stdout).toMatch(/SHA-256: [0-9a-f]{64}/)
    expect((await bitw('models', 'remove', weights)).stdout).toContain('the file stays')
    const again = await bitw('models', 'remove', weights, '--json')
    expect(again.code).toBe(1)
    expect(records(again.stdout)).toMatchObject([{ type: 'error', error: { code: 'not-found' } }])
  })
})

describe('a download', () => {
  const name = 'distill/R50x1_160'
  const bytes = zerosNpz(parameterShapes(parseModel('R50x1').spec, 10))
  const partial = join(homePath, 'models', `${name}.npz.partial`)

  async function publish(...answers: Answer[]) {
    const server = await serve(...answers)
    vi.stubEnv('BITW_MODELS_URL', server.address)
    return server
  }

  it('that Ctrl-C ends keeps what came, so does one that is killed, and the next goes on', async () => {
    const piece = { after: 40_000, then: 'silence' } as const
    const server = await publish(file(bytes, piece), file(bytes, piece), file(bytes))
    // the same address for all three
    const ended = startBitw('models', 'download', name)
    await expect.poll(() => existsSync(partial) && statSync(partial).size, { timeout: 60_000 }).toBe(40_000)
    ended.child.kill('SIGINT')
    expect(await ended.ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The part that was downloaded is kept') as unknown,
    })
    expect((await bitw('models')).stdout).toMatch(/distill\/R50x1_160 .* 40 kB downloaded$/m)

    const killed = startBitw('models', 'download', name)
    await expect.poll(() => statSync(partial).size, { timeout: 60_000 }).toBe(80_000)
    killed.child.kill('SIGKILL')
    await killed.ended

    const { code, stdout } = await bitw('models', 'download', name, '--json')
    expect(code).toBe(0)
    expect(records(stdout)).toMatchObject([{ type: 'model', model: { state: 'ready', classCount: 10 } }])
    expect(server.requests.map(({ headers }) => headers.range)).toEqual([
      undefined,
      'bytes=40000-',
      'bytes=80000-',
    ])
    expect(readFileSync(join(homePath, 'models', `${name}.npz`)).equals(bytes)).toBe(true)
    expect(existsSync(partial)).toBe(false)
    expect((await bitw('models', 'remove', name)).stdout).toBe('Deleted.\n')
  })
})

describe('a training from weights', () => {
  it('takes their size, and refuses another', async () => {
    const images = join(folder, 'images')
    await drawTinyDataset(images)
    await knowSpeed(homePath)
    await bitw('import', images, '--name', 'tiny')
    const short = [
      'train',
      '--dataset',
      'tiny',
      '--steps',
      '2',
      '--batch',
      '8',
      '--resize',
      '40',
      '--crop',
      '32',
      '--json',
    ]
    const { code, stdout } = await bitw(...short, '--weights', weights)
    expect(code).toBe(0)
    expect(records(stdout).findLast(({ type }) => type === 'run')).toMatchObject({
      run: { model: 'units:1-1-1-1,width:0.5', weights: `path:${weights}`, state: 'done' },
    })
    const other = await bitw(...short, '--weights', weights, '--model', 'R50x1')
    expect(other.code).toBe(1)
    expect(other.stderr).toContain(
      'The weights of half are for units:1-1-1-1,width:0.5, but the model is R50x1.',
    )
    const without = await bitw(...short)
    expect(records(without.stdout).findLast(({ type }) => type === 'run')).toMatchObject({
      run: { weights: 'embedded:bit-tiny', state: 'done' },
    })

    const { stdout: list } = await bitw('models', '--dataset', 'tiny')
    expect(list).toMatch(/^run:1 +tiny-half-1 +R14x0\.5 +3 .* ready +[\d.]+ [MG]B +\d+ \w+/m)
    expect(list).toMatch(/^model .* memory +time$/m)
  })
})
