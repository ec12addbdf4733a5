/** The interface for a browser on this machine, or at the other end of an SSH tunnel: page, images and port. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { toWireError, WorkbenchError } from '../../contract/errors'
import type { Core } from '../host/compose'
import { fromOwnPage, hasToken, loopbackHost, newToken, same, setCookie } from './admission'
import { securityHeaders } from './content-security'
import { parseImageAddress, type ImageRequest } from './image-address'
import { connect } from './router'
import { listStaticFiles, type StaticFile } from './static-files'
import { takeUpload } from './upload-request'
import { webSocketPort } from './web-socket-port'

export type ServedCore = Pick<Core, 'callRaw' | 'subscribe' | 'image' | 'upload'>

export interface LoopbackOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** The built interface, out/renderer. */
  readonly rendererPath: string
  /** The secret of the link; else a new one. */
  readonly token?: string
}

export interface Loopback {
  /** With the secret: whoever has it is let in. */
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

/** A client sends calls, never images: 1 MiB is far more than the longest of them. */
const maxMessageBytes = 1024 * 1024
/** Browsers open six a page, and a socket. */
const maxConnections = 256

/** Listens on 127.0.0.1 alone. Throws 'busy' where the port is taken, 'path-not-found' without a build. */
export async function serve(core: ServedCore, options: LoopbackOptions): Promise<Loopback> {
  const token = options.token ?? newToken()
  const files = interfaceFiles(options.rendererPath)
  const server = createServer((request, response) => {
    answer({ core, files, token }, request, response).catch((thrown: unknown) => {
      if (!response.headersSent) sendText(response, 500, toWireError(thrown).message)
      else response.destroy()
    })
  })
  server.maxConnections = maxConnections
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  })
  server.on('upgrade', (request, socket, head) => {
    const refusal = upgradeRefusal(request, token)
    if (refusal !== null) return refuseUpgrade(socket, refusal)
    sockets.handleUpgrade(request, socket, head, (webSocket) => connect(core, webSocketPort(webSocket)))
  })

  const port = await listen(server, options.port)
  return {
    url: `http://127.0.0.1:${port}/?token=${token}`,
    port,
    close: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.close(1001, 'The workbench is closing.')
        sockets.close()
        server.close(() => resolve())
        server.closeAllConnections()
        for (const client of sockets.clients) client.terminate()
      }),
  }
}

interface Site {
  readonly core: ServedCore
  readonly files: ReadonlyMap<string, StaticFile>
  readonly token: string
}

async function answer(
  { core, files, token }: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const host = loopbackHost(request)
  const headers = securityHeaders(host === null ? "'none'" : `'self' ws://${host}`)
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (host === null) return sendText(response, 403, 'This server answers to 127.0.0.1 and localhost only.')
  const [pathname = '/', query] = (request.url ?? '/').split('?', 2)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    if (!fromOwnPage(request, host)) return sendText(response, 403, 'Not from a page of this server.')
    if (pathname === '/upload' && request.method === 'POST') {
      if (!hasToken(request, host, token)) return sendText(response, 401, needsLink)
      return takeUpload(core, query ?? '', request, response)
    }
    response.setHeader('Allow', pathname === '/upload' ? 'POST' : 'GET, HEAD')
    return sendText(response, 405, 'Only GET and HEAD.')
  }

  const given = pathname === '/' ? new URLSearchParams(query).get('token') : null
  if (given !== null && same(given, token)) {
    response.setHeader('Set-Cookie', setCookie(host, token))
    response.setHeader('Location', '/')
    return sendText(response, 303, 'The workbench is at /.')
  }
  if (!hasToken(request, host, token)) return sendText(response, 401, needsLink)

  const image = parseImageAddress(pathname, query === undefined ? '' : `?${query}`)
  if (image !== null) return sendImage(core, image, request, response)
  const file = files.get(pathname)
  if (file === undefined) return sendText(response, 404, 'There is nothing at this address.')
  response.setHeader('Content-Type', file.mime)
  response.setHeader('Cache-Control', file.hashed ? 'private, max-age=31536000, immutable' : 'no-store')
  send(response, request, 200, await readFile(file.filePath))
}

const needsLink =
  'This is BiT Workbench. It needs to check that you may use it.\n\n' +
  'Open the whole link that the command printed, from http to the last letter: it holds a secret that\n' +
  'changes each time the workbench starts.\n'

async function sendImage(
  core: ServedCore,
  { key, maxPx }: ImageRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let image: Awaited<ReturnType<ServedCore['image']>>
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  try {
    image = await core.image(key, maxPx, gone.signal)
  } catch (thrown) {
    if (gone.signal.aborted) return
    const { code, message, wayOut } = toWireError(thrown)
    const missing = code === 'not-found' || code === 'path-not-found'
    return sendText(response, missing ? 404 : code === 'internal' ? 500 : 422, `${message} ${wayOut}`)
  }
  const etag = `"${createHash('sha256').update(image.bytes).digest('base64url').slice(0, 22)}"`
  response.setHeader('ETag', etag)
  // Asked again each time, answered 304: another home may be served at the same address tomorrow, with other images.
  response.setHeader('Cache-Control', 'private, no-cache')
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end()
    return
  }
  response.setHeader('Content-Type', image.mime)
  send(response, request, 200, image.bytes)
}

function upgradeRefusal(request: IncomingMessage, token: string): string | null {
  const host = loopbackHost(request)
  if (host === null || !fromOwnPage(request, host)) return '403 Forbidden'
  if (!hasToken(request, host, token)) return '401 Unauthorized'
  return request.url?.split('?', 1)[0] === '/port' ? null : '404 Not Found'
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.setHeader('Content-Type', 'text/plain; charset=utf-8')
  response.setHeader('Cache-Control', 'no-store')
  response.writeHead(status).end(`${text}\n`)
}

function send(response: ServerResponse, request: IncomingMessage, status: number, bytes: Uint8Array): void {
  response.setHeader('Content-Length', bytes.byteLength)
  response.writeHead(status)
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

function interfaceFiles(rendererPath: string): ReadonlyMap<string, StaticFile> {
  const missing = (cause?: unknown): WorkbenchError =>
    new WorkbenchError(
      'path-not-found',
      `The interface has not been built: ${rendererPath} does not exist.`,
      'Run "npm run build", then try again.',
      { cause },
    )
  let files: ReadonlyMap<string, StaticFile>
  try {
    files = listStaticFiles(rendererPath)
  } catch (cause) {
    throw missing(cause)
  }
  if (!files.has('/')) throw missing()
  return files
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        new WorkbenchError(
          'busy',
          cause.code === 'EADDRINUSE'
            ? `Port ${port} is in use by another program.`
            : `Cannot listen on port ${port}: ${cause.message}`,
          'Choose another port, or leave it out to use a free one.',
          { cause },
        ),
      )
    })
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
