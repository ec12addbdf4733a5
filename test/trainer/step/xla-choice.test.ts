import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tinyJob } from '../support/tiny-job'
import { stepsToCome } from '../../../src/main/trainer/step/whole-network'
import { chooseXla } from '../../../src/main/trainer/step/xla-choice'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-xla-'))
})
afterEach(() => rm(folder, { recursive: true }))

const times = (withMs: number, withoutMs: number) => (xla: boolean) =>
  Promise.resolve(xla ? withMs : withoutMs)
const unasked = (): Promise<number> => Promise.reject(new Error('It was measured already.'))

describe('the choice of XLA', () => {
  it('takes what is faster, and remembers it for each key', async () => {
    const path = join(folder, 'below', 'xla.json')
    expect(await chooseXla(path, 'H100 R50x1', 1e6, times(40, 90))).toEqual({
      xla: true,
      text: 'XLA is on: a step took 40 ms with it, 90 ms without (measured now).',
    })
    expect((await chooseXla(path, 'H100 small', 1e6, times(30, 20))).xla).toBe(false)
    expect(await chooseXla(path, 'H100 R50x1', 1e6, unasked)).toEqual({
      xla: true,
      text: 'XLA is on: a step took 40 ms with it, 90 ms without (measured before).',
    })
    expect(await readdir(join(folder, 'below'))).toEqual(['xla.json'])
  })

  it('neither compiles nor remembers for a training that is over before', async () => {
    const path = join(folder, 'xla.json')
    const plainOnly = (xla: boolean): Promise<number> => (xla ? unasked() : Promise.resolve(90))
    const short = await chooseXla(path, 'H100 R50x1', 100, plainOnly)
    expect(short).toEqual({ xla: false, text: 'XLA is off: the training is shorter than its compilation.' })
    expect(await readdir(folder)).toEqual([])
    expect((await chooseXla(path, 'H100 R50x1', 0, unasked)).xla).toBe(false)
    await chooseXla(path, 'H100 R50x1', 1e6, times(40, 90))
    expect((await chooseXla(path, 'H100 R50x1', 100, unasked)).xla).toBe(false)
  })

  it('goes without it where it fails', async () => {
    const failing = (xla: boolean): Promise<number> =>
      xla ? Promise.reject(new Error('ptxas is missing')) : Promise.resolve(50)
    const found = await chooseXla(join(folder, 'xla.json'), 'card', 1e6, failing)
    expect(found).toEqual({
      xla: false,
      text: 'XLA is off: a step failed with it, 50 ms without (measured now).',
    })
  })

  it('leaves it to the step where memory is not enough without it either, and remembers nothing', async () => {
    const path = join(folder, 'xla.json')
    const full = (): Promise<number> => Promise.reject(new Error('RESOURCE_EXHAUSTED: OOM when allocating'))
    expect(await chooseXla(path, 'card', 1e6, full)).toEqual({
      xla: false,
      text: 'XLA is off: there was not enough memory to measure it.',
    })
    expect(await readdir(folder)).toEqual([])
    const broken = (): Promise<number> => Promise.reject(new Error('a defect'))
    await expect(chooseXla(path, 'card', 1e6, broken)).rejects.toThrow('a defect')
  })

  it('has no step to count on in a training that only evaluates', async () => {
    const job = await tinyJob(folder)
    const { stepCount } = job.recipe
    expect(stepsToCome(job)).toBe(stepCount)
    expect(stepsToCome({ ...job, onlyEvaluates: true })).toBe(0)
  })

  it('measures again where the file is damaged or cannot be written', async () => {
    const path = join(folder, 'xla.json')
    await writeFile(path, '{"H100": ')
    expect((await chooseXla(path, 'H100', 1e6, times(1, 2))).xla).toBe(true)
    expect((await chooseXla(join(path, 'below'), 'H100', 1e6, times(1, 2))).xla).toBe(true)
  })
})
