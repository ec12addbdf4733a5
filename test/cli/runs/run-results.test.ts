/** What is asked of a run that has ended: how right it is on each slice, and on another dataset. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestCore, temporaryFolder, tinyRequest } from '../../support/test-core'
import { drawTinyDataset } from '../../support/tiny-dataset'
import { buildCli, records, start, type Ended } from '../run-cli'

// The engine that starts fastest.
process.env['BITW_ENGINE'] = 'wasm'

const { path: folder, remove } = temporaryFolder('cli-results')
let cliPath = ''
const bitw = (...args: string[]): Promise<Ended> => start(cliPath, ['--home', 'home', ...args], folder).ended

beforeAll(async () => {
  cliPath = await buildCli()
  await drawTinyDataset(join(folder, 'images'))
  const test = await openTestCore(join(folder, 'home'), join(cliPath, '../trainer.cjs'))
  for (const name of ['tiny', 'other'])
    await test.taskDone(
      (await test.core.call('datasets.import', { path: join(folder, 'images'), name })).taskId,
    )
  const [tiny] = (await test.core.call('datasets.list', {})).filter(({ name }) => name === 'tiny')
  const run = { ...tinyRequest(tiny?.id ?? 0, { stepCount: 2 }), name: 'first' }
  await test.runEnded((await test.core.call('training.start', run)).id)
  await test.core.close()
})
afterAll(remove)

describe('bitw slices', () => {
  it('says how a slice is saved where there is none', async () => {
    const ended = await bitw('slices', 'first')
    expect(ended.stdout).toContain('tiny has no slices. Save one with bitw slice "tiny" NAME QUERY.')
    expect(ended.code).toBe(0)
  })

  it('succeeds while each slice reaches its floor, and fails once one is below', async () => {
    const saved = await bitw('slice', 'tiny', 'reds', 'label:"red bars"', '--floor', '0')
    expect(saved.stdout).toContain('Saved the slice reds of tiny: label:"red bars", floor 0.0 %')
    const held = await bitw('slices', 'first')
    expect(held.stdout).toMatch(/reds\s+2\s/)
    expect(held.stdout).toMatch(/\(all\)\s+6\s/)
    expect(held.code).toBe(0)

    // No image is that wide: a floor over nothing says nothing good.
    await bitw('slice', 'tiny', 'wide', 'width>9000', '--floor', '0.5')
    const failing = await bitw('slices', 'first')
    expect(failing.stdout).toMatch(/wide\s.*FAILS/)
    expect(failing.stderr).toContain('wide fails: it has no images.')
    expect(failing.code).toBe(1)

    await bitw('slice', 'tiny', 'wide', 'is:wrong', '--floor', '0.5')
    const below = await bitw('--json', 'slices', 'first')
    expect(below.code).toBe(1)
    expect(records(below.stdout).map(({ type, slice }) => [type, slice])).toEqual([
      ['slice', expect.objectContaining({ name: 'reds', fails: false })],
      ['slice', expect.objectContaining({ name: 'wide', floor: 0.5, fails: true })],
    ])
  })

  it('points at what is wrong in a query, and knows which runs there are', async () => {
    const query = await bitw('slice', 'tiny', 'bad', 'labl:x')
    expect([query.code, query.stderr]).toEqual([2, expect.stringContaining('  labl:x\n  ^^^^')])
    const run = await bitw('slices', 'nobody')
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('There is no run "nobody"')])
  })
})

describe('bitw compare', () => {
  it('compares any number of runs on the images that all evaluated', async () => {
    const { code, stdout } = await bitw('compare', 'first', 'first', 'first', '--query', 'right:0,3')
    expect(stdout).toContain('6 test images that all evaluated.')
    expect(stdout).toMatch(/right in +images\n0 of 3/)
    expect(stdout).toContain('right:0,3: 6 of 6 images')
    expect(stdout).toMatch(/dataset +tiny +version 1/)
    expect(code).toBe(0)
    expect((await bitw('compare', 'first')).stderr).toContain('Name two or more.')
  })
})

describe('bitw evaluate', () => {
  it('says which class is which and how right the model is there, and what was left out', async () => {
    const whole = await bitw('evaluate', 'first', '--on', 'other')
    expect(whole.stderr).toMatch(/red bars\s+red bars/)
    expect(whole.stdout).toMatch(/first on other: .*30/)
    expect(whole.stdout).toContain('No image was left out.')
    expect(whole.code).toBe(0)

    writeFileSync(join(folder, 'map.csv'), 'blue squares,blue squares\ngreen discs,green discs\nred bars,\n')
    const mapped = await bitw(
      '--json',
      'evaluate',
      'first@best',
      '--on',
      'other',
      '--part',
      'test',
      '--map',
      'map.csv',
    )
    const last = records(mapped.stdout).at(-1)
    expect(last).toMatchObject({ type: 'evaluated', accuracy: { total: 4 } })
    expect(last?.['set']).toMatchObject({ other: { unmappedCount: 2, unreadCount: 0 } })
  })

  it.each([
    [['evaluate', 'first'], 2, "required option '--on <dataset>'"],
    [['evaluate', 'first', '--on', 'none'], 1, 'There is no dataset "none"'],
    [['evaluate', 'first', '--on', 'other', '--map', 'none.csv'], 1, 'none.csv cannot be read'],
    [['evaluate', 'first', '--on', 'other', '--map', 'bad.csv'], 2, 'Line 1 of '],
    [['evaluate', 'run:1@77', '--on', 'other'], 1, 'has no checkpoint of step 77'],
    [['evaluate', 'first@best', '--on', 'other', '--step', '7'], 2, 'given twice'],
  ])('%j is refused in words', async (args, code, words) => {
    writeFileSync(join(folder, 'bad.csv'), 'one name only\n')
    const ended = await bitw(...args)
    expect(ended.stderr).toContain(words)
    expect(ended.code).toBe(code)
  })
})
