/** What is alike: features computed from the pane of an image, images like it, the nearest of a mistake, and the map. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Page } from '@playwright/test'
import { axeViolations } from './support/axe'
import { outOfReach } from './support/reach'
import { expect, listen, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-alike-'))
let server: Server
/** A busy machine takes a minute to load the engine. */
const whenComputed = { timeout: 200_000 }

base.beforeAll(async () => {
  prepareHome(folder)
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

base(
  'images that are alike are found beside an image, by a query, of a mistake, and on the map',
  async ({ page }) => {
    const complaints: string[] = []
    listen(page, complaints)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.goto(server.url)
    await page.getByRole('link', { name: 'tiny', exact: true }).click()
    const similar = page.getByRole('region', { name: 'Similar images' })
    await similar.getByRole('button', { name: 'Compute features' }).click()
    await expect(similar.getByRole('link')).toHaveCount(10, whenComputed)
    await soundScreen(page, 'similar images')

    // The key asks the query; the image itself comes first.
    const name = page.getByRole('complementary', { name: 'Selected image' }).getByRole('heading').first()
    const asked = await name.textContent()
    await page.keyboard.press('m')
    await expect(page).toHaveURL(/q=like/)
    await expect(page.getByText('30 images').first()).toBeVisible()
    await expect(name).toHaveText(asked ?? '')

    // A map, laid out in the background, and the images of a class on it.
    await page.getByRole('link', { name: 'Map', exact: true }).click()
    await page.getByRole('button', { name: 'Lay out the map' }).click()
    const map = page.getByRole('application', { name: /^30 images/ })
    await expect(map).toBeVisible(whenComputed)
    await soundScreen(page, 'map')
    const classes = page.getByRole('region', { name: 'Classes on the map' })
    await expect(classes.getByRole('row')).toHaveCount(4)
    const colour = page.getByRole('group', { name: 'Colour by' })
    await colour.getByText('Prediction', { exact: true }).click()
    await expect(page.getByRole('combobox', { name: 'Run' })).toBeVisible()
    await colour.getByText('Right or wrong', { exact: true }).click()
    await expect(page.getByRole('list', { name: 'Colours' })).toContainText('wrong')
    await soundScreen(page, 'map by what is right')
    await colour.getByText('Label', { exact: true }).click()
    await classes.getByRole('button').first().click()
    await expect(page.locator('.head')).toContainText('Standing out 10')

    // A line around everything selects what stands out; a tag makes a query of it.
    const box = await map.boundingBox()
    const [left, top, width, height] = [box?.x ?? 0, box?.y ?? 0, box?.width ?? 0, box?.height ?? 0]
    await page.keyboard.down('Shift')
    await page.mouse.move(left + 2, top + 2)
    await page.mouse.down()
    for (const [x, y] of [
      [width - 2, 2],
      [width - 2, height - 2],
      [2, height - 2],
    ])
      await page.mouse.move(left + (x ?? 0), top + (y ?? 0))
    await page.mouse.up()
    await page.keyboard.up('Shift')
    const selection = page.getByRole('region', { name: 'Selection' })
    await expect(selection).toContainText('10 images selected')
    await soundScreen(page, 'a selection on the map')
    await selection.getByRole('textbox', { name: 'Tag for the selection' }).fill('together')
    await selection.getByRole('button', { name: 'Tag and show' }).click()
    await expect(page).toHaveURL(/q=tag/)
    await expect(page.getByText('10 images').first()).toBeVisible()

    // A mistake is held to the training images next to it.
    await page.goto(`${new URL(page.url()).origin}/#/mistakes/1?q=is%3Aany`)
    const nearest = page.getByRole('region', { name: 'Nearest training images' })
    await expect(nearest.getByRole('link')).toHaveCount(10)
    await expect(nearest).toContainText('Of the 10 nearest training images,')
    expect(complaints).toEqual([])
  },
)
