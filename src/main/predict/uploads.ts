/** Images that a browser sent as bytes, since it tells no paths. Kept in the home's scratch folder until the core ends. */
import { randomUUID } from 'node:crypto'
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { maxUploadBytes, type Upload } from '../../contract/entities/predict'
import { WorkbenchError } from '../../contract/errors'
import { shownName } from '../../domain/names'
import { headByteCount, readableFormats } from '../images/image-format'
import { notAnImage, refusedByHead } from '../images/refusal'

export interface UploadedFile {
  readonly path: string
  /** As it was sent; for people, never part of a path. */
  readonly name: string
}

export interface Uploads {
  /**
   * `announcedBytes`: how many there will be, if the sender says so. Throws 'bad-input' (too much), 'bad-image' (not an image), 'disk-full'; then
   * nothing is kept.
   */
  take(name: string, bytes: AsyncIterable<Uint8Array>, announcedBytes?: number): Promise<Upload>
  /** Throws 'not-found'. */
  file(uploadId: string): UploadedFile
  /** Deletes them all. */
  close(): Promise<void>
}

export interface UploadLimits {
  readonly fileBytes: number
  /** All together. */
  readonly totalBytes: number
}

/** A thousand photos: more are better given as a folder, which is not copied. */
const defaultLimits: UploadLimits = { fileBytes: maxUploadBytes, totalBytes: 4 * 1024 ** 3 }

export function openUploads(scratchPath: string, limits: UploadLimits = defaultLimits): Uploads {
  const folder = join(scratchPath, `uploads-${randomUUID()}`)
  const files = new Map<string, UploadedFile>()
  let totalBytes = 0

  const refuseTooMuch = (name: string, fileBytes: number, more: number): void => {
    if (fileBytes + more > limits.fileBytes) throw tooLarge(name, limits.fileBytes)
    if (totalBytes + more > limits.totalBytes) throw tooMuch(limits.totalBytes)
  }

  return {
    async take(givenName, bytes, announcedBytes = 0) {
      const name = shownName(givenName.slice(0, longestName), 'image')
      refuseTooMuch(name, 0, announcedBytes)
      const id = randomUUID()
      const path = join(folder, id)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const handle = await open(path, 'wx', 0o600)
      let fileBytes = 0
      try {
        let head = Buffer.alloc(0)
        for await (const chunk of bytes) {
          refuseTooMuch(name, fileBytes, chunk.byteLength)
          fileBytes += chunk.byteLength
          totalBytes += chunk.byteLength
          const knownBefore = head.length >= headByteCount
          if (!knownBefore) head = Buffer.concat([head, chunk.subarray(0, headByteCount - head.length)])
          if (!knownBefore && head.length >= headByteCount) refuseOther(name, head)
          await writeAll(handle, chunk)
        }
        refuseOther(name, head)
        files.set(id, { path, name })
        return { uploadId: id }
      } catch (thrown) {
        totalBytes -= fileBytes
        await rm(path, { force: true })
        throw asDiskFull(thrown)
      } finally {
        await handle.close()
      }
    },
    file(uploadId) {
      const file = files.get(uploadId)
      if (file === undefined) {
        throw new WorkbenchError(
          'not-found',
          `There is no uploaded image ${uploadId}.`,
          'Drop it again: uploaded images are deleted when the workbench closes.',
        )
      }
      return file
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

const longestName = 1000

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;)
    written += (await handle.write(bytes, written, bytes.length - written)).bytesWritten
}

function refuseOther(name: string, head: Uint8Array): void {
  const refused = refusedByHead(head)
  if (refused === null) return
  throw new WorkbenchError(
    'bad-image',
    refused.message === notAnImage
      ? `${name} is not an image.`
      : `The image ${name} cannot be read: ${refused.message}.`,
    `${readableFormats} can be read.`,
  )
}

function tooLarge(name: string, limitBytes: number): WorkbenchError {
  return new WorkbenchError(
    'bad-input',
    `${name} is larger than ${String(limitBytes / 1024 ** 2)} MB, the upload limit.`,
    'Put it into a folder on this machine and predict that.',
  )
}

function tooMuch(limitBytes: number): WorkbenchError {
  return new WorkbenchError(
    'bad-input',
    `${String(limitBytes / 1024 ** 3)} GB of images were uploaded already, which is the limit.`,
    'Put the images into a folder on this machine and predict that; it is not copied.',
  )
}

function asDiskFull(thrown: unknown): unknown {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return thrown
  return new WorkbenchError(
    'disk-full',
    'The disk of the home folder is full: the image was not saved.',
    'Free some space, or predict a folder, which is not copied.',
    { cause: thrown },
  )
}
