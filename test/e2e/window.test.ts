/** What holds for every screen: nothing freezes, an address of something that is not there says so, and so does a core that is gone. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Page } from '@playwright/test'
import { axeViolations } from './support/axe'
import { bitw, expect, listen, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-window-'))
let server: Server

base.beforeAll(async () => {
  prepareHome(folder)
  server = await startServer(folder)
})
base.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

/** Changes the address as a person does who types it: the page stays. */
async function at(page: Page, address: string): Promise<void> {
  await page.evaluate((hash) => (location.hash = hash), `#/${address}`)
}

async function choosePhoto(page: Page, image: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser', { timeout: 30_000 })
  await page.getByRole('button', { name: 'Choose photos' }).click()
  await (await chooser).setFiles([join(server.imagesPath, image)])
}

base('a model that was asked can be left and come back to, with what it said', async ({ page }) => {
  const complaints: string[] = []
  listen(page, complaints)
  await page.goto(server.url)
  await at(page, 'models?id=run:1')
  await choosePhoto(page, 'red bars/00.png')
  const pane = page.getByRole('region', { name: 'Predict' })
  await expect(pane.getByRole('heading', { name: '00.png' })).toBeVisible({ timeout: 180_000 })
  for (const address of ['models', 'predict?model=run:1', 'runs', 'models?id=run:1']) {
    await at(page, address)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  }
  await expect(pane.getByRole('heading', { name: '00.png' })).toBeVisible()
  // A window that has frozen answers nothing.
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog')).toBeVisible()
  expect(complaints).toEqual([])
})

base('Try it asks the newest good run first, and another model when one is chosen', async ({ page }) => {
  await page.goto(server.url)
  await page.locator('nav.rail').getByRole('link', { name: 'Try it' }).click()
  const model = page.getByRole('combobox', { name: 'Model' })
  await expect(model).toBeVisible()
  const good = await page.evaluate(() => document.querySelector('select')?.selectedOptions[0]?.textContent)
  // A run of six steps may or may not be better than guessing; where it is not, the model that comes along is asked.
  expect(['first', 'BiT-Tiny']).toContain(good)
  await model.selectOption('first')
  await expect(page).toHaveURL(/model=run(%3A|:)1/)
  await choosePhoto(page, 'green discs/01.png')
  const pane = page.getByRole('region', { name: 'Predict' })
  await expect(pane.getByRole('heading', { name: '01.png' })).toBeVisible({ timeout: 180_000 })
  await expect(pane).toContainText('green discs')
  expect(await axeViolations(page)).toEqual([])
})

const missing: readonly (readonly [address: string, title: string, back: string])[] = [
  ['runs/99', 'There is no run 99', '#/runs'],
  // Without a run in the address, the newest one is written there.
  ['mistakes/99', 'There is no run 99', '#/mistakes/1'],
  ['datasets/99', 'There is no dataset 99', '#/datasets'],
  ['train?dataset=99', 'There is no dataset 99', '#/train'],
  ['train?from=run:99', 'There is no model “run:99”', '#/train'],
  ['models/x', 'There is no model “x”', '#/models'],
  ['models?id=run:99', 'There is no model “run:99”', '#/models'],
  ['predict?model=run:99', 'There is no model “run:99”', '#/predict'],
  ['runs/first', 'There is no run “first”', '#/runs'],
  ['nowhere', 'There is no screen “nowhere”', '#/datasets'],
]
base('an address of something that does not exist says what is missing and leads back', async ({ page }) => {
  await page.goto(server.url)
  for (const [address, title, back] of missing) {
    await at(page, address)
    await expect(page.getByRole('heading', { name: title }), address).toBeVisible()
    await expect(page.getByRole('alert'), address).toHaveCount(0)
    expect(await axeViolations(page), address).toEqual([])
    await page.locator('main').getByRole('link').click()
    await expect(page, address).toHaveURL((url) => url.hash === back)
  }
})

base(
  'the page of a run that has ended leads to Try it with this run, and deletes only after a question',
  async ({ page }) => {
    await page.goto(server.url)
    await at(page, 'runs/1')
    await expect(page.locator('main')).toContainText(/planned .*, took /)
    await page.getByRole('button', { name: 'Delete first' }).click()
    const question = page.getByRole('dialog', { name: 'Delete first?' })
    await expect(question.getByRole('button', { name: 'Keep' })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(question).toBeHidden()
    await page.locator('main').getByRole('link', { name: 'Try it' }).click()
    await expect(page).toHaveURL((url) => url.hash === '#/predict?model=run%3A1')
    await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('run:1')
  },
)

base(
  'Ctrl O opens a folder from every screen but those that have files of their own to open',
  async ({ page }) => {
    // From the start: Playwright takes a moment to catch the browser's dialog, and a key is faster.
    let chooserCount = 0
    page.on('filechooser', () => chooserCount++)
    await page.goto(server.url)
    for (const address of ['engine', 'runs', 'runs/1', 'mistakes/1', 'train', 'datasets', 'datasets/1']) {
      await at(page, address)
      await expect(page.getByRole('heading', { level: 1 }), address).not.toHaveCount(0)
      await page.keyboard.press('Control+o')
      await expect(page.getByRole('dialog', { name: 'Open a folder of images' }), address).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(page.getByRole('dialog'), address).toHaveCount(0)
    }
    await at(page, 'predict?model=run:1')
    await expect(page.getByRole('button', { name: 'Choose photos' })).toBeVisible()
    await page.keyboard.press('Control+o')
    await expect.poll(() => chooserCount).toBe(1)
    await expect(page.getByRole('dialog')).toHaveCount(0)
  },
)

base('a word alone in Mistakes leaves the images of a class or a path that have it', async ({ page }) => {
  await page.goto(server.url)
  await at(page, 'mistakes/1?q=is:any')
  const field = page.getByRole('combobox', { name: 'Filter the images by a query' })
  const shown = page.getByRole('search').locator('output')
  await expect(shown).not.toHaveText('0 images')
  const all = await shown.textContent()
  await field.fill('is:any DISCS/0')
  await expect(page).toHaveURL(/q=is%3Aany\+DISCS/)
  await expect(shown).not.toHaveText(all ?? '')
  await expect(shown).not.toHaveText('0 images')
  await field.fill('is:any nowhere')
  await expect(shown).toHaveText('0 images')
  await expect(page.getByRole('alert')).toHaveCount(0)
})

base('the first Tab offers to skip to the content', async ({ page }) => {
  await page.goto(server.url)
  await expect(page.getByRole('heading', { level: 1, name: 'Datasets' })).toBeVisible()
  await page.keyboard.press('Tab')
  const skip = page.getByRole('link', { name: 'Skip to content' })
  await expect(skip).toBeFocused()
  expect(await axeViolations(page)).toEqual([])
  await page.keyboard.press('Enter')
  await expect(page.locator('main')).toBeFocused()
  await expect(page.getByRole('heading', { level: 1, name: 'Datasets' })).toBeVisible()
})

base('"Wrong by class" has the share that is wrong, as many as are counted', async ({ page }) => {
  await page.goto(server.url)
  await at(page, 'mistakes/1?q=is:any')
  const side = page.getByRole('complementary', { name: 'Confusions and filters' })
  const rows = side.getByRole('button', { name: /of its images are wrong/ })
  await expect(rows).toHaveCount(3)
  for (const row of await rows.all()) {
    const said = /^(\d+) of (\d+) images of .* (?:is|are) wrong$/.exec(
      (await row.getAttribute('title')) ?? '',
    )
    const [, wrong, total] = said ?? []
    const share = Math.round((Number(wrong) / Number(total)) * 100)
    await expect(row).toContainText(`${share} %`)
  }
})

base(
  'a core that is gone is said in the middle, and the window goes on when it is back',
  async ({ page }) => {
    const home = mkdtempSync(join(tmpdir(), 'bitw-gone-'))
    let other = await startServer(home)
    try {
      await page.goto(other.url)
      await expect(page.getByRole('heading', { name: 'No images yet' })).toBeVisible()
      const { port } = new URL(other.url)
      await other.kill()
      const gone = page.getByRole('dialog', { name: 'The workbench is not responding' })
      await expect(gone).toBeVisible()
      expect(await axeViolations(page)).toEqual([])
      await expect(gone.getByRole('button', { name: 'Try now' })).toBeFocused()
      // Nothing behind it takes the keyboard or the pointer, and Esc does not take it away.
      await page.keyboard.press('Escape')
      await page.keyboard.press('Control+k')
      await expect(gone).toBeVisible()
      await expect(page.getByRole('dialog')).toHaveCount(1)
      const hit = await page
        .locator('nav.rail a')
        .first()
        .evaluate((link) => {
          const { x, y } = link.getBoundingClientRect()
          return document.elementFromPoint(x + 4, y + 4)?.tagName
        })
      expect(hit).toBe('DIALOG')

      other = await startServer(home, Number(port))
      // The new link carries a new secret; this browser has it once the link was opened.
      const link = await page.context().newPage()
      await link.goto(other.url)
      await expect(link.getByRole('heading', { name: 'No images yet' })).toBeVisible()
      await link.close()
      await expect(gone).toBeHidden()
      await page.locator('nav.rail').getByRole('link', { name: 'Runs' }).click()
      await expect(page.getByRole('heading', { name: 'No runs yet' })).toBeVisible()
      await expect(page.getByRole('region', { name: 'Messages' }).getByRole('alert')).toHaveCount(0)
    } finally {
      await other.kill()
      rmSync(home, { recursive: true, force: true })
    }
  },
)

base(
  'a run can start from a model that is not in the list of models, also after a reload',
  async ({ page }) => {
    bitw(folder, 'promote', 'first')
    const complaints: string[] = []
    listen(page, complaints)
    await page.goto(server.url)
    await at(page, 'train')
    const start = page.getByRole('region', { name: 'What to train' })
    const heading = page.getByRole('heading', { name: 'New run' })
    const button = page.getByRole('button', { name: /^Start/ })
    const inUse = start.getByRole('radio', { name: 'tiny@in-use' })
    await inUse.check()
    await expect(page).toHaveURL(/from=in-use(%3A|:)1/)
    await expect(heading).toBeVisible()
    await page.reload()
    await expect(inUse).toBeChecked()
    await expect(heading).toBeVisible()
    await expect(button).toBeEnabled()
    await at(page, 'train?from=run:1@6')
    const ofStep = start.getByRole('radio', { name: 'first, step 6' })
    await expect(ofStep).toBeChecked()
    await page.reload()
    await expect(ofStep).toBeChecked()
    await expect(button).toBeEnabled()
    await at(page, 'train?from=run:1@5')
    await expect(page.getByRole('heading', { name: 'There is no model “run:1@5”' })).toBeVisible()
    await page.locator('main').getByRole('link').click()
    await expect(ofStep).toBeChecked()
    expect(complaints).toEqual([])
  },
)
