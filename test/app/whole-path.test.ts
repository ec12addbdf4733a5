import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wholePath } from '../../src/main/app/whole-path'
import { openTestCore, temporaryFolder, type TestCore } from '../support/test-core'

const place = temporaryFolder('given-path')
let tested: TestCore
beforeAll(async () => {
  // Nothing is trained here, so no trainer is needed.
  tested = await openTestCore(join(place.path, 'home'), join(place.path, 'no-trainer.cjs'))
})
afterAll(async () => {
  await tested.core.close()
  place.remove()
})

describe('a path that a client gives', () => {
  it('is taken where it is whole, with ~ for the user’s own folder', () => {
    expect(wholePath(join(place.path, 'a', '..', 'b'))).toBe(resolve(place.path, 'b'))
    expect(wholePath('~')).toBe(homedir())
    expect(wholePath('~/photos')).toBe(join(homedir(), 'photos'))
  })

  for (const path of ['photos', './photos', '../photos', '~other/photos', '/photos\0.npz'] as const) {
    it(`is refused by every call where it is not: ${JSON.stringify(path)}`, async () => {
      const modelId = 'embedded:bit-tiny'
      for (const [name, input] of [
        ['datasets.import', { path, name: '' }],
        ['models.add', { path }],
        ['models.get', { id: `path:${path}` }],
        ['exports.start', { modelId, format: 'npz', path }],
        ['exports.start', { modelId: `path:${path}`, format: 'npz', path: place.path }],
        ['predict.start', { modelId: `path:${path}`, paths: [place.path] }],
        ['predict.embed', { modelId, paths: [path], file: join(place.path, 'a.csv') }],
        ['predict.embed', { modelId, paths: [place.path], file: `${path}.csv` }],
        ['folders.list', { path }],
        ['folders.make', { parent: path, name: 'new' }],
      ] as const) {
        await expect(tested.core.callRaw(name, input), name).rejects.toMatchObject({ code: 'bad-input' })
      }
    })
  }
})
