/** What has come of a file that is not whole: its bytes, and beside them where they are from. */
import { open, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { WorkbenchError } from '../../contract/errors'
import { byteText } from '../../domain/byte-text'

/** What must be the same for the bytes that are here to be of the same file. */
const originSchema = z.object({
  address: z.string(),
  /** A strong ETag, or the date of the last change. */
  validator: z.string().nullable(),
  /** Base64, as Google's storage gives it in x-goog-hash. */
  md5: z.string().nullable(),
})
export type Origin = z.infer<typeof originSchema>

/** Left free on the disk beside the file. */
const spareBytes = 50e6

/** What has come of a download that is not whole yet lies here. */
export function partialFile(path: string): string {
  return `${path}.partial`
}

const originFile = (path: string): string => `${partialFile(path)}.json`

/** null where nothing has come yet, or nobody knows from where. */
export async function readOrigin(path: string): Promise<Origin | null> {
  const text = await readFile(originFile(path), 'utf8').catch(() => null)
  try {
    return text === null ? null : originSchema.parse(JSON.parse(text))
  } catch {
    return null // half written when the power went: the download begins anew
  }
}

export async function writeOrigin(path: string, origin: Origin): Promise<void> {
  await rm(partialFile(path), { force: true })
  await writeFile(originFile(path), JSON.stringify(origin))
}

export async function partialBytes(path: string): Promise<number> {
  return (await stat(partialFile(path)).catch(() => null))?.size ?? 0
}

/** Deletes what has come of a download that is not whole. */
export async function forgetPartial(path: string): Promise<void> {
  await rm(partialFile(path), { force: true })
  await rm(originFile(path), { force: true })
}

export async function refuseFullDisk(path: string, neededBytes: number): Promise<void> {
  const disk = await statfs(dirname(path))
  const freeBytes = disk.bavail * disk.bsize
  if (freeBytes >= neededBytes + spareBytes) return
  throw new WorkbenchError(
    'disk-full',
    `This needs ${byteText(neededBytes + spareBytes)} more on the disk of ${dirname(path)}; ${byteText(freeBytes)} is free.`,
    'Free some space, or choose a home on another disk (--home).',
  )
}

/** Answers with the length of what is there then. The bytes before `start` stay. */
export async function append(
  path: string,
  start: number,
  body: AsyncIterable<Uint8Array>,
  seen: (byteCount: number) => void,
): Promise<number> {
  const handle = await open(partialFile(path), start === 0 ? 'w' : 'a')
  let done = start
  try {
    seen(done)
    for await (const piece of body) {
      for (let written = 0; written < piece.length;) {
        written += (await handle.write(piece, written)).bytesWritten
      }
      done += piece.length
      seen(done)
    }
    await handle.sync()
  } catch (thrown) {
    throw (thrown as { code?: unknown }).code === 'ENOSPC' ? fullDisk(path, done, thrown) : thrown
  } finally {
    await handle.close()
  }
  return done
}

function fullDisk(path: string, done: number, cause: unknown): WorkbenchError {
  return new WorkbenchError(
    'disk-full',
    `The disk of ${dirname(path)} is full after ${byteText(done)} of the download.`,
    'Free some space and start the download again: it continues where it stopped.',
    { cause },
  )
}
