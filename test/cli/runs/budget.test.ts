import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../support/test-core'
import { drawTinyDataset } from '../../support/tiny-dataset'
import { buildCli, records, start, type Ended } from '../run-cli'

// The engine that measures the machine fastest.
process.env['BITW_ENGINE'] = 'wasm'

const { path: folder, remove } = temporaryFolder('cli-budget')
let cliPath = ''
beforeAll(async () => {
  cliPath = await buildCli()
  await drawTinyDataset(join(folder, 'images'), 10)
})
afterAll(remove)

const bitw = (...args: string[]): Promise<Ended> => start(cliPath, [...args, '--home', 'home'], folder).ended

describe('training for a time on the command line', () => {
  it('needs the dataset and the time alone: the machine is measured, the rest is chosen with reasons', async () => {
    await bitw('import', 'images', '--name', 'tiny')
    const { code, stdout, stderr } = await bitw(
      'train',
      '--dataset',
      'tiny',
      '--budget',
      '5s',
      '--steps',
      '3',
    )
    expect(stderr).toContain('Measuring this machine once')
    expect(code).toBe(0)
    expect(stdout).toMatch(/Start: BiT-Tiny: it is included in the workbench/)
    expect(stdout).toMatch(
      /\* +Batch +\d+ +for the budget, instead of the rule’s 512: fits 5 s on this machine/,
    )
    expect(stdout).toMatch(/\* +Steps +3 +set by you, instead of the rule’s 500: You set it/)
    expect(stdout).toMatch(/Time: about .* to the last evaluation/)
    expect(stdout).toMatch(/Budget: 5 s\. By the rule it would take /)
    expect(stdout).toMatch(/Total time +.*expected .*, budget 5 s/)
  }, 300_000)

  it('measures once, and without a budget starts from the model that comes along, by the rule', async () => {
    const sizes = ['--steps', '1', '--batch', '4', '--crop', '32', '--resize', '40']
    const { code, stdout, stderr } = await bitw('train', '--dataset', 'tiny', '--json', ...sizes)
    expect(stderr).not.toContain('Measuring this machine')
    expect(code).toBe(0)
    const [plan] = records(stdout)
    expect(plan).toMatchObject({ type: 'plan', plan: { budget: null, weights: 'embedded:bit-tiny' } })
    expect(records(stdout).at(-1)).toMatchObject({ run: { weights: 'embedded:bit-tiny', budgetMs: null } })
  })

  it.each(['5', '3s', '1w', 'soon'])('calls "%s" wrong use: it is no length of time', async (text) => {
    const { code, stderr } = await bitw('train', '--dataset', 'tiny', '--budget', text)
    expect(code).toBe(2)
    expect(stderr).toContain('such as 90s, 5m, 2h or 1d')
  })
})
