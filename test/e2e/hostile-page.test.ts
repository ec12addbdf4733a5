/** What a page on another port of this machine, which a browser counts as the same site, gets of the workbench: nothing. */
import { createServer, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { endpoints } from '../../src/contract/endpoints'
import { expect, prepareHome, startServer, type Server } from './support/workbench'

let folder = ''
let server: Server
base.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bitw-hostile-'))
  prepareHome(folder, 'imported')
  server = await startServer(folder)
})
base.afterAll(async () => {
  await server.kill()
  rmSync(folder, { recursive: true, force: true })
})

interface Hostile {
  readonly url: string
  /** What the browser sent there, headers and all. */
  readonly requests: IncomingMessage[]
  close(): void
}

async function hostileServer(): Promise<Hostile> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    response.setHeader('Content-Type', 'text/html')
    response.end('<!doctype html><title>Hostile</title><body>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${String(port)}/`, requests, close: () => void server.close() }
}

base(
  'a page on another port gets no secret, no answer, no image, no event and no frame',
  async ({ page: workbench }) => {
    const code = new URL(server.url).hash.slice(1)
    await workbench.goto(server.url)
    await workbench.goto(new URL('/#/datasets/1', server.url).href)
    await expect(
      workbench
        .getByRole('listbox', { name: /images/ })
        .getByRole('option')
        .first(),
    ).toBeVisible()
    const secrets = await workbench.evaluate(() => Object.values({ ...localStorage }).join())
    const { session, imageKey } = JSON.parse(secrets) as { session: string; imageKey: string }
    const { origin } = new URL(server.url)

    const hostile = await hostileServer()
    try {
      const page = await workbench.context().newPage()
      await page.goto(hostile.url)

      // What it was sent on the way, and what it finds in the browser.
      const sent = JSON.stringify(hostile.requests.map(({ url, rawHeaders }) => [url, rawHeaders]))
      for (const secret of [session, imageKey, code]) expect(sent).not.toContain(secret)
      expect(hostile.requests.map(({ headers }) => headers.cookie)).not.toContainEqual(expect.any(String))
      expect(await page.evaluate(() => [document.cookie, localStorage.length])).toEqual(['', 0])

      // Even where it knows the secrets, nothing is read, shown or done by it.
      const got = await page.evaluate(
        async ({ at, bearer, key, entry }) => {
          const read = async (path: string, request: RequestInit = {}): Promise<string> => {
            try {
              const answer = await fetch(at + path, { credentials: 'include', ...request })
              return `read ${String(answer.status)} ${(await answer.text()).slice(0, 20)}`
            } catch {
              return 'nothing'
            }
          }
          const loads = (element: HTMLElement, attribute: string, path: string): Promise<string> =>
            new Promise((resolve) => {
              element.addEventListener('load', () => resolve('loaded'))
              element.addEventListener('error', () => resolve('nothing'))
              element.setAttribute(attribute, at + path)
              document.body.append(element)
            })
          const stream = (): Promise<string> =>
            new Promise((resolve) => {
              const source = new EventSource(`${at}/port`, { withCredentials: true })
              source.onopen = () => resolve('open')
              source.onerror = () => {
                source.close()
                resolve('nothing')
              }
            })
          const socket = (protocols: string[]): Promise<string> =>
            new Promise((resolve) => {
              const line = new WebSocket(`${at.replace('http', 'ws')}/port`, protocols)
              line.onopen = () => resolve('open')
              line.onerror = () => resolve('nothing')
            })
          return {
            page: await read('/'),
            opaque:
              (await fetch(`${at}/image/1?px=64&key=${key}`, { mode: 'no-cors' }).catch(() => null))?.type ??
              'nothing',
            session: await read('/session', { headers: { Authorization: `Bearer ${bearer}` } }),
            code: await read('/session', { method: 'POST', body: entry }),
            upload: await read('/upload?name=a.png', { method: 'POST', body: 'a' }),
            image: await loads(document.createElement('img'), 'src', `/image/1?px=64&key=${key}`),
            script: await loads(document.createElement('script'), 'src', '/'),
            stream: await stream(),
            socket: await socket([]),
            socketWithSession: await socket(['bitw', bearer]),
          }
        },
        { at: origin, bearer: session, key: imageKey, entry: code },
      )
      expect(Object.fromEntries(Object.entries(got).filter(([, what]) => what !== 'nothing'))).toEqual({})

      // Every call by HTTP, in each way in which a page may send one: no answer comes, and none is carried out.
      const called = await page.evaluate(
        async ({ at, bearer, names }) => {
          const body = JSON.stringify({ id: 1, datasetId: 1, name: 'stolen' })
          const send = (path: string, request: RequestInit): Promise<string> =>
            fetch(at + path, { method: 'POST', credentials: 'include', body, ...request }).then(
              async (answer) => (answer.type === 'opaque' ? 'nothing' : `read ${await answer.text()}`),
              () => 'nothing',
            )
          const json = { 'Content-Type': 'application/json' }
          const answers: Record<string, string> = {
            document: await send('/api/openapi.json', { method: 'GET', body: null }),
            simple: await send('/api/datasets.list', {}),
          }
          for (const name of names) {
            const path = `/api/${name}`
            answers[name] = await send(path, { headers: { ...json, Authorization: `Bearer ${bearer}` } })
            answers[`${name} unseen`] = await send(path, { mode: 'no-cors' })
          }
          const form = document.createElement('form')
          form.method = 'POST'
          form.enctype = 'text/plain'
          form.target = 'sink'
          form.action = `${at}/api/datasets.delete`
          const input = document.createElement('input')
          input.name = '{"id":1,"x":"'
          input.value = '"}'
          form.append(input)
          const sink = document.createElement('iframe')
          sink.name = 'sink'
          document.body.append(sink, form)
          const sent = new Promise<void>((resolve) => sink.addEventListener('load', () => resolve()))
          form.submit()
          await sent
          navigator.sendBeacon(`${at}/api/datasets.delete`, body)
          return answers
        },
        { at: origin, bearer: session, names: Object.keys(endpoints) },
      )
      expect(Object.entries(called).filter(([, what]) => what !== 'nothing')).toEqual([])
      expect(Object.keys(called).length).toBeGreaterThan(200)

      // A frame of it stays empty, and a window of it lets go of who opened it.
      const refused = page.waitForEvent('console', (message) => /frame/i.test(message.text()))
      await page.evaluate((at) => {
        const frame = document.createElement('iframe')
        frame.src = `${at}/`
        document.body.append(frame)
      }, origin)
      await refused
      const popup = page.waitForEvent('popup')
      await page.evaluate((at) => {
        ;(globalThis as { opened?: Window | null }).opened = window.open(`${at}/`)
      }, origin)
      await (await popup).waitForLoadState()
      expect(
        await page.evaluate(() => (globalThis as { opened?: Window | null }).opened?.closed ?? true),
      ).toBe(true)
      await page.close()
    } finally {
      hostile.close()
    }

    // Nothing was done: not deleted, not renamed, nothing begun.
    const left = await workbench.evaluate(async (bearer) => {
      const headers = { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' }
      const ask = async (name: string): Promise<unknown> =>
        (await fetch(`/api/${name}`, { method: 'POST', headers, body: '{}' })).json()
      return {
        datasets: await ask('datasets.list'),
        runs: await ask('runs.list'),
        tasks: await ask('tasks.list'),
      }
    }, session)
    expect(left).toMatchObject({ datasets: [{ id: 1, name: 'tiny' }], runs: [], tasks: [] })

    // The owner's page sees the same image, so it was there to be had.
    const own = await workbench.evaluate(
      async (key) => (await fetch(`/image/1?px=64&key=${key}`)).status,
      imageKey,
    )
    expect(own).toBe(200)
  },
)
