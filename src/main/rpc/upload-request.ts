/** `POST /upload?name=NAME`: one image as bytes, from a page that was let in (loopback.ts sees to that). */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Upload } from '../../contract/entities/predict'
import { toWireError, type ErrorCode, type WireError } from '../../contract/errors'
import type { Core } from '../host/compose'

/** Answers 201 with an Upload, or the status of a refusal with a WireError; both as JSON. */
export async function takeUpload(
  core: Pick<Core, 'upload'>,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = new URLSearchParams(query).get('name') ?? ''
  try {
    const announcedBytes = Number(request.headers['content-length'] ?? 0)
    const upload = await core.upload(name, request.iterator({ destroyOnReturn: false }), announcedBytes)
    sendJson(response, 201, upload)
  } catch (thrown) {
    // The rest is not read: an answer after which the line is closed ends it.
    response.setHeader('Connection', 'close')
    const error = toWireError(thrown)
    sendJson(response, statusOf[error.code] ?? 500, error)
    request.resume()
  }
}

const statusOf: { readonly [Code in ErrorCode]?: number } = {
  'bad-input': 413,
  'bad-image': 415,
  'disk-full': 507,
  cancelled: 503,
}

function sendJson(response: ServerResponse, status: number, body: WireError | Upload): void {
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.setHeader('Cache-Control', 'no-store')
  response.writeHead(status).end(JSON.stringify(body))
}
