import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { knowSpeed } from '../support/known-speed'
import { temporaryFolder } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'
import { buildCli, records, start, type Ended, type Started } from './run-cli'

const { path: folder, remove } = temporaryFolder('cli-job')
let cliPath = ''
beforeAll(async () => {
  cliPath = await buildCli()
  await drawTinyDataset(join(folder, 'images'), 10)
  await knowSpeed(join(folder, 'home'))
})
afterAll(remove)

const launch = (...args: string[]): Started => start(cliPath, [...args, '--home', 'home'], folder)
const bitw = (...args: string[]): Promise<Ended> => launch(...args).ended

const training = [
  ...['train', '--dataset', 'tiny', '--model', 'units:1-1-1-1,width:0.5'],
  ...['--batch', '8', '--micro-batch', '4', '--resize', '40', '--crop', '32', '--seed', '7'],
]

describe('the whole job on the command line', () => {
  it('imports a folder, in words', async () => {
    const { code, stdout } = await bitw('import', 'images', '--name', 'tiny', '--val', '0.2', '--test', '0.3')
    expect(code).toBe(0)
    expect(stdout).toMatch(/Images +30/)
    expect(stdout).toMatch(/blue squares +5 +2 +3/)
    expect(stdout.trimEnd()).toMatch(/^Next: bitw train --dataset 1 --budget 5m$/m)
  })

  it('refuses the name a second time', async () => {
    const { code, stderr } = await bitw('import', 'images', '--name', 'tiny')
    expect(code).toBe(1)
    expect(stderr).toContain('already a dataset named "tiny"')
  })

  it('trains; with --json stdout is nothing but records, ending with the run', async () => {
    const { code, stdout, stderr } = await bitw(
      ...training,
      '--steps',
      '4',
      '--name',
      'first',
      '--no-crop',
      '--json',
    )
    expect(stderr).not.toContain('error')
    expect(code).toBe(0)
    const found = records(stdout)
    expect(found.filter(({ type }) => type === 'step')).toHaveLength(4)
    expect(found[0]).toMatchObject({
      type: 'plan',
      plan: { recipe: { stepCount: 4, cropPx: 32, randomCrop: false, flip: true } },
    })
    expect(found.at(-1)).toMatchObject({
      type: 'run',
      run: { name: 'first', state: 'done', stepsDone: 4, evaluatedOn: 'test', accuracy: { total: 9 } },
    })
  })

  it('lists it by name and by number, with every departure from the rule', async () => {
    expect((await bitw('runs')).stdout).toMatch(/1 +first +tiny +R14x0\.5 from zero +done +4\/4/)
    const byName = await bitw('runs', 'first')
    expect(byName.code).toBe(0)
    expect(byName.stdout).toMatch(/\* +Steps +4 +set by you, instead of the rule’s 500/)
    expect(byName.stdout).toMatch(/\* +Random crop/)
    expect((await bitw('runs', '1')).stdout).toBe(byName.stdout)
  })

  it('finds images, predictions and runs by queries, and says what is wrong in one', async () => {
    const images = await bitw('images', 'tiny', 'split:test', 'class:"red bars"', 'sort:-path', '--json')
    expect(images.code).toBe(0)
    expect(records(images.stdout).map(({ image }) => image)).toEqual(
      Array.from(
        { length: 3 },
        () => expect.objectContaining({ className: 'red bars', part: 'test' }) as unknown,
      ),
    )
    expect((await bitw('images', 'tiny', 'not class:"red bars"', '--count')).stdout).toBe('20\n')
    expect((await bitw('images', 'tiny', 'width<48')).stdout).toBe('No image of tiny matches.\n')
    expect((await bitw('mistakes', 'first', 'is:any', '--count')).stdout).toBe('9\n')
    expect((await bitw('runs', 'dataset:tiny state:done')).stdout).toMatch(/1 +first +tiny/)
    expect((await bitw('runs', 'steps>4', '--count')).stdout).toBe('0\n')
    const wrong = await bitw('images', 'tiny', 'split:tset')
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('Did you mean split:test?\n  split:tset\n        ^^^^\n')
    const unknown = await bitw('runs', 'no such run')
    expect([unknown.code, unknown.stdout]).toEqual([1, ''])
    expect(unknown.stderr).toContain('There is no run "no such run".\n"bitw runs" lists them.')
    expect((await bitw('runs', 'state:failed')).stdout).toMatch(/^None of \d+ runs? matches/)
    expect((await bitw('runs', 'acuracy>1')).stderr).toContain('quotes.\n  acuracy>1\n  ^^^^^^^\n')
  })

  it('shows the mistakes, worst first', async () => {
    const { code, stdout } = await bitw('mistakes', 'first', '--json')
    expect(code).toBe(0)
    const losses = records(stdout).map(({ prediction }) => (prediction as { loss: number }).loss)
    expect(losses.length).toBeGreaterThan(0)
    expect(losses).toEqual([...losses].sort((one, other) => other - one))
    expect((await bitw('mistakes', 'first')).stdout).toMatch(/loss +predicted +p +label +p +image/)
  })

  it('exports npz and safetensors, and trains from one', async () => {
    const fileOf = (format: string): string => join('exported', format, `model.${format}`)
    for (const format of ['npz', 'safetensors']) {
      const exported = await bitw('export', 'first', '--format', format, join('exported', format))
      expect(exported).toMatchObject({ code: 0, stdout: expect.stringContaining('bit for bit') as unknown })
      expect(readFileSync(join(folder, fileOf(format))).byteLength).toBeGreaterThan(1_000_000)
    }
    // from npz: test/cli/models/models.test.ts
    const file = fileOf('safetensors')
    const trained = await bitw(...training, '--steps', '1', '--weights', file, '--json')
    expect(trained.code).toBe(0)
    expect(records(trained.stdout).at(-1)).toMatchObject({ run: { weights: `path:${join(folder, file)}` } })
  })

  it('names the file that is no weights', async () => {
    const { code, stderr } = await bitw(...training, '--steps', '1', '--weights', 'images/red bars/00.png')
    expect(code).toBe(1)
    expect(stderr).toContain('00.png')
  })

  it('calls a model that is none wrong use', async () => {
    const { code, stderr } = await bitw('train', '--dataset', 'tiny', '--model', 'R51x1')
    expect(code).toBe(2)
    expect(stderr).toContain('R51x1')
  })
})

describe('Ctrl-C while it trains', () => {
  it('once: stops after the step, evaluates, keeps, ends with 0', async () => {
    const command = launch(...training, '--steps', '100000', '--name', 'stopped', '--json')
    await command.until('stdout', /"type":"step"/)
    command.child.kill('SIGINT')
    const { code, stdout, stderr } = await command.ended
    expect(stderr).toContain('Press Ctrl-C again to end at once')
    expect(code).toBe(0)
    expect(records(stdout).at(-1)).toMatchObject({ run: { state: 'stopped', accuracy: { total: 9 } } })
  })

  it('what it stopped can keep its best afterwards, which the command waits for', async () => {
    const { code, stdout } = await bitw('runs', 'stop', 'stopped', '--keep-best', '--json')
    expect(code).toBe(0)
    expect(records(stdout).at(-1)).toMatchObject({ run: { state: 'stopped', accuracy: { total: 9 } } })
    expect((await bitw('runs', 'stopped')).stdout).toMatch(/State +stopped/)
  })

  it('twice: ends at once with 1; the run is interrupted and its steps are kept', async () => {
    const command = launch(...training, '--steps', '100000', '--name', 'cut', '--json')
    await command.until('stdout', /"type":"step"/)
    command.child.kill('SIGTERM') // the same as twice
    const { code, stdout } = await command.ended
    expect(code).toBe(1)
    const runs = records(stdout).filter(({ type }) => type === 'run')
    expect(runs.at(-1)).toMatchObject({ run: { state: 'interrupted' } })
    const { run } = records((await bitw('runs', 'cut', '--json')).stdout)[0] as {
      run?: { stepsDone: number }
    }
    expect(run?.stepsDone).toBeGreaterThan(0)
  })
})

describe('pre-training', () => {
  const pretraining = ['pretrain', ...training.slice(1)]

  it('stopped, goes on with "resume", and serves as a start for others', async () => {
    const first = launch(...pretraining, '--steps', '100000', '--name', 'upstream', '--json')
    await first.until('stdout', /"type":"step"/)
    first.child.kill('SIGINT')
    const stopped = records((await first.ended).stdout)
    const before = (stopped.at(-1)?.['run'] as { stepsDone: number }).stepsDone
    expect(stopped[0]).toMatchObject({
      plan: { recipe: { rule: 'upstream', preset: 'small', crop: 'inception', weightDecay: 1e-4 } },
    })
    const again = launch('resume', 'upstream', '--json')
    await again.until('stdout', new RegExp(`"type":"step".*"stepIndex":${String(before)},`))
    again.child.kill('SIGINT')
    const { code, stdout } = await again.ended
    expect(code).toBe(0)
    const resumed = records(stdout)
    expect(resumed.find(({ type }) => type === 'step')).toMatchObject({ step: { stepIndex: before } })
    expect((resumed.at(-1)?.['run'] as { stepsDone: number }).stepsDone).toBeGreaterThan(before)

    const { id, checkpointStep } = resumed.at(-1)?.['run'] as { id: number; checkpointStep: number }
    const tuned = await bitw(...training, '--steps', '1', '--weights', `run:${String(id)}`, '--json')
    expect(tuned.code).toBe(0)
    expect(records(tuned.stdout).at(-1)).toMatchObject({
      run: { state: 'done', weights: `run:${String(id)}@${String(checkpointStep)}` },
    })
  })

  it('has a study of the paper as a preset, and takes epochs', async () => {
    const options = ['--preset', 'low-weight-decay', '--epochs', '1', '--loss', 'sigmoid', '--json']
    const { code, stdout } = await bitw(...pretraining, ...options)
    expect(code).toBe(0)
    const found = records(stdout)
    expect(found[0]).toMatchObject({
      plan: { recipe: { preset: 'low-weight-decay', weightDecay: 1e-5, loss: 'sigmoid', stepCount: 2 } },
    })
    expect(found.at(-1)).toMatchObject({ run: { state: 'done', stepsDone: 2 } })
  })
})

describe('while another core has the home', () => {
  it('looks by itself, changes by way of that core, and repairs nothing; the server is reached through its link', async () => {
    const server = launch('serve', '--json')
    const [line] = await server.until('stdout', /.+\n/)
    const { url } = JSON.parse(line) as { url: string }

    expect((await bitw('runs', 'first')).code).toBe(0)
    expect((await bitw('datasets')).stdout).toContain('tiny')
    expect((await bitw('mistakes', 'first')).code).toBe(0)
    expect((await bitw('engine', '--json')).code).toBe(0)
    expect((await bitw('import', 'images', '--name', 'again')).code).toBe(0)
    expect((await bitw('datasets')).stdout).toContain('again')
    const refused = await bitw('doctor', '--repair')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('"bitw serve"')

    const { origin, hash } = new URL(url)
    const answer = await fetch(`${origin}/session`, {
      method: 'POST',
      headers: { Origin: origin },
      body: hash.slice(1),
    })
    expect(answer.status).toBe(201)
    expect(await answer.json()).toHaveProperty('session')
    server.child.kill('SIGINT')
    expect((await server.ended).code).toBe(0)
  })

  it('tells of a run whose core was killed that it was interrupted', async () => {
    const command = launch(...training, '--steps', '100000', '--name', 'killed', '--json')
    await command.until('stdout', /"type":"step"/)
    expect((await bitw('runs', 'killed', '--json')).stdout).toContain('"state":"training"')
    command.child.kill('SIGKILL')
    await command.ended
    expect((await bitw('runs', 'killed', '--json')).stdout).toContain('"state":"interrupted"')
    expect(existsSync(join(folder, 'home', 'workbench.db'))).toBe(true)
  })
})
