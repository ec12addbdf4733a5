import { describe, expect, it } from 'vitest'
import { diskFiles } from '../../src/main/images/file-source'
import { filesBelow } from '../../src/main/sources/files'
import { temporaryFolder, writeTree } from '../images/support/images'

/** A folder with `a.jpg`, whose reading ends with what the system says. */
async function failingWith(code: string): Promise<Promise<Uint8Array>> {
  const folder = temporaryFolder()
  await writeTree(folder, { 'a.jpg': 'bytes' })
  const read = (): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }))
  const words = { importAgain: 'import the folder again' }
  return filesBelow(folder, words, { ...diskFiles, read }).readInside('a.jpg')
}

describe('an image file', () => {
  it('that goes between the look at its path and its opening is no longer there, and not damaged', async () => {
    await expect(failingWith('ENOENT')).rejects.toMatchObject({ code: 'path-not-found' })
  })

  it('that cannot be opened for another reason is there', async () => {
    await expect(failingWith('EIO')).rejects.toMatchObject({ code: 'EIO' })
  })
})
