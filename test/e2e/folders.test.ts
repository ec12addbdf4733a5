/** Datasets as people have them, in the browser: folders that can be read in two ways, images of the same bytes. */
import { copyFileSync, cpSync } from 'node:fs'
import { join } from 'node:path'
import { expect, goTo, test } from './support/workbench'

test('an import that could be meant in two ways asks, and goes on as answered', async ({
  workbench: page,
  server,
}) => {
  const path = join(server.imagesPath, '../plants')
  for (const place of ['field', 'greenhouse'])
    cpSync(server.imagesPath, join(path, place), { recursive: true })
  await page
    .getByRole('button', { name: /open a folder/i })
    .first()
    .click()
  await page.getByRole('combobox', { name: 'Folder path' }).fill(path)
  await page.getByRole('textbox', { name: 'Name' }).fill('mine')
  await page.getByRole('button', { name: 'Import' }).click()

  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('alert')).toContainText('can be read in two ways')
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('mine')
  await expect(dialog.getByRole('button', { name: 'Import' })).toBeDisabled()
  await dialog.getByRole('button', { name: 'Parts' }).click()
  await dialog.getByRole('button', { name: 'Import' }).click()

  await expect(page.getByRole('heading', { name: 'mine' })).toBeVisible()
  await expect(page.getByRole('complementary', { name: 'Filter' })).toContainText('red bars')
  await page.getByRole('button', { name: '1 note' }).click()
  await expect(page.getByRole('dialog')).toContainText('"field" names no part')
})

test('images of the same bytes are counted, and one click shows them side by side', async ({
  workbench: page,
  server,
}) => {
  const [train, testing] = ['Training', 'Testing'].map((part) => join(server.imagesPath, '../both', part))
  if (train === undefined || testing === undefined) throw new Error('no parts')
  cpSync(server.imagesPath, train, { recursive: true })
  copyFileSync(join(train, 'red bars/00.png'), join(train, 'green discs/wrong.png'))
  cpSync(join(train, 'red bars/01.png'), join(testing, 'red bars/seen.png'))
  await page
    .getByRole('button', { name: /open a folder/i })
    .first()
    .click()
  await page.getByRole('combobox', { name: 'Folder path' }).fill(join(train, '..'))
  await page.getByRole('button', { name: 'Import' }).click()

  await page.getByRole('button', { name: '2 in two classes' }).click()
  await expect(page).toHaveURL(/q=same%3Aclasses/)
  await expect(page.getByRole('region', { name: 'Images' }).locator('img')).toHaveCount(2)
  await page.getByRole('button', { name: '2 in two parts' }).click()
  await expect(page.getByRole('combobox', { name: /^Filter the images/ })).toHaveValue('same:parts')
  await goTo(page, 'datasets')
  await page.getByRole('link', { name: '2 in two classes' }).click()
  await expect(page).toHaveURL(/q=same%3Aclasses/)
})
