/** A real core with a few images, served; and requests as raw as an attacker's. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { serve, type Loopback } from '../../src/main/rpc/loopback'
import { openTestCore, temporaryFolder, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

export interface Served {
  readonly tested: TestCore
  readonly server: Loopback
  /** Of a page that was let in. */
  readonly session: string
  readonly imageKey: string
  readonly imageId: number
  readonly folder: string
  close(): Promise<void>
}

export async function serveTiny(): Promise<Served> {
  const { path, remove } = temporaryFolder('loopback')
  await drawTinyDataset(join(path, 'images'), 4)
  const rendererPath = join(path, 'renderer')
  mkdirSync(join(rendererPath, 'assets'), { recursive: true })
  writeFileSync(join(rendererPath, 'index.html'), '<!doctype html><title>page</title>')
  writeFileSync(join(rendererPath, 'assets', 'index-a1b2c3d4.js'), 'export {}')
  writeFileSync(join(path, 'secret.html'), 'secret')
  // No run is started here, so no trainer is needed.
  const tested = await openTestCore(join(path, 'home'), join(path, 'no-trainer.cjs'))
  const { taskId } = await tested.core.call('datasets.import', { path: join(path, 'images'), name: 'tiny' })
  const { resultId } = await tested.taskDone(taskId)
  const { ids } = await tested.core.call('images.layout', { datasetId: resultId ?? 0, filter: {} })
  const server = await serve(tested.core, { port: 0, rendererPath })
  const { session, imageKey } = await enter(server)
  return {
    tested,
    server,
    session,
    imageKey,
    imageId: ids[0] ?? 0,
    folder: path,
    close: async () => {
      await server.close()
      await tested.core.close()
      remove()
    },
  }
}

export interface Entered {
  readonly session: string
  readonly imageKey: string
}

/** As the page does that a link opens. Throws where it is not let in. */
export async function enter({ port, link }: Loopback, url = link()): Promise<Entered> {
  const headers = { Origin: `http://127.0.0.1:${port}` }
  const { status, body } = await ask(port, '/session', headers, 'POST', new URL(url).hash.slice(1))
  if (status !== 201) throw new Error(`The server answers ${status}.`)
  return JSON.parse(String(body)) as Entered
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** The path goes out as it is: no client tidies it up. */
export function ask(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  sent = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, headers, method }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      )
    })
    request.on('error', reject)
    request.end(sent)
  })
}

/** The first line of the answer to bytes sent as they are. */
export function askRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part
      if (!answer.includes('\r\n')) return
      socket.destroy()
      resolve(answer.slice(0, answer.indexOf('\r\n')))
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
  })
}
