/** How one looks at images: through long lists, by a text, in panes of one's own width, down to the pixel. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type Page, type Request } from '@playwright/test'
import sharp from 'sharp'
import { bitw, expect, listen, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-view-'))
const imageCount = 1200
let server: Server

test.beforeAll(async () => {
  for (const name of ['Colts Foot', 'a class whose name is long enough for two']) {
    mkdirSync(join(folder, 'images', name), { recursive: true })
    await Promise.all(
      Array.from({ length: imageCount / 2 }, (_, index) =>
        sharp({
          create: { width: 40, height: 30, channels: 3, background: { r: index % 256, g: 90, b: 40 } },
        })
          .png({ compressionLevel: 0 })
          .toFile(join(folder, 'images', name, `${String(index).padStart(4, '0')}.png`)),
      ),
    )
  }
  bitw(folder, 'import', join(folder, 'images'), '--name', 'many')
  server = await startServer(folder)
})
test.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

const complaints: string[] = []
async function open(page: Page, screen = 'datasets/1'): Promise<void> {
  listen(page, complaints)
  await page.goto(server.url)
  await page.goto(new URL(`/#/${screen}`, server.url).href)
  await expect(page.getByRole('listbox').getByRole('option').first()).toBeVisible()
}
test.afterEach(() => expect(complaints.splice(0)).toEqual([]))

test('a list that is flung through asks for a few images, and gives up those that have left it', async ({
  page,
}) => {
  const underWay = new Set<Request>()
  let most = 0
  let asked = 0
  let cells = 0
  await open(page)
  await page.waitForLoadState('networkidle')
  // The server is held up: whatever is asked for stays under way until the window takes it back.
  const held: (() => void)[] = []
  await page.route('**/image/*', async (route) => {
    await new Promise<void>((resolve) => held.push(resolve))
    await route.continue().catch(() => undefined) // taken back meanwhile
  })
  page.on('request', (request) => {
    if (!request.url().includes('/image/')) return
    asked++
    underWay.add(request)
    most = Math.max(most, underWay.size)
  })
  page.on('requestfailed', (request) => underWay.delete(request))
  page.on('requestfinished', (request) => underWay.delete(request))

  const steps = 40
  cells = await page.getByRole('listbox').evaluate(async (box, count) => {
    const seen = new Set<string>()
    for (let step = 1; step <= count; step++) {
      box.scrollTop = (box.scrollHeight / (count + 1)) * step
      await new Promise((resolve) => requestAnimationFrame(resolve))
      await new Promise((resolve) => requestAnimationFrame(resolve))
      for (const cell of box.querySelectorAll('[role="option"]')) seen.add(cell.id)
    }
    return seen.size
  }, steps)
  expect(cells, 'cells that were in the document').toBeGreaterThan(800)
  // Each step takes back the six of the step before, at most.
  expect(asked).toBeLessThanOrEqual(6 * (steps + 1))
  await expect.poll(() => underWay.size).toBeLessThanOrEqual(6)
  expect(most).toBeLessThanOrEqual(12)

  // What is in sight when the list rests comes once the server answers again.
  await page.unroute('**/image/*')
  held.forEach((go) => go())
  const missing = (): Promise<number> =>
    page
      .getByRole('listbox')
      .evaluate((box) => [...box.querySelectorAll('img')].filter((image) => image.naturalWidth === 0).length)
  await expect.poll(missing).toBe(0)
})

test('the field prints what is filtered, and filters by what is typed', async ({ page }) => {
  await open(page)
  const field = page.getByRole('combobox', { name: /^Filter the images/ })
  await page.getByRole('button', { name: 'Colts Foot 600' }).click()
  await expect(field).toHaveValue('class:"Colts Foot"')
  await expect(page.getByRole('search')).toContainText('600 images')
  await field.fill('class:"colts foot" split:test 001')
  await expect(page).toHaveURL(/q=class%3A%22colts\+foot%22\+split%3Atest\+001/)
  await expect(page.getByRole('button', { name: /^test / })).toHaveAttribute('aria-pressed', 'true')

  await field.fill('split:tset')
  await expect(page.getByRole('alert')).toContainText('split: takes train, val or test, not tset.')
  await expect(field).toHaveAttribute('aria-invalid', 'true')
  await field.press('Escape')
  await expect(field).toHaveValue('')
  await expect(page.getByRole('alert')).toBeHidden()
  await expect(page.getByRole('search')).toContainText('1,200 images')
})

test('bars follow the query, each puts its word in, and the way back takes it out', async ({ page }) => {
  await open(page)
  const field = page.getByRole('combobox', { name: /^Filter the images/ })
  await page.getByRole('button', { name: /^test / }).click()
  await expect(field).toHaveValue('split:test')
  await expect(page.getByRole('button', { name: 'Colts Foot 120' })).toBeVisible()
  await page.getByRole('button', { name: 'Colts Foot 120' }).click({ modifiers: ['Control'] })
  await expect(field).toHaveValue('split:test -class:"Colts Foot"')
  await expect(page.getByRole('search')).toContainText('120 images')
  await page.goBack()
  await expect(field).toHaveValue('split:test')
  await expect(page.getByRole('search')).toContainText('240 images')
  await page.goBack()
  await expect(field).toHaveValue('')
})

test('the field offers fields and values, and the keys take them', async ({ page }) => {
  await open(page)
  const field = page.getByRole('combobox', { name: /^Filter the images/ })
  await field.click()
  await field.pressSequentially('cl')
  const list = page.getByRole('listbox', { name: 'What the query can go on with' })
  await expect(list.getByRole('option')).toHaveCount(1)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(field).toHaveValue('class:')
  await expect(list.getByRole('option', { name: 'Colts Foot 600' })).toBeVisible()
  await page.keyboard.type('col')
  await page.keyboard.press('ArrowDown')
  await expect(field).toHaveAttribute('aria-activedescendant', 'image-filter-0')
  await page.keyboard.press('Tab')
  await expect(field).toHaveValue('class:"Colts Foot" ')
  await expect(list).toBeHidden()
  await expect(page.getByRole('search')).toContainText('600 images')
})

test('a pane is resized with the keys and by dragging, and keeps its width', async ({ page }) => {
  await open(page)
  const line = page.getByRole('separator', { name: 'Width of Filter' })
  const width = (): Promise<number> => line.getAttribute('aria-valuenow').then(Number)
  const first = await width()
  await line.focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Shift+ArrowRight')
  expect(await width()).toBe(first + 80)
  const pane = page.getByRole('complementary', { name: 'Filter' })
  expect((await pane.boundingBox())?.width).toBeCloseTo(first + 80, 0)

  const at = await line.boundingBox()
  const [x, y] = [(at?.x ?? 0) + 4, (at?.y ?? 0) + 200]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x - 50, y)
  await page.mouse.up()
  expect(await width()).toBe(first + 30)
  await page.reload()
  await expect(line).toHaveAttribute('aria-valuenow', String(first + 30))

  await line.press('Home')
  expect(await width()).toBe(Number(await line.getAttribute('aria-valuemin')))
  await line.press('End')
  // As wide as it goes, a long name is whole.
  const name = page.getByText('a class whose name is long enough for two')
  expect(await name.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0)
  await line.press('Enter')
  expect(await width()).toBe(first)
})

test('full size shows the file’s own pixels, and zooms and moves with wheel, mouse and keys', async ({
  page,
}) => {
  await open(page)
  await page.getByRole('listbox').focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Space')
  const box = page.getByRole('dialog')
  const image = box.locator('img[src*="px=full"]')
  await expect(image).toBeVisible()
  expect(await image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBe(40)
  const size = box.getByLabel(/percent of the image/)
  const percent = async (): Promise<number> => Number.parseFloat((await size.textContent()) ?? '')
  const fit = await percent()
  expect(fit).toBeGreaterThan(1000)

  await page.keyboard.press('1')
  await expect(size).toHaveText('100 %')
  expect((await image.boundingBox())?.width).toBeCloseTo(40, 1)
  await page.keyboard.press('+')
  await expect(size).toHaveText('141 %')
  await page.keyboard.press('-')
  await expect(size).toHaveText('100 %')
  await page.keyboard.press('0')
  expect(await percent()).toBe(fit)

  // Where it fits, an arrow goes to the next image; where it is larger, it moves it.
  const title = box.getByRole('heading')
  const firstTitle = await title.textContent()
  await page.keyboard.press('ArrowRight')
  await expect(title).not.toHaveText(firstTitle ?? '')
  await page.keyboard.press('ArrowLeft')
  await expect(title).toHaveText(firstTitle ?? '')
  await expect(image).toBeVisible()

  const stage = await image.boundingBox()
  const [x, y] = [(stage?.x ?? 0) + 400, (stage?.y ?? 0) + 300]
  await page.mouse.move(x, y)
  await page.mouse.wheel(0, -300)
  await expect.poll(percent).toBeGreaterThan(fit * 1.5)
  const zoomed = await image.boundingBox()
  // What was under the pointer is under it still.
  const grown = (zoomed?.width ?? 0) / (stage?.width ?? 1)
  expect(Math.abs(x - (zoomed?.x ?? 0) - 400 * grown)).toBeLessThan(2)
  await page.keyboard.press('ArrowRight')
  await expect(title).toHaveText(firstTitle ?? '')
  expect((await image.boundingBox())?.x).toBeCloseTo((zoomed?.x ?? 0) - 80, 0)
  await page.mouse.down()
  await page.mouse.move(x + 30, y)
  await page.mouse.up()
  expect((await image.boundingBox())?.x).toBeCloseTo((zoomed?.x ?? 0) - 50, 0)
  await page.keyboard.press('Escape')
  await expect(box).toBeHidden()
})

test('letters and figures are set in the font that comes along, figures of one width', async ({ page }) => {
  await open(page)
  const measured = await page.evaluate(async () => {
    await document.fonts.ready
    const widthOf = (text: string, font?: string): number => {
      const span = document.createElement('span')
      span.textContent = text
      span.style.position = 'absolute'
      if (font !== undefined) span.style.fontFamily = font
      document.body.append(span)
      const { width } = span.getBoundingClientRect()
      span.remove()
      return width
    }
    const loaded = [...document.fonts].filter(
      ({ family, status }) => family.includes('Inter') && status === 'loaded',
    )
    return {
      loaded: loaded.length,
      ones: widthOf('1111'),
      zeros: widthOf('0000'),
      other: widthOf('0000', 'monospace'),
    }
  })
  expect(measured.loaded).toBeGreaterThan(0)
  expect(measured.ones).toBe(measured.zeros)
  expect(measured.ones).not.toBe(measured.other)
})
