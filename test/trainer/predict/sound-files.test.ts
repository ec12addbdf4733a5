/** Files that a prediction looks at. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { soundFiles } from '../../../src/main/trainer/predict/sound-files'
import { filesAt } from '../../../src/main/sources/files'
import { encode, temporaryFolder } from '../../images/support/images'

const whole = (): boolean => true

describe('a file that is predicted', () => {
  it('is refused where its image is damaged, which refuses no other', async () => {
    const folder = temporaryFolder()
    const bytes = await encode(1)
    writeFileSync(join(folder, 'sound.jpg'), bytes)
    writeFileSync(join(folder, 'cut.jpg'), bytes.subarray(0, bytes.length >> 1))
    const files = soundFiles(filesAt(folder))
    await expect(files.read('cut.jpg', 0, whole)).rejects.toThrow(/ends too early/)
    await expect(files.read('gone.jpg', 0, whole)).rejects.toThrow(/ENOENT/)
    await expect(files.read('sound.jpg', 0, whole)).resolves.toMatchObject({ byteCount: bytes.length })
    expect(files.refused()).toBeNull()
  })

  it.each([
    ['EMFILE', 'open', 'path-not-readable'],
    ['EIO', 'read', 'path-not-readable'],
    ['ENOSPC', 'write', 'disk-full'],
  ])('that the system refuses with %s by %s ends the prediction', async (code, syscall, ends) => {
    const refuse = (): Promise<never> =>
      Promise.reject(Object.assign(new Error(`${code}: refused, ${syscall}`), { code, syscall }))
    const files = soundFiles({ ...filesAt('/photos'), read: refuse })
    await expect(files.read('1.jpg', 0, whole)).rejects.toMatchObject({ code: ends })
    expect(files.refused()).toMatchObject({ code: ends })
  })

  it('that alone may not be opened refuses no other', async () => {
    const denied = Object.assign(new Error('EACCES: refused, open'), { code: 'EACCES', syscall: 'open' })
    const files = soundFiles({ ...filesAt('/photos'), read: () => Promise.reject(denied) })
    await expect(files.read('1.jpg', 0, whole)).rejects.toBe(denied)
    expect(files.refused()).toBeNull()
  })
})
