/** One file from the network: goes on where it was interrupted, checked whole, under its name only then. */
import { mkdir, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { byteText } from '../../domain/byte-text'
import { hashFile } from './file-hash'
import { unreachable, type HttpAnswer, type HttpClient } from './http-get'
import {
  append,
  forgetPartial,
  partialBytes,
  partialFile,
  readOrigin,
  refuseFullDisk,
  writeOrigin,
  type Origin,
} from './partial-file'

export interface FileDownload {
  readonly address: string
  /** Where the whole file will lie; what has come until then lies in `partialFile(path)`. */
  readonly path: string
  /** About; null where it is not known. */
  readonly expectedBytes: number | null
  /** Hex; null where it is not known. */
  readonly sha256: string | null
  /** The last look at the whole file before it gets its name; throws where it is not what was asked for. */
  check(partialPath: string): Promise<void>
}

export interface DownloadProgress {
  readonly phase: 'Connecting' | 'Downloading' | 'Checking'
  readonly done: number
  readonly total: number | null
}

/** A connection that breaks off is taken up again at once, as long as each brings something. */
const mostConnections = 20
/** A sign-in page in the place of the file has another size than weights. */
const sizeTolerance = 0.05
/** Throws 'unreachable', 'not-found', 'disk-full', 'bad-weights', 'not-allowed'; as `signal` says when aborted. What came is kept unless it is wrong. */
export async function downloadFile(
  client: HttpClient,
  download: FileDownload,
  signal: AbortSignal,
  onProgress: (progress: DownloadProgress) => void,
): Promise<{ sha256: string; byteCount: number }> {
  const { path } = download
  await mkdir(dirname(path), { recursive: true })
  for (let connections = 1; ; connections++) {
    const before = await partialBytes(path)
    try {
      await fetchRest(client, download, signal, onProgress)
      break
    } catch (thrown) {
      const brokeOff = thrown instanceof WorkbenchError && thrown.code === 'unreachable'
      const cameForward = (await partialBytes(path)) > before
      if (signal.aborted || !brokeOff || !cameForward || connections === mostConnections) throw thrown
    }
  }
  try {
    const found = await checkWhole(download, signal, onProgress)
    await rename(partialFile(path), path)
    await forgetPartial(path)
    return found
  } catch (thrown) {
    // wrong bytes are of no use to a later attempt
    if (thrown instanceof WorkbenchError && thrown.code === 'bad-weights') await forgetPartial(path)
    throw thrown
  }
}

/** Asks for what is missing, or for all of it where the file is another now, and writes it. */
async function fetchRest(
  client: HttpClient,
  download: FileDownload,
  signal: AbortSignal,
  onProgress: (progress: DownloadProgress) => void,
): Promise<void> {
  const { address, path } = download
  onProgress({ phase: 'Connecting', done: 0, total: null })
  const origin = await readOrigin(path)
  const validator = origin?.address === address ? origin.validator : null
  const have = validator === null ? 0 : await partialBytes(path)
  const rest = have > 0 && validator !== null ? { range: `bytes=${have}-`, 'if-range': validator } : null
  const answer = await client.get(address, rest ?? {}, signal)
  try {
    const place = placeOf(answer, rest === null ? 0 : have)
    if (place === 'already complete') return
    if (place === 'refused') {
      if (rest === null || ![206, 416].includes(answer.status)) throw refusal(download, answer.status)
      await forgetPartial(path) // longer than the file, or answered from elsewhere: all of it again
      return await fetchRest(client, download, signal, onProgress)
    }
    const { start, total } = place
    refuseOtherSize(download, total)
    await refuseFullDisk(path, total === null ? 0 : total - start)
    if (start === 0) await writeOrigin(path, originOf(address, answer))
    const done = await append(path, start, answer.body, (now) =>
      onProgress({ phase: 'Downloading', done: now, total }),
    )
    if (total !== null && done !== total)
      throw unreachable(`The connection was lost after ${byteText(done)} of ${byteText(total)}.`)
  } finally {
    answer.drop()
  }
}

/** Where the body's bytes belong: at `have`, or at the start where the server sends all of it. */
function placeOf(
  answer: HttpAnswer,
  have: number,
): { start: number; total: number | null } | 'already complete' | 'refused' {
  const [, start, total] = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(answer.header('content-range') ?? '') ?? []
  if (answer.status === 200) {
    const length = answer.header('content-length')
    return { start: 0, total: length === null ? null : Number(length) }
  }
  if (have > 0 && answer.status === 206 && Number(start) === have && total !== undefined)
    return { start: have, total: Number(total) }
  if (have > 0 && answer.status === 416 && Number(total) === have) return 'already complete'
  return 'refused'
}

function refusal({ address }: FileDownload, status: number): WorkbenchError {
  const { host } = new URL(address)
  if (status === 404 || status === 410)
    return new WorkbenchError(
      'not-found',
      `There is no file at ${address} (${status}).`,
      'Its publishers may have moved it.',
    )
  if (status === 401 || status === 403)
    return new WorkbenchError(
      'not-allowed',
      `${host} refused access to ${address} (${status}).`,
      'Its publishers may have moved it.',
    )
  return unreachable(
    `${host} answered ${status} instead of the file.`,
    undefined,
    'Try again later. The part that was downloaded is kept.',
  )
}

function refuseOtherSize({ address, expectedBytes }: FileDownload, total: number | null): void {
  if (total === null || expectedBytes === null) return
  if (Math.abs(total - expectedBytes) <= expectedBytes * sizeTolerance) return
  throw new WorkbenchError(
    'bad-weights',
    `The file at ${address} has ${total} bytes; about ${Math.round(expectedBytes)} were expected.`,
    'Your network may need a sign-in: open any page in a browser, then try again.',
  )
}

async function checkWhole(
  { path, sha256, check }: FileDownload,
  signal: AbortSignal,
  onProgress: (progress: DownloadProgress) => void,
): Promise<{ sha256: string; byteCount: number }> {
  const partialPath = partialFile(path)
  const total = await partialBytes(path)
  const found = await hashFile(partialPath, signal, (done) => onProgress({ phase: 'Checking', done, total }))
  const origin = await readOrigin(path)
  if ((origin?.md5 ?? found.md5) !== found.md5) throw otherBytes(path, 'MD5', found.md5, origin?.md5 ?? '')
  if ((sha256 ?? found.sha256) !== found.sha256) throw otherBytes(path, 'SHA-256', found.sha256, sha256 ?? '')
  await check(partialPath)
  return { sha256: found.sha256, byteCount: found.byteCount }
}

function otherBytes(path: string, hash: string, found: string, wanted: string): WorkbenchError {
  return new WorkbenchError(
    'bad-weights',
    `The download of ${path} does not match its publishers’ file: its ${hash} is ${found}, not ${wanted}.`,
    'It was deleted. Download it again. If this repeats, something on the network is changing your downloads.',
  )
}

function originOf(address: string, answer: HttpAnswer): Origin {
  const etag = answer.header('etag')
  return {
    address,
    // a weak ETag says that files are alike, not that their bytes are the same
    validator: etag !== null && !etag.startsWith('W/') ? etag : answer.header('last-modified'),
    md5: /(?:^|[ ,])md5=([\w+/]+=*)/.exec(answer.header('x-goog-hash') ?? '')?.[1] ?? null,
  }
}
