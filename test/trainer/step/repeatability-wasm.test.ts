/** The same of the WebAssembly engine, on two threads and on one: no run depends on which thread takes what. */
process.env['BITW_THREADS'] = '2'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadEngine } from '../../../src/main/trainer/engines/load'
import { loadWasm } from '../../../src/main/trainer/engines/wasm/wasm'
import { numbersOf } from '../support/numbers'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-repeat-wasm-'))
  expect((await loadEngine('wasm')).threadCount).toBe(2)
})
afterAll(() => rm(folder, { recursive: true }))

describe('two runs of one seed on WebAssembly', () => {
  it('give the same bits, also with another number of threads', async () => {
    const first = await numbersOf(folder, { mixupAlpha: 0.2 })
    expect(first.log).toContainEqual(expect.stringMatching(/^Repeatable: .* any number of threads/))
    expect(await numbersOf(folder, { mixupAlpha: 0.2 })).toEqual(first)
    await (await loadWasm(2)).threads.close()
    expect(await numbersOf(folder, { mixupAlpha: 0.2 })).toEqual(first)
  })
})

describe('bfloat16 on WebAssembly', () => {
  it('is refused by the trainer, in plain words', async () => {
    await expect(numbersOf(folder, { precision: 'bfloat16' })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/bfloat16 needs recorded graphs/),
      wayOut: expect.stringMatching(/float32/),
    })
  })
})
