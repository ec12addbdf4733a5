/** Electron's security checklist (electronjs.org/docs/latest/tutorial/security), item by item, on the window as it runs. */
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type ElectronApplication, type Page } from '@playwright/test'
import { securityHeaders } from '../../src/main/rpc/content-security'
import { electronPath, openWindow } from './support/electron'
import { prepareHome } from './support/workbench'

const executablePath = electronPath()
test.skip(
  executablePath === null,
  'No Electron was provided: run "npm run setup", or name one in BITW_TEST_ELECTRON.',
)
test.describe.configure({ mode: 'serial' })

const folder = mkdtempSync(join(tmpdir(), 'bitw-electron-security-'))
let application: ElectronApplication
let page: Page
/** A site elsewhere, and what was asked of it. */
let elsewhere: Server
let address = ''
const asked: string[] = []

test.beforeAll(async () => {
  elsewhere = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end('hello')
  })
  elsewhere.listen(0, '127.0.0.1')
  await once(elsewhere, 'listening')
  address = `http://127.0.0.1:${String((elsewhere.address() as AddressInfo).port)}`
  prepareHome(folder)
  ;({ application, page } = await openWindow(executablePath ?? '', join(folder, 'home')))
  await expect(page.getByText('tiny').first()).toBeVisible()
})
test.afterAll(async () => {
  await application?.close()
  elsewhere.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What the window was made with, defaults and all. */
function preferences(): Promise<Record<string, unknown>> {
  return application.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    const { getLastWebPreferences } = contents as unknown as {
      getLastWebPreferences?: () => Record<string, unknown> | null
    }
    return getLastWebPreferences?.call(contents) ?? {}
  })
}

/** How the session ends a request of the main process. */
function requested(url: string): Promise<string> {
  return application.evaluate(
    ({ net, session }, target) =>
      new Promise<string>((resolve) => {
        const request = net.request({ url: target, session: session.defaultSession })
        request.on('response', ({ statusCode }) => resolve(`answered ${String(statusCode)}`))
        request.on('error', ({ message }) => resolve(message))
        request.end()
      }),
    url,
  )
}

/** Of the source of the main side and the preload script. */
function sourceOf(...folders: string[]): string {
  return folders
    .flatMap((name) =>
      readdirSync(join('src', name), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => readFileSync(join('src', name, file), 'utf8')),
    )
    .join('\n')
}

test('1. Only load secure content', async () => {
  expect(await requested(`${address}/plain`)).toContain('ERR_BLOCKED_BY_CLIENT')
  expect(await requested('https://example.org/')).toContain('ERR_BLOCKED_BY_CLIENT')
  expect(page.url()).toMatch(/^bitw:\/\/app\//)
  expect(asked).toEqual([])
})

test('2. Do not enable Node.js integration for remote content', async () => {
  const { nodeIntegration, nodeIntegrationInWorker, nodeIntegrationInSubFrames } = await preferences()
  expect([nodeIntegration, nodeIntegrationInWorker ?? false, nodeIntegrationInSubFrames ?? false]).toEqual([
    false,
    false,
    false,
  ])
  const reach = await page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'global', '__dirname'].filter((name) => name in globalThis),
  )
  expect(reach).toEqual([])
})

test('3. Enable context isolation', async () => {
  expect((await preferences())['contextIsolation']).toBe(true)
  // What the page changes of its own built-in objects does not reach the preload script.
  const changed = await page.evaluate(() => {
    const { bitwAbilities } = globalThis as unknown as { bitwAbilities: Record<string, unknown> }
    try {
      bitwAbilities['chooseFolder'] = () => 'mine'
    } catch {
      // frozen: strict mode says so
    }
    return String(bitwAbilities['chooseFolder']).includes('mine')
  })
  expect(changed).toBe(false)
})

test('4. Enable process sandboxing', async () => {
  expect((await preferences())['sandbox']).toBe(true)
  expect(sourceOf('main', 'preload')).not.toMatch(/no-sandbox|enableSandbox\(false|sandbox: false/)
})

test('5. Handle session permission requests from remote content', async () => {
  const permissions = await page.evaluate(async () => {
    const state = async (name: string): Promise<string> =>
      (await navigator.permissions.query({ name: name as PermissionName })).state
    const media = navigator.mediaDevices as MediaDevices | undefined
    return {
      geolocation: await state('geolocation'),
      notifications: await state('notifications'),
      camera: await (media?.getUserMedia({ video: true }).then(
        () => 'granted',
        () => 'denied',
      ) ?? 'denied'),
      asked: await Notification.requestPermission(),
    }
  })
  expect(new Set(Object.values(permissions))).toEqual(new Set(['denied']))
})

test('6. Do not disable webSecurity', async () => {
  expect((await preferences())['webSecurity'] ?? true).toBe(true)
})

test('7. Define a Content Security Policy', async () => {
  const policy = securityHeaders("'none'")['Content-Security-Policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).not.toMatch(/unsafe-eval|https?:|\*/)
  const ran = await page.evaluate(async (at) => {
    const found: string[] = []
    const note = globalThis as unknown as { noted: string[] }
    note.noted = found
    const violations: string[] = []
    const seen = new Promise<void>((resolve) =>
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        violations.push(effectiveDirective)
        if (violations.length >= 4) resolve()
      }),
    )
    const script = document.createElement('script')
    script.textContent = 'noted.push("inline")'
    const far = document.createElement('script')
    far.src = `${at}/far.js`
    const handler = document.createElement('div')
    handler.setAttribute('onclick', 'noted.push("handler")')
    const image = document.createElement('img')
    image.src = `${at}/image.png`
    const frame = document.createElement('iframe')
    frame.src = `${at}/frame`
    document.body.append(script, far, handler, image, frame)
    handler.click()
    await seen
    for (const element of [script, far, handler, image, frame]) element.remove()
    return found
  }, address)
  expect(ran).toEqual([])
  expect(asked).toEqual([])
})

test('8. Do not enable allowRunningInsecureContent', async () => {
  expect((await preferences())['allowRunningInsecureContent'] ?? false).toBe(false)
})

test('9. Do not enable experimental features', async () => {
  expect((await preferences())['experimentalFeatures'] ?? false).toBe(false)
})

test('10. Do not use enableBlinkFeatures', async () => {
  expect((await preferences())['enableBlinkFeatures'] ?? '').toBe('')
})

test('11. Do not use allowpopups for WebViews', async () => {
  expect((await preferences())['webviewTag'] ?? false).toBe(false)
  const isPlain = await page.evaluate((at) => {
    const element: HTMLElement = document.createElement('webview')
    element.setAttribute('allowpopups', '')
    element.setAttribute('src', at)
    document.body.append(element)
    const plain = element.shadowRoot === null && !Reflect.has(element, 'loadURL')
    element.remove()
    return plain
  }, address)
  expect(isPlain).toBe(true)
})

test('12. Verify WebView options before creation', async () => {
  const prevented = await application.evaluate(({ BrowserWindow }) => {
    let count = 0
    const event = { preventDefault: () => count++ }
    BrowserWindow.getAllWindows()[0]?.webContents.emit('will-attach-webview', event, {}, {})
    return count
  })
  expect(prevented).toBe(1)
})

test('13. Disable or limit navigation', async () => {
  const targets = [
    'https://example.org/',
    'file:///etc/passwd',
    'bitw://other/',
    'bitw://app.example.org/',
    'bitw://app/image/1',
    'javascript:1',
    'data:text/html,hello',
  ]
  const through = await application.evaluate(
    ({ BrowserWindow }, list) =>
      list.filter((target) => {
        let prevented = false
        const event = { preventDefault: () => (prevented = true) }
        BrowserWindow.getAllWindows()[0]?.webContents.emit('will-navigate', event, target)
        return !prevented
      }),
    [...targets, 'bitw://app/'],
  )
  expect(through).toEqual(['bitw://app/'])
})

test('14. Disable or limit creation of new windows', async () => {
  const opened = await page.evaluate((at) => {
    const link = document.createElement('a')
    link.href = at
    link.target = '_blank'
    document.body.append(link)
    link.click()
    link.remove()
    return [window.open(at), window.open('bitw://app/'), window.open('about:blank')].map((w) => w !== null)
  }, address)
  expect(opened).toEqual([false, false, false])
  expect(await application.evaluate(({ webContents }) => webContents.getAllWebContents().length)).toBe(1)
})

test('15. Do not use shell.openExternal with untrusted content', () => {
  expect(sourceOf('main', 'preload')).not.toContain('openExternal')
  // What is opened with another program is the guide alone.
  expect(sourceOf('main', 'preload').match(/shell\.openPath\(\w+\)/g)).toEqual(['shell.openPath(path)'])
})

test('16. Use a current version of Electron', () => {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    devDependencies: Record<string, string>
  }
  // The one that a change of package.json alone updates: no range, none that is no longer supported when this was written.
  expect(devDependencies['electron']).toMatch(/^\d+\.\d+\.\d+$/)
  expect(Number.parseInt(devDependencies['electron'] ?? '', 10)).toBeGreaterThanOrEqual(45)
})

test('17. Validate the sender of all IPC messages', async () => {
  const answers = await application.evaluate(async ({ ipcMain, BrowserWindow }) => {
    type Handler = (event: unknown, ...words: unknown[]) => unknown
    const { _invokeHandlers: handlers } = ipcMain as unknown as { _invokeHandlers: Map<string, Handler> }
    const ours = BrowserWindow.getAllWindows()[0]?.webContents
    const frames = [null, { url: 'bitw://app/', parent: ours?.mainFrame }, { url: 'https://example.org/' }]
    const found: [string, string][] = []
    for (const [channel, handler] of handlers) {
      for (const senderFrame of frames) {
        const said = await new Promise<string>((resolve) => {
          const event = {
            sender: ours,
            senderFrame,
            _reply: () => resolve('answered'),
            _throw: (error: unknown) => resolve(String(error)),
          }
          Promise.resolve()
            .then(() => handler(event, {}))
            .then(
              (value) => {
                if (value !== undefined) resolve('answered')
              },
              (error: unknown) => resolve(String(error)),
            )
        })
        found.push([channel, said])
      }
    }
    const others = ipcMain.eventNames().map(String)
    return { found, others }
  })
  expect(answers.found.length).toBeGreaterThanOrEqual(18)
  for (const [channel, said] of answers.found)
    expect([channel, said]).toEqual([channel, expect.stringContaining('Only the workbench itself')])
  expect(answers.others.filter((name) => name.startsWith('bitw'))).toEqual([])
})

test('18. Avoid usage of the file:// protocol and prefer usage of custom protocols', async () => {
  expect(page.url()).toMatch(/^bitw:/)
  expect(sourceOf('main/host', 'preload')).not.toMatch(/loadFile\(|loadURL\(.?file:/)
  expect(await requested('file:///etc/hostname')).not.toContain('answered')
  const shown = await page.evaluate(() =>
    Promise.all(
      ['file:///etc/hostname', '/../../package.json', '/%2e%2e/%2e%2e/package.json', '//etc/hostname'].map(
        (source) =>
          new Promise<boolean>((resolve) => {
            const script = document.createElement('script')
            script.onload = () => resolve(true)
            script.onerror = () => resolve(false)
            script.src = source
            document.body.append(script)
          }),
      ),
    ),
  )
  expect(shown).toEqual([false, false, false, false])
})

test('19. Check which fuses you can change', async () => {
  // The workbench runs in the Electron that the set-up provides and ships none of its own, so it has no fuses to change. What they would
  // turn off is not used: cookies, and rights of pages from files; runAsNode alone is, for the core.
  expect(await application.evaluate(({ app }) => app.isPackaged)).toBe(false)
  const cookies = await application.evaluate(async ({ session }) => {
    const all = await session.defaultSession.cookies.get({})
    return all.length
  })
  expect(cookies).toBe(0)
})

test('20. Do not expose Electron APIs to untrusted web content', async () => {
  const exposed = await page.evaluate(() => {
    const { bitwAbilities } = globalThis as unknown as { bitwAbilities: Record<string, unknown> }
    return {
      kinds: [...new Set(Object.values(bitwAbilities).map((value) => typeof value))],
      electron: Object.getOwnPropertyNames(globalThis).filter((name) => /electron|ipc/i.test(name)),
    }
  })
  expect(exposed).toEqual({ kinds: ['function'], electron: [] })
  // A listener gets the command and not the event, by whose sender a page could send anything.
  expect(sourceOf('preload')).toContain('listener(command)')
  expect(sourceOf('preload')).not.toMatch(/exposeInMainWorld\([^)]*ipcRenderer/)
})
