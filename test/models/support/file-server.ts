/** A file server on the loopback address that behaves as told, request by request. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished, vi } from 'vitest'

export interface FileServer {
  /** Ends with a slash. */
  readonly address: string
  /** Of every request so far. */
  readonly requests: IncomingMessage[]
  /** Breaks off every connection there is. */
  breakOff(): void
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** `answers` in turn; the last one for all that follow. The machine's own proxy does not count for the length of the test. */
export async function serve(...answers: Answer[]): Promise<FileServer> {
  for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'])
    vi.stubEnv(name, undefined)
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    answers[Math.min(requests.length, answers.length) - 1]?.(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    vi.unstubAllEnvs()
    server.closeAllConnections()
    server.close()
  })
  return {
    address: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    requests,
    breakOff: () => server.closeAllConnections(),
  }
}

export interface Behaviour {
  readonly etag?: string
  /** Sends so many bytes of the body and then … */
  readonly after?: number
  /** … breaks the connection off, or says no more. */
  readonly then?: 'break' | 'silence'
  readonly ignoresRange?: boolean
  readonly headers?: Record<string, string>
}

/** As Google's storage answers: Range with If-Range, ETag, x-goog-hash. */
export function file(bytes: Buffer, behaviour: Behaviour = {}): Answer {
  const { etag = '"one"', after = bytes.length, then, ignoresRange = false, headers = {} } = behaviour
  return (request, response) => {
    const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]
    const current = request.headers['if-range'] === undefined || request.headers['if-range'] === etag
    const start = asked === undefined || ignoresRange || !current ? 0 : Number(asked)
    const partial = asked !== undefined && !ignoresRange && current
    response.setHeader('etag', etag)
    response.setHeader(
      'x-goog-hash',
      `crc32c=AAAAAA==, md5=${createHash('md5').update(bytes).digest('base64')}`,
    )
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    if (partial && start >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${String(bytes.length)}` }).end()
      return
    }
    const range = `bytes ${String(start)}-${String(bytes.length - 1)}/${String(bytes.length)}`
    response.writeHead(partial ? 206 : 200, {
      'content-length': bytes.length - start,
      ...(partial && { 'content-range': range }),
    })
    if (then === undefined) response.end(bytes.subarray(start))
    else
      response.write(bytes.subarray(start, start + after), () => {
        if (then === 'break') response.destroy()
      })
    // without a body that is written the headers would wait
    response.flushHeaders()
  }
}

export function status(code: number, headers: Record<string, string> = {}): Answer {
  return (_, response) => {
    response.writeHead(code, headers).end('no')
  }
}
