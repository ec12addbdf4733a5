import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { knowSpeed } from '../../support/known-speed'
import { temporaryFolder } from '../../support/test-core'
import { drawTinyDataset } from '../../support/tiny-dataset'
import { buildCli, records, start, type Ended, type Started } from '../run-cli'

// The engine that starts fastest.
process.env['BITW_ENGINE'] = 'wasm'

const { path: folder, remove } = temporaryFolder('cli-queue')
let cliPath = ''
beforeAll(async () => {
  cliPath = await buildCli()
  await drawTinyDataset(join(folder, 'images'), 10)
  await knowSpeed(join(folder, 'home'))
  expect((await bitw('import', 'images', '--name', 'tiny', '--val', '0.2', '--test', '0.3')).code).toBe(0)
})
afterAll(remove)

const launch = (...args: string[]): Started => start(cliPath, [...args, '--home', 'home'], folder)
const bitw = (...args: string[]): Promise<Ended> => launch(...args).ended

const tiny = [
  ...['--dataset', 'tiny', '--model', 'units:1-1-1-1,width:0.5'],
  ...['--batch', '8', '--micro-batch', '4', '--resize', '40', '--crop', '32'],
]

describe('a run that another command trains', () => {
  it('can be paused, waits in the queue, and goes on there', async () => {
    const training = launch('train', ...tiny, '--steps', '4000', '--name', 'long', '--json')
    await training.until('stdout', /"type":"step"/)
    const queued = await bitw('train', ...tiny, '--steps', '2', '--name', 'short', '--queue')
    expect(queued.stderr).toContain('The workbench that has this home trains it')
    const paused = await bitw('runs', 'pause', 'long')
    expect([paused.code, paused.stderr]).toEqual([0, expect.stringContaining('"long" pauses after its step')])
    await training.ended
    expect(records(training.stdout()).findLast(({ type }) => type === 'run')).toMatchObject({
      run: { name: 'long', state: 'paused' },
    })
    const list = await bitw('queue')
    expect(list.stdout).toMatch(/1 +\d+ +short +tiny +waiting/)
    expect(list.stderr).toContain('The queue waits because "long" was paused.')
    const worked = await bitw('queue', 'start', '--json')
    expect(worked.code).toBe(0)
    expect(records(worked.stdout).at(-1)).toMatchObject({
      run: { name: 'short', state: 'done', stepsDone: 2 },
    })
  })
})

describe('a run that has ended', () => {
  it('is extended, branches with another setting, and is trained again with one thing changed', async () => {
    expect((await bitw('runs', 'extend', 'short', '--steps', '3', '--name', 'longer')).code).toBe(0)
    expect(
      (await bitw('runs', 'branch', 'short', '--steps', '4', '--lr', '0.1', '--name', 'branch')).code,
    ).toBe(0)
    expect((await bitw('again', 'short', '--steps', '3', '--name', 'again')).code).toBe(0)
    const found = records((await bitw('runs', '--json')).stdout).map(({ run }) => run)
    expect(found).toMatchObject([
      { name: 'again', parent: null, stepsDone: 3 },
      { name: 'branch', parent: { stepIndex: 2 }, stepsDone: 4, recipe: { baseLearningRate: 0.1 } },
      { name: 'longer', parent: { stepIndex: 2 }, stepsDone: 5 },
      { name: 'short' },
      { name: 'long', state: 'paused' },
    ])
  })
})

describe('several trainings', () => {
  it('are repeats over seeds with mean and standard deviation', async () => {
    const { code, stdout } = await bitw('train', ...tiny, '--steps', '2', '--seeds', '2', '--name', 'twice')
    expect(code).toBe(0)
    expect(stdout).toMatch(/trial +run +seed +state +steps +val +test/)
    expect(stdout).toMatch(/test \d+\.\d % ± \d+\.\d \(2 runs\)/)
  })

  it('are a search, whose trials and time are told before it starts', async () => {
    const grid = [...tiny, '--lr', '0.01,0.1', '--steps', '2']
    const plan = await bitw('sweep', ...grid, '--plan')
    expect(plan.stdout).toMatch(/2 trials: about .* together/)
    const { code, stdout } = await bitw('sweep', ...grid)
    expect(code).toBe(0)
    expect(stdout).toMatch(/trial +run +Learning rate +state/)
    expect(stdout).toMatch(/The trial that is best on val has \d+\.\d % on test\./)
  })

  it('are refused where nothing is varied', async () => {
    const { code, stderr } = await bitw('sweep', ...tiny, '--steps', '2')
    expect(code).toBe(2)
    expect(stderr).toContain('There is nothing to search over.')
  })
})

describe('a search for a cluster', () => {
  it('has trials that train on the corrected labels, so that their runs are of the dataset here', async () => {
    for (const words of [
      ['set', 'tiny', '--query', 'id:1', '--class', 'green discs'],
      ['set', 'tiny', '--query', 'id:2', '--exclude'],
    ])
      expect((await bitw('labels', ...words)).code).toBe(0)
    // as bitw there, with a machine that is measured
    await knowSpeed(join(folder, 'known'))
    writeFileSync(
      join(folder, 'there.sh'),
      `case "$3" in import) cp -r ${folder}/known "$2" ;; esac; exec ${process.execPath} ${cliPath} "$@"\n`,
    )
    const search = ['sweep', ...tiny, '--steps', '2', '--lr', '0.01,0.02', '--on', 'slurm', '--only-write']
    const asked = [...search, '--folder', 'search', '--program', `sh ${folder}/there.sh`]
    expect((await bitw(...asked)).stdout).toContain('2 trials are written')
    execFileSync('sh', [join(folder, 'search/run-trial.sh'), '0'], { stdio: 'pipe' })
    const merged = await bitw('sweep', 'merge', 'search', '--json')
    expect(records(merged.stdout)).toContainEqual({ type: 'merged', found: 1, added: 1, failures: 0 })
    expect(records((await bitw('datasets', '--json')).stdout)).toHaveLength(1)
    const again = await bitw(...asked)
    expect([again.code, again.stderr]).toEqual([expect.any(Number), expect.stringContaining('is not empty')])
    expect(again.code).not.toBe(0)
  }, 60_000)
})
