/** The zoo as a person uses it in the browser: what is there, a file added, trained on, and asked what is in an image. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { initialWeights } from '../../src/main/trainer/network/initialize'
import { parseModel } from '../../src/domain/model/spec'
import { writeSafetensors } from '../../src/main/weights/safetensors'
import { axeViolations } from './support/axe'
import { expect, goTo, listen, prepareHome, startServer, type Server } from './support/workbench'

const folder = mkdtempSync(join(tmpdir(), 'bitw-models-'))
/** Not the size that the interface takes by itself. */
const architecture = 'units:2-1-1-1,width:0.5'
const weightsPath = join(folder, 'two units.safetensors')
let server: Server

base.beforeAll(async () => {
  prepareHome(folder)
  await writeSafetensors(initialWeights(parseModel(architecture).spec, 3, 1), weightsPath)
  server = await startServer(folder)
})
base.afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

base('models are listed, added from a file, trained on and asked', async ({ page }) => {
  const complaints: string[] = []
  listen(page, complaints)
  await page.goto(server.url)
  const at = (address: string): Promise<unknown> => page.goto(page.url().replace(/#.*/, `#/${address}`))
  const rowOf = (name: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name }) })

  await base.step(
    'runs are ready, published ones state their size and are fetched only when asked',
    async () => {
      await goTo(page, 'models')
      await expect(rowOf('first')).toContainText('ready')
      await expect(rowOf('first')).toContainText('tiny')
      const published = page
        .getByRole('row')
        .filter({ has: page.getByRole('link', { name: 'BiT-M-R50x1', exact: true }) })
      await expect(published.getByRole('button', { name: /^Download 27\d MB$/ })).toBeVisible()
      await published.getByRole('link').click()
      await expect(page.getByRole('region', { name: 'Download' })).toContainText('https://')
      await page.goBack()
    },
  )

  await base.step('a file that is no model is refused with its reason', async () => {
    const nonsense = join(folder, 'nonsense.npz')
    writeFileSync(nonsense, 'this is no archive')
    await page.getByRole('button', { name: 'Add file' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Path of the weights file' }).fill(nonsense)
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await expect(dialog.getByRole('alert')).toContainText('nonsense.npz')
    await dialog.getByRole('combobox', { name: 'Path of the weights file' }).fill(weightsPath)
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText('two units')
  })

  await base.step(
    'fine-tuning from it takes its architecture, and the run says where it started',
    async () => {
      await page.getByRole('link', { name: 'Fine-tune this model' }).click()
      await expect(page.getByRole('radio', { name: /two units/ })).toBeChecked()
      await expect(page.getByText('Architecture', { exact: true })).toBeHidden()
      const sheet = page.getByRole('region', { name: 'HyperRule' })
      for (const [line, values] of Object.entries({
        Steps: { Steps: '2' },
        Batch: { Batch: '4', 'At once': '4' },
        'Resize → crop': { 'Resize, px': '40', 'Crop, px': '32' },
      })) {
        const row = sheet
          .getByRole('row')
          .filter({ has: page.getByRole('cell', { name: line, exact: true }) })
        await row.getByTitle('Set it yourself').click()
        for (const [label, value] of Object.entries(values))
          await row.getByRole('textbox', { name: label }).fill(value)
        await page.keyboard.press('Enter')
        await expect(row.getByTitle('Set it yourself')).toBeVisible()
      }
      await sheet.getByRole('button', { name: /Beyond the rule/ }).click()
      await sheet.getByRole('combobox', { name: 'Frozen' }).selectOption('up to block1')
      await expect(sheet).toContainText('instead of nothing')
      await page.getByRole('textbox', { name: 'Name of the run' }).fill('second')
      await page.getByRole('button', { name: /^Start/ }).click()
      await expect(page.getByText(/95 % interval/)).toBeVisible({ timeout: 180_000 })
      await expect(page.locator('.head')).toContainText('two units')
      const machine = page.getByRole('complementary', { name: 'Machine and recipe' })
      await expect(machine.getByRole('link', { name: /two units/ })).toBeVisible()
      await expect(machine).toContainText('up to block1')
    },
  )

  await base.step('a run says what is in images; what cannot be read is named', async () => {
    await page.getByRole('link', { name: 'Use as model' }).click()
    const broken = join(folder, 'broken.jpg')
    writeFileSync(broken, 'this is no image')
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Choose photos' }).click()
    await (
      await chooser
    ).setFiles([
      join(server.imagesPath, 'red bars', '00.png'),
      join(server.imagesPath, 'green discs', '00.png'),
      broken,
    ])
    const pane = page.getByRole('region', { name: 'Predict' })
    await expect(pane.getByRole('heading', { name: '00.png' })).toHaveCount(2, { timeout: 180_000 })
    await expect(pane).toContainText('green discs')
    await expect(pane.getByText(/broken\.jpg/).first()).toBeVisible()
    await expect
      .poll(() =>
        pane
          .locator('article img')
          .first()
          .evaluate((image: HTMLImageElement) => image.naturalWidth),
      )
      .toBe(48)
    expect(await axeViolations(page)).toEqual([])
    const download = page.waitForEvent('download')
    await pane.getByRole('button', { name: 'Save as CSV' }).click()
    const csv = readFileSync(await (await download).path(), 'utf8')
      .trim()
      .split('\r\n')
    expect(csv[0]).toMatch(/^path,error,class_1,probability_1/)
    expect(csv.filter((line) => line.startsWith('00.png,,'))).toHaveLength(2)
  })

  await base.step('the features of the same images go into a file', async () => {
    await page.getByRole('button', { name: 'Save features …' }).click()
    const dialog = page.getByRole('dialog')
    const file = join(folder, 'features.csv')
    await expect(dialog.getByRole('textbox', { name: 'File' })).toHaveValue(/second-features\.npz$/)
    await dialog.getByRole('textbox', { name: 'File' }).fill(join(folder, 'features.txt'))
    await dialog.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(dialog.getByRole('alert')).toContainText('does not have a supported extension')
    expect(await axeViolations(page)).toEqual([])
    await dialog.getByRole('textbox', { name: 'File' }).fill(file)
    await dialog.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(dialog).toContainText('The features of 2 images are in', { timeout: 180_000 })
    expect(readFileSync(file, 'utf8').match(/^00\.png,/gm)).toHaveLength(2)
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
  })

  await base.step('an export ends with its certificate', async () => {
    await page.getByRole('button', { name: 'Export …' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('radio', { name: /^npz/ }).check()
    await dialog.getByRole('textbox', { name: 'Export folder' }).fill(join(folder, 'exported'))
    await dialog.getByRole('button', { name: 'Export', exact: true }).click()
    await expect(dialog).toContainText('The outputs agree', { timeout: 180_000 })
    await expect(dialog).toContainText('identical, bit for bit')
    await expect(dialog.getByRole('list', { name: 'Files' })).toContainText('certificate.json')
    expect(readdirSync(join(folder, 'exported'))).toContain('README.md')
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
  })

  await base.step(
    'a file that was damaged since shows why it cannot be used, and is removed from the list',
    async () => {
      truncateSync(weightsPath, 5000)
      await at('models')
      await page.reload()
      await expect(rowOf('two units')).toContainText('broken:')
      await rowOf('two units').getByRole('link').click()
      const reason = page.getByRole('alert').filter({ hasText: 'Cannot use' })
      await expect(reason).toContainText('two units.safetensors')
      await page.getByRole('button', { name: /Remove from the list/ }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
      await expect(page).toHaveURL(/#\/models$/)
      await expect(rowOf('first')).toBeVisible()
      await expect(rowOf('two units')).toHaveCount(0)
    },
  )
  // The browser itself reports the file that was refused because it is no image.
  expect(complaints.filter((words) => !words.includes('415'))).toEqual([])
})
