/** The desktop's side of the window: its menu, its dialogs, its file manager, its size and place. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type ElectronApplication, type Page } from '@playwright/test'
import { electronPath, openWindow } from './support/electron'
import { goTo, listen, prepareHome } from './support/workbench'

const executablePath = electronPath()
test.skip(
  executablePath === null,
  'No Electron was provided: run "npm run setup", or name one in BITW_TEST_ELECTRON.',
)
test.describe.configure({ mode: 'serial' })

const folder = mkdtempSync(join(tmpdir(), 'bitw-menu-'))
const homePath = join(folder, 'home')
const imagesPath = join(folder, 'images')
const complaints: string[] = []
let application: ElectronApplication
let page: Page

async function open(): Promise<void> {
  ;({ application, page } = await openWindow(executablePath ?? '', homePath))
  listen(page, complaints)
  await expect(page.locator('nav.rail')).toBeVisible()
  await expect.poll(() => item('open-folder')).toMatchObject({ enabled: true })
}

/** An item of the menu as it stands. */
function item(id: string): Promise<{ label: string; enabled: boolean } | null> {
  return application.evaluate(({ Menu }, name) => {
    const found = Menu.getApplicationMenu()?.getMenuItemById(name)
    return found ? { label: found.label, enabled: found.enabled } : null
  }, id)
}

/** Only what is enabled: nobody can choose anything else. */
async function choose(id: string, byKey = false): Promise<void> {
  await expect.poll(() => item(id)).toMatchObject({ enabled: true })
  await application.evaluate(
    ({ Menu }, { name, triggeredByAccelerator }) => {
      const found = Menu.getApplicationMenu()?.getMenuItemById(name)
      // As Electron calls it: the event comes first.
      const click = found?.click as unknown as (event: object) => void
      click({ triggeredByAccelerator })
    },
    { name: id, triggeredByAccelerator: byKey },
  )
}

/** What the next dialog of the desktop answers, and what it was asked. */
async function answerNext(kind: 'showOpenDialog' | 'showSaveDialog', path: string | null): Promise<void> {
  await application.evaluate(
    ({ dialog }, { name, chosen }) => {
      const store = globalThis as { asked?: unknown; count?: number }
      delete store.asked
      store.count = 0
      const answer = {
        canceled: chosen === null,
        filePaths: chosen === null ? [] : [chosen],
        filePath: chosen,
      }
      Object.assign(dialog, {
        [name]: (_window: unknown, options: unknown) => {
          store.asked = options
          store.count = (store.count ?? 0) + 1
          return Promise.resolve(answer)
        },
      })
    },
    { name: kind, chosen: path },
  )
}

const asked = (): Promise<unknown> =>
  application.evaluate(() => (globalThis as { asked?: unknown }).asked ?? null)

test.beforeAll(async () => {
  prepareHome(folder)
  await open()
})
test.afterAll(async () => {
  await application?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('Open Folder asks with the desktop’s dialog and fills the import dialog, from any screen', async () => {
  await goTo(page, 'engine')
  await answerNext('showOpenDialog', imagesPath)
  await choose('open-folder')
  const dialog = page.getByRole('dialog', { name: 'Open a folder of images' })
  await expect(dialog.getByRole('combobox', { name: 'Folder path' })).toHaveValue(imagesPath)
  await expect(dialog.getByRole('status')).toContainText('3 subfolders, each a class')
  expect(await asked()).toMatchObject({ properties: ['openDirectory'] })
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
})

test('Open Bundle asks with the desktop’s dialog, and says where the file is none', async () => {
  const path = join(folder, 'none.zip')
  writeFileSync(path, 'none')
  await answerNext('showOpenDialog', path)
  await choose('open-bundle')
  const dialog = page.getByRole('dialog', { name: 'Import runs' })
  await expect(dialog.getByRole('combobox', { name: /^Path/ })).toHaveValue(path)
  await expect(dialog.getByRole('alert').first()).toContainText('none.zip')
  expect(await asked()).toMatchObject({ properties: ['openFile'] })
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
})

test('the menu asks nothing of a page that has no line to the core yet', async () => {
  await application.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    if (contents === undefined) return
    const store = globalThis as { held?: (() => void)[] }
    store.held = []
    contents.postMessage = (...message) => void store.held?.push(() => send(...message))
    const send = Object.getPrototypeOf(contents).postMessage.bind(contents) as typeof contents.postMessage
  })
  await choose('reload')
  await expect.poll(() => application.evaluate(() => (globalThis as { held?: [] }).held?.length)).toBe(1)
  await expect(page.getByText('Connecting to the workbench')).toBeVisible()
  expect(await item('open-folder')).toMatchObject({ enabled: false })
  await application.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    delete (contents as { postMessage?: unknown }).postMessage
    for (const send of (globalThis as { held?: (() => void)[] }).held ?? []) send()
  })
  await expect.poll(() => item('open-folder')).toMatchObject({ enabled: true })
})

test('Open Folder does nothing when the dialog is cancelled', async () => {
  await goTo(page, 'engine')
  await answerNext('showOpenDialog', null)
  await choose('open-folder')
  await expect.poll(asked).not.toBeNull()
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('Ctrl O opens one dialog, whether the screen or the menu takes the key', async () => {
  for (const screen of ['engine', 'datasets']) {
    await goTo(page, screen)
    await answerNext('showOpenDialog', null)
    await application.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      for (const type of ['keyDown', 'keyUp'] as const)
        contents?.sendInputEvent({ type, keyCode: 'O', modifiers: ['control'] })
    })
    await expect.poll(asked, screen).not.toBeNull()
    // What follows comes behind anything that the key may still have set off.
    await choose('keys')
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
    await page.keyboard.press('Escape')
    expect(await application.evaluate(() => (globalThis as { count?: number }).count)).toBe(1)
  }
})

test('the menu’s keys keep still while a text is written', async () => {
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'Search or run a command' })).toBeFocused()
  await answerNext('showOpenDialog', imagesPath)
  await choose('open-folder', true)
  await choose('keys', true)
  await page.keyboard.type('about')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'BiT Workbench' })).toContainText(/Version\s*\d+\.\d+\.\d+/)
  expect(await asked()).toBeNull()
  await page.keyboard.press('Escape')
  await choose('keys', true)
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  await page.keyboard.press('Escape')
})

test('About, Keys and the theme are reached from the menu', async () => {
  await choose('about')
  await expect(page.getByRole('dialog', { name: 'BiT Workbench' })).toContainText(homePath)
  await page.keyboard.press('Escape')
  await choose('keys')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  await page.keyboard.press('Escape')
  const before = await item('switch-theme')
  await choose('switch-theme')
  await expect.poll(() => item('switch-theme')).not.toEqual(before)
  await choose('switch-theme')
  await expect.poll(() => item('switch-theme')).toEqual(before)
})

test('the file manager shows the image, the dataset or the run in view, and the home folder', async () => {
  await application.evaluate(({ shell }) => {
    const store = globalThis as { shown?: string[] }
    store.shown = []
    shell.showItemInFolder = (path) => void store.shown?.push(path)
  })
  const shown = (): Promise<string | undefined> =>
    application.evaluate(() => (globalThis as { shown?: string[] }).shown?.at(-1))
  await goTo(page, 'engine')
  await expect.poll(() => item('reveal')).toMatchObject({ enabled: false })
  await choose('reveal-home')
  await expect.poll(shown).toBe(homePath)

  await goTo(page, 'datasets')
  await page.getByRole('link', { name: 'tiny' }).first().click()
  await expect
    .poll(() => item('reveal'))
    .toEqual({ label: 'Show the Image in the File Manager', enabled: true })
  await choose('reveal')
  await expect.poll(shown).toContain(join(imagesPath, 'blue stripes').slice(0, imagesPath.length))
  await expect.poll(shown).toMatch(/\.png$/)

  await goTo(page, 'runs')
  await page.getByRole('link', { name: 'first' }).first().click()
  await expect
    .poll(() => item('reveal'))
    .toEqual({ label: 'Show the Run in the File Manager', enabled: true })
  await choose('reveal')
  await expect.poll(shown).toBe(join(homePath, 'workbench.db'))
})

test('a weights file is asked for with the desktop’s dialog', async () => {
  await goTo(page, 'models')
  await answerNext('showOpenDialog', join(folder, 'R50x1.npz'))
  await page.getByRole('button', { name: /add/i }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Add a model from a file' })
  await expect(dialog.getByRole('combobox')).toHaveValue(join(folder, 'R50x1.npz'))
  expect(await asked()).toMatchObject({ filters: [{ extensions: ['npz', 'safetensors'] }] })
  await page.keyboard.press('Escape')
})

test('an export’s folder and a features file are asked for with the desktop’s dialogs', async () => {
  await goTo(page, 'models')
  await page.getByRole('link', { name: 'first', exact: true }).click()
  await page
    .getByRole('button', { name: /export/i })
    .first()
    .click()
  const dialog = page.getByRole('dialog', { name: /export/i })
  await answerNext('showOpenDialog', folder)
  await dialog.getByRole('button', { name: 'Choose' }).click()
  await expect(dialog.getByRole('textbox', { name: 'Export folder' })).toHaveValue(join(folder, 'first-onnx'))
  expect(await asked()).toMatchObject({ properties: expect.arrayContaining(['createDirectory']) as unknown })
  await page.keyboard.press('Escape')

  const file = join(folder, 'my features.csv')
  await answerNext('showSaveDialog', file)
  const chosen = await page.evaluate((suggestedPath) => {
    const { chooseNewFile } = (globalThis as unknown as { bitwAbilities: { chooseNewFile: Ask } })
      .bitwAbilities
    type Ask = (question: { suggestedPath: string; endings: string[] }) => Promise<string | null>
    return chooseNewFile({ suggestedPath, endings: ['npz', 'csv'] })
  }, '/tmp/first-features.npz')
  expect(chosen).toBe(file)
  expect(await asked()).toMatchObject({ defaultPath: '/tmp/first-features.npz' })
})

test('a report is printed as a PDF, twice in a row', async () => {
  const html = join(folder, 'report.html')
  writeFileSync(html, '<!doctype html><title>A report</title><p>Naïve accuracy: 90 %')
  for (const name of ['first.pdf', 'second.pdf']) {
    const pdf = join(folder, name)
    await answerNext('showSaveDialog', pdf)
    const saved = await page.evaluate((path) => {
      type Abilities = { savePdf(htmlPath: string): Promise<string | null> }
      return (globalThis as unknown as { bitwAbilities: Abilities }).bitwAbilities.savePdf(path)
    }, html)
    expect(saved).toBe(pdf)
    const bytes = readFileSync(pdf)
    expect(bytes.subarray(0, 5).toString('latin1')).toBe('%PDF-')
    expect(bytes.length).toBeGreaterThan(2000)
  }
})

test('what a page may not ask is refused', async () => {
  const answers = await page.evaluate(async () => {
    const abilities = (
      globalThis as unknown as { bitwAbilities: Record<string, (input: unknown) => unknown> }
    ).bitwAbilities
    const refused = async (name: string, input: unknown): Promise<string> => {
      try {
        await abilities[name]?.(input)
        return `${name} took it`
      } catch {
        return 'refused'
      }
    }
    return [
      await refused('showInFolder', { path: '/etc' }),
      await refused('showInFolder', ''),
      await refused('chooseNewFile', { suggestedPath: '/tmp/a', endings: ['*'] }),
      await refused('tellMenu', { inView: '/etc', theme: 'dark', typing: false }),
    ]
  })
  expect(answers).toEqual(['refused', 'refused', 'refused', 'refused'])
})

test('every screen fits the least size of the window', async () => {
  const size = await application.evaluate(({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows()[0]
    const [width = 0, height = 0] = window?.getMinimumSize() ?? []
    window?.setSize(width, height)
    return [width, height]
  })
  expect(size).toEqual([1024, 700])
  await expect.poll(() => page.evaluate(() => innerWidth)).toBeLessThanOrEqual(1024)
  for (const address of [
    'datasets',
    'datasets/1',
    'train',
    'runs',
    'runs/1',
    'mistakes/1',
    'models',
    'engine',
  ]) {
    await page.evaluate((hash) => (location.hash = hash), `#/${address}`)
    await expect(page.locator('main')).toBeVisible()
    const beyond = await page.evaluate(() => [
      document.documentElement.scrollWidth - innerWidth,
      document.documentElement.scrollHeight - innerHeight,
    ])
    expect(Math.max(...beyond), `${address}: ${beyond.join(' × ')} px beyond the window`).toBeLessThanOrEqual(
      0,
    )
  }
})

test('comes back in its own place and size', async () => {
  const bounds = { x: 60, y: 50, width: 1100, height: 760 }
  const place = (): Promise<object | undefined> =>
    application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds())
  await application.evaluate(({ BrowserWindow }, wanted) => {
    BrowserWindow.getAllWindows()[0]?.setBounds(wanted)
  }, bounds)
  await expect.poll(place).toEqual(bounds)
  await application.close()
  await open()
  expect(await place()).toEqual(bounds)
})

test('nothing of it made the page complain', () => {
  expect(complaints).toEqual([])
})
