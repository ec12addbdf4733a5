/** Downloads over a loopback server that breaks off, changes its mind, lies and falls silent. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { WorkbenchError } from '../../src/contract/errors'
import { downloadFile, type DownloadProgress, type FileDownload } from '../../src/main/models/download-file'
import { createHttpClient } from '../../src/main/models/http-get'
import { append, partialFile } from '../../src/main/models/partial-file'
import { temporaryFolder } from '../support/test-core'
import { file, serve, status } from './support/file-server'

const { path: folder, remove } = temporaryFolder('download')
afterAll(remove)

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251))
const others = Buffer.from(bytes).reverse()

let count = 0
/** A target in a folder of its own. */
function target(): string {
  count += 1
  const own = join(folder, String(count))
  mkdirSync(own)
  return join(own, 'weights.npz')
}

interface Options extends Partial<FileDownload> {
  readonly address: string
  readonly signal?: AbortSignal
  readonly silenceMs?: number
  readonly onProgress?: (progress: DownloadProgress) => void
}

async function download(path: string, options: Options) {
  const {
    signal = new AbortController().signal,
    silenceMs = 5000,
    onProgress = () => undefined,
    ...rest
  } = options
  const client = createHttpClient(silenceMs)
  try {
    const whole = { path, expectedBytes: null, sha256: null, check: () => Promise.resolve(), ...rest }
    return await downloadFile(client, whole, signal, onProgress)
  } finally {
    await client.close()
  }
}

const filesBeside = (path: string): string[] => readdirSync(join(path, '..')).sort()
const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (thrown: unknown) => thrown,
  )

/** Leaves the first 100,000 bytes of a download that was cancelled then. */
async function cancelled(path: string, etag?: string): Promise<void> {
  const { address } = await serve(
    file(bytes, { after: 100_000, then: 'silence', ...(etag !== undefined && { etag }) }),
  )
  const abort = new AbortController()
  const work = download(path, {
    address: `${address}w`,
    signal: abort.signal,
    onProgress: ({ done }) => {
      if (done === 100_000) abort.abort(new WorkbenchError('cancelled', 'Enough.'))
    },
  })
  await expect(work).rejects.toThrow('Enough.')
  expect(filesBeside(path)).toEqual(['weights.npz.partial', 'weights.npz.partial.json'])
  expect(readFileSync(partialFile(path)).equals(bytes.subarray(0, 100_000))).toBe(true)
}

/** As if the first server had been the second one. */
function moveTo(path: string, address: string): void {
  const beside = `${partialFile(path)}.json`
  const origin = JSON.parse(readFileSync(beside, 'utf8')) as Record<string, unknown>
  writeFileSync(beside, JSON.stringify({ ...origin, address }))
}

describe('a download', () => {
  it('leaves the whole file, and nothing beside it', async () => {
    const path = target()
    const { address, requests } = await serve(file(bytes))
    const seen: DownloadProgress[] = []
    const found = await download(path, {
      address: `${address}w`,
      onProgress: (progress) => seen.push(progress),
    })
    expect(found).toEqual({
      byteCount: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
    expect(readFileSync(path).equals(bytes)).toBe(true)
    expect(filesBeside(path)).toEqual(['weights.npz'])
    expect(requests[0]?.headers['accept-encoding']).toBe('identity')
    expect(new Set(seen.map(({ phase }) => phase))).toEqual(
      new Set(['Connecting', 'Downloading', 'Checking']),
    )
    expect(seen.at(-1)).toEqual({ phase: 'Checking', done: bytes.length, total: bytes.length })
  })

  it('goes on where it was cancelled, asking for the rest only', async () => {
    const path = target()
    await cancelled(path)
    const { address, requests } = await serve(file(bytes))
    moveTo(path, `${address}w`)
    await download(path, { address: `${address}w` })
    expect(requests.map(({ headers }) => [headers.range, headers['if-range']])).toEqual([
      ['bytes=100000-', '"one"'],
    ])
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  it('begins anew where the file has changed meanwhile', async () => {
    const path = target()
    await cancelled(path)
    const { address, requests } = await serve(file(others, { etag: '"two"' }))
    moveTo(path, `${address}w`)
    await download(path, { address: `${address}w` })
    expect(requests[0]?.headers.range).toBe('bytes=100000-')
    expect(readFileSync(path).equals(others)).toBe(true)
  })

  it('begins anew where the server sends all of it whatever it is asked for', async () => {
    const path = target()
    await cancelled(path)
    const { address } = await serve(file(bytes, { ignoresRange: true }))
    moveTo(path, `${address}w`)
    await download(path, { address: `${address}w` })
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  it('begins anew where the parts are of another address, or of a file that could be any', async () => {
    for (const etag of ['"one"', 'W/"one"']) {
      const path = target()
      await cancelled(path, etag)
      const { address, requests } = await serve(file(bytes, { etag }))
      if (etag.startsWith('W/')) moveTo(path, `${address}w`)
      await download(path, { address: `${address}w` })
      expect(requests.map(({ headers }) => headers.range)).toEqual([undefined])
      expect(readFileSync(path).equals(bytes)).toBe(true)
    }
  })

  it('that was whole already when the workbench was killed is only checked', async () => {
    const path = target()
    await cancelled(path)
    writeFileSync(partialFile(path), bytes)
    const { address, requests } = await serve(file(bytes))
    moveTo(path, `${address}w`)
    await download(path, { address: `${address}w` })
    expect(requests).toHaveLength(1)
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  it('of which more is here than there is begins anew', async () => {
    const path = target()
    await cancelled(path)
    writeFileSync(partialFile(path), Buffer.concat([bytes, bytes]))
    const { address } = await serve(file(bytes))
    moveTo(path, `${address}w`)
    await download(path, { address: `${address}w` })
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  it('takes a broken connection up again by itself', async () => {
    const path = target()
    const piecemeal = file(bytes, { after: 120_000, then: 'silence' })
    const server = await serve(piecemeal, piecemeal, file(bytes))
    const onProgress = ({ done }: DownloadProgress): void => {
      if (done === 120_000 || done === 240_000) server.breakOff()
    }
    await download(path, { address: `${server.address}w`, onProgress })
    expect(server.requests.map(({ headers }) => headers.range)).toEqual([
      undefined,
      'bytes=120000-',
      'bytes=240000-',
    ])
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  it('that does not come forward any more says so, and keeps what came', async () => {
    const path = target()
    const server = await serve(
      file(bytes, { after: 120_000, then: 'silence' }),
      file(bytes, { after: 0, then: 'break' }),
    )
    const onProgress = ({ done }: DownloadProgress): void => {
      if (done === 120_000 && server.requests.length === 1) server.breakOff()
    }
    await expect(download(path, { address: `${server.address}w`, onProgress })).rejects.toMatchObject({
      code: 'unreachable',
    })
    expect(server.requests.length).toBe(2)
    expect(readFileSync(partialFile(path)).length).toBe(120_000)
    expect(existsSync(path)).toBe(false)
  })

  it('of a server that falls silent ends after a while', async () => {
    const path = target()
    const { address } = await serve(
      file(bytes, { after: 120_000, then: 'silence' }),
      file(bytes, { after: 0, then: 'silence' }),
    )
    await expect(download(path, { address: `${address}w`, silenceMs: 200 })).rejects.toThrow(
      /sent nothing for 0 s/,
    )
    expect(readFileSync(partialFile(path)).length).toBe(120_000)
  })
})

describe('what is refused', () => {
  it('bytes that are not those that the publisher has, by its MD5', async () => {
    const path = target()
    const { address } = await serve(
      file(bytes, {
        headers: {
          'x-goog-hash': `crc32c=AAAAAA==, md5=${createHash('md5').update(others).digest('base64')}`,
        },
      }),
    )
    await expect(download(path, { address: `${address}w` })).rejects.toMatchObject({
      code: 'bad-weights',
      message: expect.stringContaining('MD5') as unknown,
    })
    expect(filesBeside(path)).toEqual([])
  })

  it('bytes that are not those of the catalogue, by its SHA-256', async () => {
    const path = target()
    const { address } = await serve(file(bytes))
    await expect(download(path, { address: `${address}w`, sha256: '0'.repeat(64) })).rejects.toThrow(
      /SHA-256/,
    )
    expect(filesBeside(path)).toEqual([])
  })

  it('what the last look finds wrong', async () => {
    const path = target()
    const { address } = await serve(file(bytes))
    const check = (): Promise<void> => Promise.reject(new WorkbenchError('bad-weights', 'No weights.'))
    await expect(download(path, { address: `${address}w`, check })).rejects.toThrow('No weights.')
    expect(filesBeside(path)).toEqual([])
  })

  it('a page in the place of the file, before it is read', async () => {
    const path = target()
    const { address } = await serve(file(bytes.subarray(0, 5000)))
    await expect(download(path, { address: `${address}w`, expectedBytes: bytes.length })).rejects.toThrow(
      /has 5000 bytes; about 300000 were expected/,
    )
    expect(filesBeside(path)).toEqual([])
  })

  it.each([
    [404, 'not-found', /There is no file at .* \(404\)/],
    [403, 'not-allowed', /refused access to .* \(403\)/],
    [503, 'unreachable', /answered 503/],
    [206, 'unreachable', /answered 206/],
  ])('status %d', async (code, error, message) => {
    const { address } = await serve(status(code))
    const thrown = await thrownBy(download(target(), { address: `${address}w` }))
    expect(thrown).toMatchObject({ code: error, message: expect.stringMatching(message) as unknown })
  })

  it('a server that is not there', async () => {
    const { address } = await serve(status(500))
    const closed = address.replace(/:\d+/, ':9')
    await expect(download(target(), { address: `${closed}w` })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('Cannot reach') as unknown,
      wayOut: expect.stringContaining('HTTPS_PROXY') as unknown,
    })
  })

  it('a disk that has no room', async () => {
    const { address } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': String(2 ** 53 - 1) }).flushHeaders()
    })
    await expect(download(target(), { address: `${address}w` })).rejects.toMatchObject({ code: 'disk-full' })
  })

  it.skipIf(process.platform !== 'linux')('a disk that fills while it is written to', async () => {
    const path = target()
    symlinkSync('/dev/full', partialFile(path))
    async function* pieces() {
      yield bytes
    }
    await expect(append(path, 0, pieces(), () => undefined)).rejects.toMatchObject({ code: 'disk-full' })
  })
})

describe('redirects', () => {
  it('are followed', async () => {
    const path = target()
    const { address } = await serve(file(bytes))
    const { address: first } = await serve(status(302, { location: `${address}w` }))
    await download(path, { address: `${first}w` })
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  it('away from HTTPS are not, nor is any other address without it', async () => {
    const { address } = await serve(status(302, { location: 'http://192.0.2.1/w' }))
    await expect(download(target(), { address: `${address}w` })).rejects.toMatchObject({
      code: 'not-allowed',
    })
    await expect(download(target(), { address: 'http://192.0.2.1/w' })).rejects.toMatchObject({
      code: 'not-allowed',
    })
    await expect(download(target(), { address: 'file:///etc/passwd' })).rejects.toMatchObject({
      code: 'not-allowed',
    })
  })

  it('that go round in circles end', async () => {
    const { address, requests } = await serve(status(302, { location: '/again' }))
    await expect(download(target(), { address: `${address}w` })).rejects.toThrow(/redirects too many times/)
    expect(requests.length).toBeLessThan(10)
  })
})

describe('a proxy', () => {
  /** Lets CONNECT through, or answers with a status. Answers with the addresses that were asked for. */
  async function startProxy(answer: 'through' | number): Promise<string[]> {
    const asked: string[] = []
    const proxy = createServer()
    proxy.on('connect', (request: { url?: string }, socket: Duplex) => {
      asked.push(request.url ?? '')
      if (answer !== 'through') {
        socket.end(`HTTP/1.1 ${String(answer)} No\r\n\r\n`)
        return
      }
      const [host, port] = (request.url ?? '').split(':')
      const onward = connect(Number(port), host ?? '', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        onward.pipe(socket).pipe(onward)
      })
      onward.on('error', () => socket.destroy())
      socket.on('error', () => onward.destroy())
    })
    proxy.listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`)
    onTestFinished(() => void proxy.close())
    return asked
  }

  it('of HTTP_PROXY is used, except for what NO_PROXY names', async () => {
    const { address } = await serve(file(bytes))
    const asked = await startProxy('through')
    await download(target(), { address: `${address}w` })
    expect(asked).toEqual([new URL(address).host])
    vi.stubEnv('NO_PROXY', '127.0.0.1')
    await download(target(), { address: `${address}w` })
    expect(asked).toHaveLength(1)
  })

  it('that wants a password says so', async () => {
    const { address } = await serve(file(bytes))
    await startProxy(407)
    await expect(download(target(), { address: `${address}w` })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('407') as unknown,
    })
  })

  it('whose address is none is wrong use', async () => {
    const { address } = await serve(file(bytes))
    vi.stubEnv('HTTP_PROXY', 'not an address')
    await expect(download(target(), { address: `${address}w` })).rejects.toMatchObject({
      code: 'bad-input',
    })
  })
})
