import { open, rename, rm } from 'node:fs/promises'
import { temporaryBeside } from '../files/temporary'

/** Writes beside the target, makes it durable, then renames: the target is the old file or the whole new one, never a part of it. */
export async function writeWhole(
  path: string,
  produce: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const temporary = temporaryBeside(path)
  try {
    const handle = await open(temporary, 'wx')
    try {
      await produce(async (bytes) => {
        for (let start = 0; start < bytes.length;) {
          start += (await handle.write(bytes, start, bytes.length - start)).bytesWritten
        }
      })
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
