/** A newcomer's first model: a folder, a length of time, and nothing else. */
import { drawTinyDataset } from '../support/tiny-dataset'
import { expect, goTo, test } from './support/workbench'

// The engine that measures the machine fastest.
test.beforeAll(() => void (process.env['BITW_ENGINE'] = 'wasm'))
test.afterAll(() => void delete process.env['BITW_ENGINE'])

test('a newcomer is offered five minutes first, and trains for a length of time', async ({
  workbench: page,
  server,
}) => {
  // as large as photos, so that the rule takes as long as it does with photos
  await drawTinyDataset(server.imagesPath, 10, 256)
  const time = page.getByRole('region', { name: 'Time' })
  const sheet = page.getByRole('region', { name: 'HyperRule' })

  await test.step('the folder is imported', async () => {
    await page
      .getByRole('button', { name: /open a folder/i })
      .first()
      .click()
    await page.getByRole('combobox', { name: 'Folder path' }).fill(server.imagesPath)
    await page.getByRole('button', { name: 'Import' }).click()
    await expect(page.getByRole('heading', { name: 'images', exact: true })).toBeVisible()
  })

  await test.step('five minutes stand first, beside the rule and what it would take', async () => {
    await page.locator('main').getByRole('link', { name: 'Train' }).click()
    const rule = time.getByRole('button', { name: /^The paper’s rule · \d/ })
    const fiveMinutes = time.getByRole('button', { name: '5 min' })
    // the status line and the figure of the time
    await expect(rule).toBeVisible({ timeout: 180_000 })
    await expect(page.getByText('Measuring this machine …')).toHaveCount(0, { timeout: 180_000 })
    // where a card makes the rule a matter of minutes, the rule itself is offered first
    const takesHours = /\d (h|d)$/.test((await rule.textContent()) ?? '')
    await expect(takesHours ? fiveMinutes : rule).toHaveAttribute('aria-pressed', 'true')
    await fiveMinutes.click()
    await expect(time).toContainText(/Expected to finish in .*from BiT-Tiny/)
    await expect(sheet).toContainText(/fits 5 min on this machine/)
    await expect(page.getByRole('radio', { name: 'Best fit for the budget' })).toBeChecked()
  })

  await test.step('each departure is one click from the rule, and the rest is planned around it', async () => {
    const batch = sheet
      .getByRole('row')
      .filter({ has: page.getByRole('cell', { name: 'Batch', exact: true }) })
    await expect(batch).toContainText('instead of 512')
    await batch.getByRole('button', { name: 'Batch: use the rule’s value' }).click()
    await expect(batch).not.toContainText('instead of')
    await batch.getByRole('button', { name: 'Batch: restore the budget’s value' }).click()
    await expect(batch).toContainText('instead of 512')
  })

  await test.step('the rule alone is one click away, and back', async () => {
    await time.getByRole('button', { name: /^The paper’s rule/ }).click()
    await expect(sheet).not.toContainText('instead of')
    await time.getByRole('button', { name: '1 min' }).click()
    await expect(sheet).toContainText(/fits 1 min on this machine/)
  })

  await test.step('Train opens after a reload on another screen, before the models are known there', async () => {
    await goTo(page, 'engine')
    await page.reload()
    await goTo(page, 'train')
    await expect(time.getByRole('button', { name: '1 min' })).toHaveAttribute('aria-pressed', 'true')
    await expect(page.getByRole('radio', { name: 'Best fit for the budget' })).toBeChecked()
  })

  await test.step('the run knows its budget and ends with a result', async () => {
    await page.getByRole('button', { name: /^Start/ }).click()
    // a budget waits for the measurement of the machine
    await expect(page).toHaveURL(/#\/runs\/1/, { timeout: 180_000 })
    await expect(page.getByText(/\bleft\b/).first()).toBeVisible({ timeout: 180_000 })
    await page.getByRole('button', { name: 'Stop and keep' }).click()
    await expect(page.getByText(/95 % interval/)).toBeVisible({ timeout: 180_000 })
  })
})
