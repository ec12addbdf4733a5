import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type ElectronApplication, type Page } from '@playwright/test'
import { electronPath, openWindow, runElectron } from './support/electron'
import { bitw, goTo, listen, prepareHome, startServer } from './support/workbench'

const executablePath = electronPath()
test.skip(
  executablePath === null,
  'No Electron was provided: run "npm run setup", or name one in BITW_TEST_ELECTRON.',
)

const folder = mkdtempSync(join(tmpdir(), 'bitw-electron-'))
const homePath = join(folder, 'home')
let application: ElectronApplication
let page: Page
const complaints: string[] = []

test.describe('the window', () => {
  test.describe.configure({ mode: 'serial' })

  test.beforeAll(async () => {
    prepareHome(folder)
    ;({ application, page } = await openWindow(executablePath ?? '', homePath))
    listen(page, complaints)
  })
  test.afterAll(async () => {
    await application?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('opens on its own address and has its line to the core', async () => {
    await expect(page).toHaveURL(/^bitw:\/\/app\/(#|$)/)
    await expect(page.getByText('tiny').first()).toBeVisible()
    expect(
      await application.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((w) => w.isVisible()),
      ),
    ).toEqual([true])
  })

  test('shows the same screens as the browser', async () => {
    for (const screen of ['train', 'runs', 'mistakes', 'models', 'engine', 'datasets']) {
      await goTo(page, screen)
    }
    await goTo(page, 'runs')
    await expect(page.getByText('first').first()).toBeVisible()
  })

  test('loads images through its own scheme', async () => {
    const size = await page.evaluate(
      () =>
        new Promise<[number, number] | string>((resolve) => {
          const image = new Image()
          image.onload = () => resolve([image.naturalWidth, image.naturalHeight])
          image.onerror = () => resolve('it did not load')
          image.src = '/image/1?px=64'
        }),
    )
    expect(size).toEqual([48, 48])
  })

  test('keeps the page away from Node and Electron', async () => {
    const reach = await page.evaluate(() => ({
      require: typeof (globalThis as Record<string, unknown>)['require'],
      process: typeof (globalThis as Record<string, unknown>)['process'],
      module: typeof (globalThis as Record<string, unknown>)['module'],
      buffer: typeof (globalThis as Record<string, unknown>)['Buffer'],
      abilities: Object.keys((globalThis as Record<string, unknown>)['bitwAbilities'] ?? {}).sort(),
    }))
    expect(reach).toEqual({
      require: 'undefined',
      process: 'undefined',
      module: 'undefined',
      buffer: 'undefined',
      abilities: [
        'chooseBundleFile',
        'chooseFolder',
        'chooseNewFile',
        'chooseParentFolder',
        'chooseWeightsFile',
        'notify',
        'onMenuCommand',
        'pathOfFile',
        'savePdf',
        'showInFolder',
        'showWork',
        'tellMenu',
      ],
    })
    const preferences = await application.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      const { getLastWebPreferences } = contents as unknown as {
        getLastWebPreferences?: () => Record<string, unknown> | null
      }
      const found = getLastWebPreferences?.call(contents) ?? {}
      return [found['sandbox'], found['contextIsolation'], found['nodeIntegration']]
    })
    expect(preferences).toEqual([true, true, false])
  })

  test('runs no inline script and reaches no network', async () => {
    const before = complaints.length
    const found = await page.evaluate(async () => {
      const script = document.createElement('script')
      script.textContent = 'globalThis.inlineRan = true'
      document.body.append(script)
      const fetched = await fetch('http://127.0.0.1:9/').then(
        () => 'reached',
        () => 'refused',
      )
      return { ran: 'inlineRan' in globalThis, fetched, opened: window.open('bitw://app/') === null }
    })
    expect(found).toEqual({ ran: false, fetched: 'refused', opened: true })
    expect(complaints.splice(before).join('\n')).toContain('Content Security Policy')
  })

  test('knows the path of a dropped file', async () => {
    const input = await page.evaluateHandle(() => {
      const made = document.createElement('input')
      made.type = 'file'
      document.body.append(made)
      return made
    })
    const file = join(folder, 'images', 'red bars', '00.png')
    await input.asElement()?.setInputFiles(file)
    const path = await input.evaluate((element) => {
      const abilities = (globalThis as Record<string, unknown>)['bitwAbilities']
      const chosen = element.files?.[0]
      element.remove()
      return chosen === undefined
        ? ''
        : (abilities as { pathOfFile: (file: File) => string }).pathOfFile(chosen)
    })
    expect(path).toBe(file)
  })

  test('asks a run what is in images, where they lie', async () => {
    await goTo(page, 'models')
    await page.getByRole('link', { name: 'first', exact: true }).click()
    const path = join(folder, 'images', 'green discs', '03.png')
    await page.getByLabel('Photos', { exact: true }).setInputFiles([path])
    const pane = page.getByRole('region', { name: 'Predict' })
    await expect(pane.getByRole('heading', { name: '03.png' })).toHaveAttribute('title', path, {
      timeout: 180_000,
    })
    const shown = (): Promise<number> =>
      pane.locator('article img').evaluate((image: HTMLImageElement) => image.naturalWidth)
    await expect.poll(shown).toBe(48)
  })

  test('tells of the end of a run where that was asked for, and a click opens it', async () => {
    // The notices themselves, as they are given their listeners: here is no desktop that shows them.
    await application.evaluate(({ Notification }) => {
      const told: Electron.Notification[] = []
      Object.assign(globalThis, { told })
      Notification.isSupported = () => true
      const emitter = Object.getPrototypeOf(Notification.prototype) as NodeJS.EventEmitter
      const { on } = emitter
      emitter.on = function (this: NodeJS.EventEmitter, event, listener) {
        if (event === 'click' && this instanceof Notification) told.push(this)
        // as a library for notices says where no desktop is
        if (event === 'failed' && this instanceof Notification) return this
        return on.call(this, event, listener)
      }
    })
    const told = (): Promise<{ title: string; body: string }[]> =>
      application.evaluate(() =>
        (globalThis as unknown as { told: Electron.Notification[] }).told.map(({ title, body }) => ({
          title,
          body,
        })),
      )
    await goTo(page, 'settings')
    const wanted = page.getByRole('checkbox', { name: 'Notification on the desktop' })
    await expect(wanted).not.toBeChecked()
    await wanted.click()
    await expect(wanted).toBeChecked()
    const size = ['--model', 'units:1-1-1-1,width:0.5', '--batch', '8', '--resize', '40', '--crop', '32']
    bitw(folder, 'train', '--dataset', 'tiny', ...size, '--steps', '1', '--name', 'asked')
    const words = expect.stringMatching(/^\d+\.\d\d % of images right\.$/) as unknown as string
    await expect.poll(told).toEqual([{ title: 'asked is done', body: words }])
    await application.evaluate(() =>
      (globalThis as unknown as { told: Electron.Notification[] }).told[0]?.emit('click'),
    )
    await expect(page.getByRole('heading', { level: 1, name: 'asked' })).toBeVisible()
  })

  test('comes back by itself when the core is killed', async () => {
    const coreId = Number(/process (\d+)/.exec(refusalOf(() => bitw(folder, 'doctor', '--repair')))?.[1])
    const loaded = page.waitForEvent('load')
    process.kill(coreId, 'SIGKILL')
    await loaded
    await goTo(page, 'datasets')
    await expect(page.getByText('tiny').first()).toBeVisible()
  })

  test('leaves a second start to the first window', async () => {
    expect(await runElectron(executablePath ?? '', homePath)).toBe(0)
    expect(application.windows()).toHaveLength(1)
    await expect(page.locator('nav.rail')).toBeVisible()
  })

  test('has complained of nothing', () => {
    expect(complaints).toEqual([])
  })

  // The last with this page: Playwright waits for a navigation that was begun, and this one never comes about.
  test('goes nowhere else', async () => {
    const tried = application.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      return new Promise((resolve) => contents?.once('will-navigate', (_event, address) => resolve(address)))
    })
    await page.evaluate(() => {
      const link = document.createElement('a')
      link.href = 'https://example.org/'
      document.body.append(link)
      link.click()
      link.remove()
    })
    expect(await tried).toBe('https://example.org/')
    const answer = await application.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
        'location.protocol + document.querySelectorAll("nav.rail").length',
      ),
    )
    expect(answer).toBe('bitw:1')
  })

  test('ends its core with itself', async () => {
    await application.close()
    // refused while a core has the home
    bitw(folder, 'doctor', '--repair')
  })
})

test('says in plain words that another core has the home, and tries again when asked', async () => {
  const other = mkdtempSync(join(tmpdir(), 'bitw-electron-'))
  const server = await startServer(other)
  const { application: refused, page: window } = await openWindow(executablePath ?? '', server.homePath)
  await expect(window.getByRole('heading', { name: 'The workbench could not start' })).toBeVisible()
  await expect(window.getByText('"bitw serve"')).toBeVisible()
  await server.kill()
  await window.getByRole('link', { name: 'Try again' }).click()
  await expect(window.locator('nav.rail a[href="#/runs"]')).toBeVisible()
  await refused.close()
  rmSync(other, { recursive: true, force: true })
})

function refusalOf(work: () => string): string {
  try {
    return work()
  } catch (thrown) {
    return String((thrown as { stderr?: unknown }).stderr)
  }
}
