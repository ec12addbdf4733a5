/** Reads one image once: is it an image, is it whole, what are its facts. */
import { hash } from 'node:crypto'
import type { Problem } from '../../contract/entities/dataset'
import { reasonOf } from '../images/file-source'
import { headByteCount, type ImageFormat, imageFormat } from '../images/image-format'
import { imageHeader } from '../images/open-image'
import { type ImageRefusal, notAnImage, refusalOf, refusedByHead, refusedBySize } from '../images/refusal'
import { minorFault } from '../images/soundness'
import { refusedBySystem, systemRefusal } from '../images/system-refusal'
import type { ImageSource } from '../sources/source'
import type { ScannedImage } from './scan-result'

/** What the file itself says; its class and part come from its source. */
export type ImageFacts = Omit<ScannedImage, 'key' | 'linkTarget' | 'classIndex' | 'folderPart' | 'boxes'>

export interface FileFault {
  readonly severity: Problem['severity']
  readonly code: Problem['code']
  readonly message: string
}

export interface FileReading {
  /** By its first bytes it is an image, whole or not. */
  readonly isImage: boolean
  /** null where it cannot be used. */
  readonly facts: ImageFacts | null
  readonly fault: FileFault | null
}

/** No photo is larger; above it a file is not even read. */
const maxFileBytes = 1 << 30

/**
 * Every image is really decoded. Throws what the system refuses ('path-not-readable', 'disk-full'); a fault of the file is part of the answer. The decoder keeps its
 * messages in one place for all threads: the kind of a fault is certain only where nothing else is decoded meanwhile.
 */
export async function readImage(source: ImageSource, key: string): Promise<FileReading> {
  try {
    const { bytes, byteCount, modifiedMs } = await source.read(
      key,
      headByteCount,
      (head, size) => imageFormat(head) !== null && size <= maxFileBytes,
    )
    const refused = refusedByHead(bytes)
    if (refused !== null) return refusal(refused)
    const format = imageFormat(bytes)
    if (byteCount > maxFileBytes || format === null)
      return unusable(true, 'error', 'too-large', 'The file is larger than 1 GiB.')
    return await decode(format, bytes, modifiedMs)
  } catch (error) {
    if (refusedBySystem(error)) throw systemRefusal(source.nameOf(key), error)
    return unusable(false, 'error', 'unreadable', `The file cannot be read: ${reasonOf(error)}`)
  }
}

async function decode(format: ImageFormat, bytes: Buffer, modifiedMs: number): Promise<FileReading> {
  try {
    const { leftOutCount, ...header } = await imageHeader(bytes)
    const refused = refusedBySize(header.widthPx, header.heightPx)
    if (refused !== null) throw refused
    const warning = await minorFault(bytes, header)
    const contentHash = hash('sha256', bytes, 'hex')
    const facts = { ...header, format, byteCount: bytes.length, contentHash, modifiedMs }
    return { isImage: true, facts, fault: noteOf(warning, leftOutCount) }
  } catch (error) {
    if (refusedBySystem(error)) throw error
    return refusal(refusalOf(bytes, error))
  }
}

function noteOf(warning: string | null, leftOutCount: number): FileFault | null {
  if (leftOutCount > 0) {
    const channels =
      leftOutCount === 1
        ? 'one channel that is neither a colour nor transparency was'
        : `${String(leftOutCount)} channels that are neither colours nor transparency were`
    const message = `The image was read, and ${channels} left out.`
    return { severity: 'note', code: 'unsupported-format', message }
  }
  if (warning === null) return null
  return {
    severity: 'note',
    code: 'corrupt',
    message: `The image was read despite a minor fault: ${warning}`,
  }
}

/** A file that is no image is nothing to mend. */
function refusal({ code, message, hint }: ImageRefusal): FileReading {
  const isImage = code !== 'empty-file' && message !== notAnImage
  const severity = message === notAnImage ? 'note' : 'error'
  const sentence = `${message.slice(0, 1).toUpperCase()}${message.slice(1)}.`
  return unusable(isImage, severity, code, hint === '' ? sentence : `${sentence} ${hint}`)
}

function unusable(
  isImage: boolean,
  severity: Problem['severity'],
  code: Problem['code'],
  message: string,
): FileReading {
  return { isImage, facts: null, fault: { severity, code, message } }
}
