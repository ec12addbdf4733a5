import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { maxUploadBytes, uploadSchema } from '../../src/contract/entities/predict'
import { wireErrorSchema } from '../../src/contract/errors'
import { askRaw, serveTiny, type Answer, type Served } from './support'

let served: Served
let png: Buffer
beforeAll(async () => {
  served = await serveTiny()
  png = await readFile(join(served.folder, 'images/red bars/00.png'))
})
afterAll(() => served.close())

const own = (): Record<string, string> => ({
  Authorization: `Bearer ${served.session}`,
  Origin: `http://127.0.0.1:${served.server.port}`,
})

function post(path: string, headers: Record<string, string>, body: Iterable<Uint8Array>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: served.server.port, path, headers, method: 'POST' }
    const request = httpRequest(options, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      )
    })
    // After its answer the server may close the line while the rest is still being sent.
    request.on('error', (error) => setImmediate(() => reject(error)))
    for (const part of body) request.write(part)
    request.end()
  })
}

const json = ({ body }: Answer): unknown => JSON.parse(body.toString())
const scratchFiles = (): string[] => {
  const path = join(served.folder, 'home', 'scratch')
  if (!existsSync(path)) return []
  return readdirSync(path, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  )
}

describe('an image sent by a page of this server', () => {
  it('is kept in the home, whatever its name, and answered with an id', async () => {
    const answer = await post(`/upload?name=${encodeURIComponent('../../../evil.png')}`, own(), [png])
    expect(answer.status).toBe(201)
    const { uploadId } = uploadSchema.parse(json(answer))
    const [file = '', ...others] = scratchFiles()
    expect(others).toEqual([])
    expect(file.endsWith(uploadId)).toBe(true)
    expect(await readFile(file)).toEqual(png)
    expect(existsSync(join(served.folder, '../evil.png'))).toBe(false)
  })

  it('is named by its id alone: another id, or a path, is no image', async () => {
    const { core } = served.tested
    const start = (uploads: string[]): Promise<unknown> =>
      core.callRaw('predict.start', { modelId: `path:${served.folder}/no.npz`, paths: [], uploads })
    await expect(start(['../../secret'])).rejects.toMatchObject({ code: 'bad-input' })
  })
})

describe('what is refused', () => {
  for (const [what, headers, status] of [
    ['no session', () => ({ Origin: own()['Origin'] ?? '' }), 401],
    ['a wrong session', () => ({ ...own(), Authorization: 'Bearer wrong' }), 401],
    ['the key of images', () => ({ ...own(), Authorization: `Bearer ${served.imageKey}` }), 401],
    ['no origin', () => ({ Authorization: own()['Authorization'] ?? '' }), 403],
    ['another origin', () => ({ ...own(), Origin: 'http://evil.example' }), 403],
    ["another port's origin", () => ({ ...own(), Origin: 'http://127.0.0.1:1' }), 403],
    ['the origin "null"', () => ({ ...own(), Origin: 'null' }), 403],
    ['another host', () => ({ ...own(), Host: 'evil.example', Origin: 'http://evil.example' }), 403],
  ] as const) {
    it(`is an image with ${what}`, async () => {
      const before = scratchFiles()
      expect((await post('/upload?name=a.png', headers(), [png])).status).toBe(status)
      expect(scratchFiles()).toEqual(before)
    })
  }

  it('is what is no image, in words', async () => {
    const before = scratchFiles()
    const answer = await post('/upload?name=a.png', own(), [Buffer.from('<svg onload="alert(1)">')])
    expect(answer.status).toBe(415)
    expect(wireErrorSchema.parse(json(answer))).toMatchObject({ code: 'bad-image' })
    expect(String(answer.headers['content-type'])).toContain('application/json')
    expect(scratchFiles()).toEqual(before)
  })

  it('is what announces more than may be sent, before it is sent', async () => {
    const head = [
      'POST /upload?name=a.png HTTP/1.1',
      `Host: 127.0.0.1:${served.server.port}`,
      `Origin: http://127.0.0.1:${served.server.port}`,
      `Authorization: Bearer ${served.session}`,
      `Content-Length: ${maxUploadBytes + 1}`,
    ]
    expect(await askRaw(served.server.port, `${head.join('\r\n')}\r\n\r\n`)).toContain('413')
  })

  it('is what turns out to be more, and nothing of it is kept', async () => {
    const before = scratchFiles()
    function* much(): Generator<Uint8Array> {
      yield png
      const part = Buffer.alloc(1024 * 1024)
      for (let sent = 0; sent <= maxUploadBytes; sent += part.length) yield part
    }
    const answer = await post('/upload?name=a.png', own(), much())
    expect(answer.status).toBe(413)
    expect(wireErrorSchema.parse(json(answer)).message).toContain('64 MB')
    expect(scratchFiles()).toEqual(before)
  })

  it('is everything but POST at this address, and POST at every other', async () => {
    const put = await new Promise<number>((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port: served.server.port,
        path: '/upload',
        headers: own(),
        method: 'PUT',
      }
      httpRequest(options, (response) => resolve(response.resume().statusCode ?? 0))
        .on('error', reject)
        .end()
    })
    expect(put).toBe(405)
    expect((await post('/image/1', own(), [png])).status).toBe(405)
    expect((await post('/upload/../upload', own(), [png])).status).toBe(405)
  })
})
