/** `POST /api/NAME`: a call by HTTP, for a program with a session; `GET /api/openapi.json` describes them. site.ts has seen to Host and Origin. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isEndpointName } from '../../contract/endpoints'
import { toWireError, WorkbenchError, type WireError } from '../../contract/errors'
import type { Core } from '../host/compose'
import { statusOf } from './api-status'
import { apiPath, openApiText } from './open-api'

/** As of a message over the WebSocket. */
const maxBodyBytes = 1024 * 1024

export function isApi(pathname: string): boolean {
  return pathname.startsWith(apiPath)
}

export function isApiDocument(pathname: string): boolean {
  return pathname === `${apiPath}openapi.json`
}

/** To everyone on this machine, as the interface: it says nothing of the home. */
export function sendApiDocument(request: IncomingMessage, response: ServerResponse): void {
  sendJson(response, 200, request.method === 'HEAD' ? '' : openApiText())
}

export async function takeCall(
  core: Pick<Core, 'callRaw'>,
  pathname: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = pathname.slice(apiPath.length)
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (!isEndpointName(name)) {
    return refuse(request, response, 404, wire('not-found', `There is no call named "${name}".`))
  }
  // No form of another page can send this type without being asked first.
  if (type !== 'application/json') {
    return refuse(request, response, 415, wire('bad-input', 'A call is sent as application/json.'))
  }
  const body = await bodyOf(request)
  if (body === null) {
    return refuse(request, response, 413, wire('bad-input', `A call has at most ${maxBodyBytes} bytes.`))
  }
  let input: unknown
  try {
    input = body.trim() === '' ? {} : JSON.parse(body)
  } catch {
    return refuse(request, response, 400, wire('bad-input', 'The body is not valid JSON.'))
  }
  try {
    sendJson(response, 200, JSON.stringify(await core.callRaw(name, input)))
  } catch (thrown) {
    const error = toWireError(thrown)
    sendJson(response, statusOf(error.code), JSON.stringify(error))
  }
}

/** null where it is longer than it may be; the rest is not read then. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) return null
  const parts: Buffer[] = []
  let byteCount = 0
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    byteCount += part.byteLength
    if (byteCount > maxBodyBytes) return null
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** Without reading what is still to come: an answer after which the line is closed ends it. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number, error: WireError): void {
  response.setHeader('Connection', 'close')
  sendJson(response, status, JSON.stringify(error))
  request.resume()
}

function wire(code: 'bad-input' | 'not-found', message: string): WireError {
  return toWireError(new WorkbenchError(code, message, 'GET /api/openapi.json describes the calls.'))
}

function sendJson(response: ServerResponse, status: number, text: string): void {
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.setHeader('Cache-Control', 'no-store')
  response.writeHead(status).end(text)
}
