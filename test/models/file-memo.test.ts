/** What is remembered of a file, and for how long; the disk's failures are played. */
import { chmodSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { WorkbenchError } from '../../src/contract/errors'
import { openToRead } from '../../src/main/files/open-to-read'
import { classNamesBeside } from '../../src/main/models/class-names'
import { memoByFile } from '../../src/main/models/file-memo'
import { readWeights } from '../../src/main/weights/read'
import { temporaryFolder } from '../support/test-core'

vi.mock('../../src/main/files/open-to-read', { spy: true })

const { path: folder, remove } = temporaryFolder('memo')
afterAll(remove)

function fileOf(name: string, text = 'a'): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('what was worked out from a file', () => {
  const seven = () => vi.fn(() => Promise.resolve(7))

  it('is worked out once, until the file changes', async () => {
    const compute = seven()
    const memo = memoByFile(compute)
    const path = fileOf('sound')
    expect(await Promise.all([memo(path), memo(path)])).toEqual([7, 7])
    writeFileSync(path, 'ab')
    await memo(path)
    expect(compute).toHaveBeenCalledTimes(2)
  })

  it('is worked out again once its permissions have changed', async () => {
    const compute = seven()
    const memo = memoByFile(compute)
    const path = fileOf('closed')
    await memo(path)
    // the clock of some file systems ticks every few ms
    const { ctimeMs } = statSync(path)
    while (statSync(path).ctimeMs === ctimeMs) chmodSync(path, 0o600)
    await memo(path)
    expect(compute).toHaveBeenCalledTimes(2)
  })

  it('is worked out again where the file could not be read', async () => {
    const compute = seven().mockRejectedValueOnce(new WorkbenchError('path-not-readable', 'Too many files.'))
    const memo = memoByFile(compute)
    const path = fileOf('refused')
    await expect(memo(path)).rejects.toMatchObject({ code: 'path-not-readable' })
    expect(await memo(path)).toBe(7)
  })

  it('is remembered where its content is bad', async () => {
    const compute = seven().mockRejectedValue(new WorkbenchError('bad-weights', 'It is damaged.'))
    const memo = memoByFile(compute)
    const path = fileOf('bad')
    for (let time = 0; time < 2; time++)
      await expect(memo(path)).rejects.toMatchObject({ code: 'bad-weights' })
    expect(compute).toHaveBeenCalledTimes(1)
  })
})

describe('where the system has no file to spare, or the disk fails', () => {
  it('names of classes are there the next time', async () => {
    const path = fileOf('names.npz')
    fileOf('names.npz.classes.txt', 'a_cat\ndog\n')
    vi.mocked(openToRead).mockRejectedValueOnce(new Error('EMFILE: too many open files'))
    expect(await classNamesBeside(path, 2)).toBeNull()
    expect(await classNamesBeside(path, 2)).toEqual(['a cat', 'dog'])
  })

  it('weights are not to be read, which is no fault of the workbench', async () => {
    const path = fileOf('weights.npz', 'PK\x03\x04 and more')
    const handle = await openToRead(path)
    vi.spyOn(handle, 'read').mockRejectedValueOnce(new Error('EIO: i/o error, read'))
    vi.mocked(openToRead).mockResolvedValueOnce(handle)
    await expect(readWeights(path)).rejects.toMatchObject({ code: 'path-not-readable' })
  })
})
