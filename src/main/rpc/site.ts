/** What the loopback server answers: the interface to everyone on this machine, images and uploads to who was let in. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { toWireError } from '../../contract/errors'
import type { Core } from '../host/compose'
import { isApi, isApiDocument, sendApiDocument, takeCall } from './api'
import { bearer, forOtherPage, fromOwnPage, isGranted, loopbackHost, newSession } from './admission'
import type { Connections } from './connections'
import { securityHeaders } from './content-security'
import type { EntryCodes } from './entry-codes'
import { imageRoutes, parseImageAddress, type ImageRequest } from './image-address'
import type { StaticFile } from './static-files'
import { takeUpload } from './upload-request'

export type ServedCore = Pick<Core, 'callRaw' | 'subscribe' | 'image' | 'upload'>

export interface Site {
  readonly core: ServedCore
  readonly files: ReadonlyMap<string, StaticFile>
  readonly secret: string
  readonly codes: EntryCodes
  readonly connections: Connections
}

/** Where a link leads; the code stands behind the #, which no browser sends anywhere. */
export const entryPath = '/enter'
/** A code is a few dozen letters. */
const mostCodeBytes = 200

export async function answer(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const host = loopbackHost(request)
  const headers = securityHeaders(host === null ? "'none'" : `'self' ws://${host}`)
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (host === null) return sendText(response, 403, 'This server answers to 127.0.0.1 and localhost only.')
  if (forOtherPage(request)) return sendText(response, 403, notFromHere)
  const [pathname = '/', query = ''] = (request.url ?? '/').split('?', 2)
  const { method } = request
  if (method !== 'GET' && method !== 'HEAD') {
    if (isApi(pathname) && method === 'POST') {
      // A page always says where it is from; a program need not.
      const fromProgram = request.headers.origin === undefined
      if (!fromProgram && !fromOwnPage(request, host)) return sendText(response, 403, notFromHere)
      if (!letIn(site, request, bearer(request), 'session')) return sendText(response, 401, needsLink)
      return takeCall(site.core, pathname, request, response)
    }
    if (!fromOwnPage(request, host)) return sendText(response, 403, notFromHere)
    if (pathname === '/session' && method === 'POST') return enter(site, request, response)
    if (pathname === '/upload' && method === 'POST') {
      if (!letIn(site, request, bearer(request), 'session')) return sendText(response, 401, needsLink)
      return takeUpload(site.core, query, request, response)
    }
    response.setHeader('Allow', pathname === '/upload' || pathname === '/session' ? 'POST' : 'GET, HEAD')
    return sendText(response, 405, 'Only GET and HEAD.')
  }
  if (pathname === '/session') {
    const granted = letIn(site, request, bearer(request), 'session')
    return sendText(response, granted ? 200 : 401, granted ? 'Welcome.' : needsLink)
  }
  if (isApiDocument(pathname)) return sendApiDocument(request, response)
  if (isApi(pathname)) {
    response.setHeader('Allow', 'POST')
    return sendText(response, 405, 'A call is a POST.')
  }
  if (imageRoutes.test(pathname)) return image(site, pathname, query, request, response)

  const file = site.files.get(pathname === entryPath ? '/' : pathname)
  if (file === undefined) return sendText(response, 404, nothingHere)
  response.setHeader('Content-Type', file.mime)
  response.setHeader('Cache-Control', file.hashed ? 'private, max-age=31536000, immutable' : 'no-store')
  send(response, request, 200, await readFile(file.filePath))
}

const notFromHere = 'Not from a page of this server.'
const nothingHere = 'There is nothing at this address.'
const needsLink =
  'This is BiT Workbench. It needs to check that you may use it.\n\n' +
  'Open the whole link that the command printed last, from http to the last letter.\n'

function letIn(
  { secret, connections }: Site,
  request: IncomingMessage,
  given: string | null,
  use: 'session' | 'imageKey',
): boolean {
  if (!isGranted(given, use, secret)) return false
  connections.admit(request.socket)
  return true
}

/** `POST /session` with the code of a link as its body: answered with a session as JSON. */
async function enter(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let code = ''
  for await (const part of request.setEncoding('latin1') as AsyncIterable<string>) {
    code += part
    if (code.length > mostCodeBytes) break
  }
  if (!site.codes.take(code)) return sendText(response, 401, needsLink)
  site.connections.admit(request.socket)
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.setHeader('Cache-Control', 'no-store')
  response.writeHead(201).end(JSON.stringify(newSession(site.secret)))
}

async function image(
  site: Site,
  pathname: string,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [size = '', key = null, ...more] = query.split(/(?:^|&)key=/)
  if (!letIn(site, request, key, 'imageKey')) return sendText(response, 401, needsLink)
  const wanted = more.length > 0 ? null : parseImageAddress(pathname, size === '' ? '' : `?${size}`)
  if (wanted === null) return sendText(response, 404, nothingHere)
  return sendImage(site.core, wanted, request, response)
}

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

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.setHeader('Content-Type', 'text/plain; charset=utf-8')
  response.setHeader('Cache-Control', 'no-store')
  response.writeHead(status).end(`${text}\n`)
}

function send(response: ServerResponse, request: IncomingMessage, status: number, bytes: Uint8Array): void {
  response.setHeader('Content-Length', bytes.byteLength)
  response.writeHead(status)
  response.end(request.method === 'HEAD' ? undefined : bytes)
}
