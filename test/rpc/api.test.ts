import { request as httpRequest } from 'node:http'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endpoints } from '../../src/contract/endpoints'
import { ask, serveTiny, type Answer, type Served } from './support'

let served: Served
beforeAll(async () => {
  served = await serveTiny()
})
afterAll(() => served.close())

const program = (): Record<string, string> => ({
  Authorization: `Bearer ${served.session}`,
  'Content-Type': 'application/json',
})
const call = (name: string, body: string, headers = program()): Promise<Answer> =>
  ask(served.server.port, `/api/${name}`, headers, 'POST', body)
const json = ({ body }: Answer): unknown => JSON.parse(body.toString())

describe('a call by HTTP', () => {
  it('answers a program with a session as the port answers the interface', async () => {
    const answer = await call('datasets.get', '{"id":1}')
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toContain('application/json')
    const direct = await served.tested.core.call('datasets.get', { id: 1 })
    expect(json(answer)).toEqual(JSON.parse(JSON.stringify(direct)))
  })

  it('takes no body for an empty object, and a page of its own', async () => {
    expect(json(await call('datasets.list', ''))).toMatchObject([{ name: 'tiny' }])
    const own = { ...program(), Origin: `http://127.0.0.1:${served.server.port}` }
    expect((await call('datasets.list', '{}', own)).status).toBe(200)
  })

  it('says no as the core does, with a status that fits', async () => {
    for (const [name, body, status, code] of [
      ['runs.get', '{"id":99}', 404, 'not-found'],
      ['runs.get', '{"id":"1"}', 400, 'bad-input'],
      ['runs.get', '{"id":1', 400, 'bad-input'],
      ['runs.nothing', '{}', 404, 'not-found'],
      ['__proto__', '{}', 404, 'not-found'],
      ['datasets.import', '{"path":"/nowhere/at\\u0000all","name":""}', 400, 'bad-input'],
    ] as const) {
      const answer = await call(name, body)
      expect({ name, status: answer.status }).toEqual({ name, status })
      expect(json(answer)).toMatchObject({ code })
    }
  })
})

describe('what is refused', () => {
  for (const [what, headers, status] of [
    ['no session', () => ({ ...program(), Authorization: '' }), 401],
    ['a wrong session', () => ({ ...program(), Authorization: 'Bearer wrong' }), 401],
    ['the key of images', () => ({ ...program(), Authorization: `Bearer ${served.imageKey}` }), 401],
    ['the page of another site', () => ({ ...program(), Origin: 'http://evil.example' }), 403],
    ['the page of another port', () => ({ ...program(), Origin: 'http://127.0.0.1:1' }), 403],
    ['a page without an origin', () => ({ ...program(), Origin: 'null' }), 403],
    ['a page of the same site', () => ({ ...program(), 'Sec-Fetch-Site': 'same-site' }), 403],
    ['another host', () => ({ ...program(), Host: 'evil.example' }), 403],
    ['the type of a form', () => ({ ...program(), 'Content-Type': 'text/plain' }), 415],
  ] as const) {
    it(`is a call with ${what}`, async () => {
      const answer = await call('datasets.list', '{}', headers())
      expect(answer.status).toBe(status)
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    })
  }

  it('is a body that is too large, whether it says so before or not', async () => {
    expect((await call('datasets.list', JSON.stringify({ x: 'a'.repeat(1_100_000) }))).status).toBe(413)
    expect(await sentInPieces(1_500_000)).toBe(413)
  })

  it('is a question before the call, from another page', async () => {
    const headers = { Origin: 'http://evil.example', 'Access-Control-Request-Method': 'POST' }
    const answer = await ask(served.server.port, '/api/runs.delete', headers, 'OPTIONS')
    expect(answer.status).toBe(403)
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  })

  it('is a call that is no POST', async () => {
    const answer = await ask(served.server.port, '/api/datasets.list', program())
    expect(answer.status).toBe(405)
    expect(answer.headers.allow).toBe('POST')
  })
})

describe('the OpenAPI document', () => {
  it('is valid, and has every call of the contract with what it says of it', async () => {
    const answer = await ask(served.server.port, '/api/openapi.json')
    expect(answer.status).toBe(200)
    const document = json(answer) as Record<string, unknown>
    const { valid, errors } = await new Validator().validate(document)
    expect(errors ?? []).toEqual([])
    expect(valid).toBe(true)
    const { paths } = document as { paths: Record<string, { post: { description?: string } }> }
    expect(Object.keys(paths)).toEqual(['/session', ...Object.keys(endpoints).map((name) => `/api/${name}`)])
    expect(paths['/api/runs.log']?.post.description).toBe('The last `limit` lines, oldest first.')
    expect(paths['/api/datasets.preview']?.post.description).toMatch(
      /^What 'datasets\.import' would make of the path;/,
    )
    const described = Object.values(paths).filter(({ post }) => post.description !== undefined)
    expect(described.length).toBeGreaterThan(60)
  })

  it('says what a call takes and answers', async () => {
    const { paths } = json(await ask(served.server.port, '/api/openapi.json')) as {
      paths: Record<string, { post: unknown }>
    }
    expect(paths['/api/runs.steps']?.post).toMatchObject({
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object', required: ['id', 'fromStep'] } } },
      },
      responses: { '200': { content: { 'application/json': { schema: { type: 'array' } } } } },
    })
  })
})

/** Without a Content-Length. */
function sentInPieces(byteCount: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const path = '/api/datasets.list'
    const { port } = served.server
    const request = httpRequest(
      { host: '127.0.0.1', port, path, headers: program(), method: 'POST' },
      (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      },
    )
    // After its answer the server may close the line while the rest is still being sent.
    request.on('error', (error) => setImmediate(() => reject(error)))
    for (let sent = 0; sent < byteCount; sent += 100_000) request.write('a'.repeat(100_000))
    request.end()
  })
}
