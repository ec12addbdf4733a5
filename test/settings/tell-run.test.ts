import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { tellRun, type Told } from '../../src/main/settings/tell-run'

const run: Told = {
  id: 3,
  name: 'a; rm -rf "$HOME"',
  datasetName: 'flowers',
  state: 'done',
  kind: 'done',
  accuracy: 0.5,
  error: null,
}
const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
}

describe('the command that is told of a run', () => {
  it('gets the words of the run as they are, each as one argument, and no shell', async () => {
    const script =
      'if (process.argv[1] !== process.argv[2] || process.argv[3] !== "done {what}") process.exit(1)'
    const command = {
      program: process.execPath,
      arguments: ['-e', script, run.name, '{run}', '{state} {what}'],
    }
    expect(await tellRun({ command, webhook: null }, run)).toEqual([])
  })

  it('is named where it fails, and where it is not there', async () => {
    const failing = { program: process.execPath, arguments: ['-e', 'process.exit(3)'] }
    const [problem = ''] = await tellRun({ command: failing, webhook: null }, run)
    expect(problem).toContain(`The command ${process.execPath} failed`)
    const missing = { program: '/nowhere/at/all', arguments: [] }
    const [other = ''] = await tellRun({ command: missing, webhook: null }, run)
    expect(other).toContain('/nowhere/at/all')
  })
})

describe('the webhook that is told of a run', () => {
  it('gets it as JSON', async () => {
    const bodies: string[] = []
    const webhook = await serve((request, response) => {
      let text = ''
      request.on('data', (part: Buffer) => (text += part.toString('utf8')))
      request.on('end', () => {
        bodies.push(text)
        response.end()
      })
    })
    expect(await tellRun({ command: null, webhook }, run)).toEqual([])
    expect(JSON.parse(bodies[0] ?? '')).toEqual({ type: 'run', run })
  })

  it('is not followed to another host, but is within its own', async () => {
    let reached = 0
    const other = await serve((_, response) => {
      reached++
      response.end()
    })
    const away = await serve((_, response) => response.writeHead(307, { location: `${other}/x` }).end())
    const [problem = ''] = await tellRun({ command: null, webhook: away }, run)
    expect(problem).toContain('leads to another host')
    expect(reached).toBe(0)
    const within = await serve((request, response) =>
      request.url === '/there' ? response.end() : response.writeHead(308, { location: '/there' }).end(),
    )
    expect(await tellRun({ command: null, webhook: `${within}/here` }, run)).toEqual([])
  })

  it('says what it answered, and that nobody is there', async () => {
    const webhook = await serve((_, response) => response.writeHead(503).end())
    expect((await tellRun({ command: null, webhook }, run))[0]).toContain('answered 503')
    expect((await tellRun({ command: null, webhook: 'http://127.0.0.1:1/' }, run))[0]).toContain(
      'could not be reached',
    )
  })
})
