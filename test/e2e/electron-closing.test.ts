/** Closing the window while a run trains: it is asked once; the run goes on without a window and is found again. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type ElectronApplication, type Page } from '@playwright/test'
import { electronPath, openWindow } from './support/electron'
import { setTinySteps, takeTheRule } from './support/rule-sheet'
import { bitw, prepareHome } from './support/workbench'

const executablePath = electronPath()
test.skip(
  executablePath === null,
  'No Electron was provided: run "npm run setup", or name one in BITW_TEST_ELECTRON.',
)

const folder = mkdtempSync(join(tmpdir(), 'bitw-closing-'))
let application: ElectronApplication
let page: Page
let hasEnded = false

test.beforeAll(async () => {
  prepareHome(folder, 'imported')
  ;({ application, page } = await openWindow(executablePath ?? '', join(folder, 'home')))
})
test.afterAll(async () => {
  if (!hasEnded) await application?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** How the question is answered from now on, and what it said. */
async function answerWith(response: number): Promise<() => Promise<string[]>> {
  await application.evaluate(({ dialog }, given) => {
    const asked: string[] = []
    Object.assign(globalThis, { asked })
    dialog.showMessageBox = (...parts: unknown[]) => {
      const [, options] = parts as [unknown, { message: string }]
      asked.push(options.message)
      return Promise.resolve({ response: given, checkboxChecked: false })
    }
  }, response)
  return () => application.evaluate(() => (globalThis as unknown as { asked: string[] }).asked)
}

/** What is asked of the system about its sleep from now on; it is asked all the same. */
async function watchSleep(): Promise<() => Promise<string[]>> {
  await application.evaluate(({ powerSaveBlocker }) => {
    const slept: string[] = []
    Object.assign(globalThis, { slept })
    const start = powerSaveBlocker.start.bind(powerSaveBlocker)
    const stop = powerSaveBlocker.stop.bind(powerSaveBlocker)
    powerSaveBlocker.start = (type) => {
      slept.push(type)
      return start(type)
    }
    powerSaveBlocker.stop = (id) => {
      slept.push('stopped')
      return stop(id)
    }
  })
  return () => application.evaluate(() => (globalThis as unknown as { slept: string[] }).slept)
}

const closeWindow = (): Promise<void> =>
  application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
const windowCount = (): Promise<number> =>
  application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)

test('a run that trains goes on without a window, and is found in the next one', async () => {
  await page.evaluate(() => (location.hash = '#/train?dataset=1&from=zero'))
  await takeTheRule(page)
  await setTinySteps(page, '9000')
  await page.getByRole('button', { name: /^Start/ }).click()
  await expect(page.getByText('step/s')).toBeVisible({ timeout: 180_000 })

  const title = (): Promise<string> =>
    application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle() ?? '')
  await expect.poll(title).toMatch(/^\d+ % · .*BiT Workbench$/)
  const awake = await watchSleep()
  await page.evaluate(() => (location.hash = '#/settings'))
  const wanted = page.getByRole('checkbox', { name: 'Keep this machine awake while it trains' })
  await wanted.check()
  await expect.poll(awake).toEqual(['prevent-app-suspension'])
  await wanted.uncheck()
  await expect.poll(awake).toEqual(['prevent-app-suspension', 'stopped'])

  const said = await answerWith(2)
  await closeWindow()
  await expect.poll(said).toEqual([expect.stringMatching(/^“.+” is still training\.$/)])
  expect(await windowCount()).toBe(1)

  await answerWith(0)
  await closeWindow()
  await expect.poll(windowCount).toBe(0)
  const opened = application.waitForEvent('window')
  await application.evaluate(({ app }) => app.emit('second-instance'))
  page = await opened
  await page.evaluate(() => (location.hash = '#/runs/1'))
  await expect(page.getByText('step/s')).toBeVisible({ timeout: 180_000 })

  await answerWith(1)
  const gone = application.waitForEvent('close', { timeout: 180_000 })
  await closeWindow()
  await gone
  hasEnded = true
  expect(JSON.parse(bitw(folder, 'runs', '1', '--json').split('\n')[0] ?? '')).toMatchObject({
    run: { state: 'paused' },
  })
})
