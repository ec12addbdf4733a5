import { describe, expect, it } from 'vitest'
import { packUint32 } from '../../../src/contract/packed'
import { findRun } from '../../../src/main/cli/datasets/find'
import type { ReadCall } from '../../../src/main/host/read-only-core'

/** Only what the search looks at. */
const runs = [
  { id: 5, name: 'roses' },
  { id: 7, name: '5' },
  { id: 8, name: 'twin' },
  { id: 9, name: 'twin' },
]
interface Asked {
  id?: number
  ids?: number[]
  datasetId?: number
}
const answers: Readonly<Record<string, (input: Asked) => unknown>> = {
  'history.find': () => ({ ids: packUint32(Uint32Array.from(runs, ({ id }) => id)) }),
  'history.rows': ({ ids }) => (ids?.length === 1 ? runs.filter(({ id }) => id === ids[0]) : runs),
  'datasets.list': () => [
    { id: 1, name: 'flowers' },
    { id: 2, name: 'birds' },
  ],
  'promotions.list': ({ datasetId }) => (datasetId === 1 ? [{ runId: 8 }, { runId: 5 }] : [{ runId: null }]),
  'runs.get': ({ id }) => runs.find((run) => run.id === id),
}
const call = (async (name: string, input: Asked) => answers[name]?.(input)) as unknown as ReadCall
const find = async (wanted: string): Promise<number> => (await findRun(call, wanted)).id

describe('a run', () => {
  it('is found by its name or its number', async () => {
    expect(await Promise.all(['roses', '7', '9'].map(find))).toEqual([5, 7, 9])
  })

  it('is asked back where its name is the number of another, or the name of two', async () => {
    await expect(find('5')).rejects.toMatchObject({
      code: 'bad-input',
      message: '"5" is the name of the run 7, and the number of the run "roses".',
      wayOut: 'Give the other: the number 7, or the name "roses".',
    })
    await expect(find('twin')).rejects.toMatchObject({
      code: 'bad-input',
      wayOut: 'Use the number of one: 8, 9.',
    })
  })

  it('is the one in use of a dataset, and none where none is', async () => {
    expect(await find('flowers@in-use')).toBe(8)
    await expect(find('birds@in-use')).rejects.toMatchObject({
      code: 'not-found',
      message: 'No model of birds is in use.',
    })
    await expect(find('trees@in-use')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('is not found by nothing', async () => {
    await expect(find(' ')).rejects.toMatchObject({ code: 'bad-input' })
    await expect(find('tulips')).rejects.toMatchObject({ code: 'not-found' })
  })
})
