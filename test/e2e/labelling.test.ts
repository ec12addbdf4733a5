/** A folder without labels, from its import to a training: named, labelled and confirmed by keyboard alone. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Page } from '@playwright/test'
import sharp from 'sharp'
import { axeViolations } from './support/axe'
import { outOfReach } from './support/reach'
import { bitw, expect, knowSpeed, listen, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-labelling-'))
const images = join(folder, 'images')
const classNames = ['red', 'green', 'blue']
let server: Server
/** A busy machine takes a minute to load the engine, which the features need. */
const whenComputed = { timeout: 200_000 }

/** Of each colour 24 plain squares, each of its own shade, named by number alone. */
base.beforeAll(async () => {
  mkdirSync(images)
  for (let index = 0; index < 72; index++) {
    const shade = 150 + index
    const colours = [
      { r: shade, g: 30, b: index % 40 },
      { r: 20, g: shade, b: 40 },
      { r: 35, g: index % 40, b: shade },
    ]
    const background = colours[index % 3] ?? { r: 0, g: 0, b: 0 }
    await sharp({ create: { width: 40, height: 40, channels: 3, background } })
      .png()
      .toFile(join(images, `${String(index).padStart(2, '0')}.png`))
  }
  bitw(folder, 'import', images, '--name', 'loose')
  knowSpeed(folder)
  server = await startServer(folder)
})
base.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

async function soundScreen(page: Page, name: string): Promise<void> {
  expect(await axeViolations(page), name).toEqual([])
  expect(await outOfReach(page), `${name} has every control in reach`).toEqual([])
}

/** The image in hand, once it is another one than `before`. */
async function inHand(page: Page, before: string): Promise<string> {
  const shown = page.getByTitle('The image in hand')
  await expect(shown).not.toHaveText(before)
  return (await shown.textContent())?.trim() ?? ''
}

const trueClass = (path: string): string => classNames[Number(path.slice(0, 2)) % 3] ?? ''

base('images without labels are labelled by keyboard, with suggestions, and trained on', async ({ page }) => {
  const complaints: string[] = []
  listen(page, complaints)
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.goto(server.url)
  await page.getByRole('link', { name: 'loose', exact: true }).click()
  await page.getByRole('link', { name: 'Label', exact: true }).click()
  const head = page.locator('.head')
  await expect(head).toContainText('Labelled 0 of 72')
  await soundScreen(page, 'one by one')

  // A name that is typed the first time is a class with a key from then on.
  let path = ''
  const named: string[] = []
  for (let count = 1; count <= 30; count++) {
    path = await inHand(page, path)
    const wanted = trueClass(path)
    if (named.includes(wanted)) await page.keyboard.press(String(named.indexOf(wanted) + 1))
    else {
      await page.keyboard.type(wanted)
      await expect(page.getByRole('combobox', { name: 'Class of the image' })).toHaveValue(wanted)
      await page.keyboard.press('Enter')
      named.push(wanted)
      await expect(
        page.getByRole('button', { name: new RegExp(`^${String(named.length)} ${wanted}`) }),
      ).toBeVisible()
    }
    await expect(head).toContainText(`Labelled ${String(count)} of 72`)
  }

  // From the thirtieth label on a probe suggests, and Enter confirms.
  await expect(head).toContainText('right for', whenComputed)
  path = await inHand(page, path)
  await page.keyboard.press('ArrowRight')
  path = await inHand(page, path)
  await expect(page.getByRole('status').locator('b')).toHaveText(trueClass(path))
  await page.keyboard.press('Enter')
  await expect(head).toContainText('Labelled 31 of 72')
  await page.keyboard.press('Backspace')
  await expect(head).toContainText('Labelled 30 of 72')
  await expect(page.getByTitle('The image in hand')).toHaveText(path)

  // In bulk: a whole group at once, without the one that was taken out.
  await page.keyboard.press('0')
  const group = page.getByRole('list', { name: 'Images of the group' })
  await expect(group.getByRole('button').first()).toBeVisible()
  await soundScreen(page, 'in bulk')
  const size = await group.getByRole('button').count()
  expect(size).toBeGreaterThan(5)
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Space')
  await expect(group.getByRole('button', { pressed: false })).toHaveCount(1)
  await page.keyboard.press('Enter')
  await expect(head).toContainText(`Labelled ${String(30 + size - 1)} of 72`)

  // What was labelled is a dataset like any other.
  await page.getByRole('button', { name: 'Train', exact: true }).click()
  await expect(page).toHaveURL(/#\/train\?dataset=1/)
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Datasets' }).click()
  await page.getByRole('link', { name: 'loose', exact: true }).click()
  await expect(head).toContainText('Classes 3')
  await expect(head).toContainText(`Images ${String(30 + size - 1)}`)
  expect(complaints).toEqual([])
})
