/** What is imported besides folders, in the browser: seen before anything is stored, with columns to change. */
import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './support/workbench'

test('a table is shown as it will be read, its columns are changed, and it is imported so', async ({
  workbench: page,
  server,
}) => {
  const folder = join(server.imagesPath, '../tables')
  cpSync(server.imagesPath, join(folder, 'images'), { recursive: true })
  const rows = readdirSync(join(folder, 'images')).flatMap((name, index) =>
    readdirSync(join(folder, 'images', name)).map(
      (file) => `images/${name}/${file},${name},group ${String(index % 2)},train`,
    ),
  )
  writeFileSync(
    join(folder, 'all.csv'),
    ['file,species,group,split', ...rows, 'gone.jpg,red bars,x,train'].join('\n'),
  )
  await page
    .getByRole('button', { name: /open a folder/i })
    .first()
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Folder path' }).fill(join(folder, 'all.csv'))

  await expect(dialog.getByRole('status')).toContainText('Table of images')
  const preview = dialog.getByRole('region', { name: 'Preview' })
  await expect(preview).toContainText(
    `${String(rows.length)} images in ${String(readdirSync(join(folder, 'images')).length)} classes`,
  )
  await expect(preview.getByRole('combobox', { name: 'Class' })).toHaveValue('species')
  await expect(preview.getByRole('img', { name: 'red bars' })).toBeVisible()
  await preview.getByText('1 will be left out').click()
  await expect(preview).toContainText('gone.jpg')

  await preview.getByRole('combobox', { name: 'Class' }).selectOption('group')
  await expect(preview).toContainText('in 2 classes: train')
  await preview.getByRole('combobox', { name: 'Part' }).selectOption('None')
  await expect(preview).not.toContainText(': train')
  await dialog.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByRole('heading', { name: 'all' })).toBeVisible()
  await expect(page.getByRole('complementary', { name: 'Filter' })).toContainText('group 1')
})

test('an archive is looked into, imported, and its images are shown in full', async ({
  workbench: page,
  server,
}) => {
  const path = join(server.imagesPath, '../archive.tar')
  execFileSync('tar', ['-cf', path, '-C', server.imagesPath, '.'])
  await page
    .getByRole('button', { name: /open a folder/i })
    .first()
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Folder path' }).fill(path)
  await expect(dialog.getByRole('status')).toContainText('Tar archive of a folder')
  await expect(dialog.getByRole('region', { name: 'Preview' }).getByRole('img')).not.toHaveCount(0)
  await dialog.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByRole('heading', { name: 'archive' })).toBeVisible()
  const images = page.getByRole('region', { name: 'Images' }).locator('img')
  await expect
    .poll(() => images.first().evaluate((image) => (image as HTMLImageElement).naturalWidth))
    .toBeGreaterThan(0)
})
