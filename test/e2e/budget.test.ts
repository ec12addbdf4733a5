/** A newcomer's first model: a folder, a length of time, and nothing else. */
import { expect, test } from './support/workbench'

test('a newcomer is offered five minutes first, and trains for a length of time', async ({
  workbench: page,
  server,
}) => {
  test.setTimeout(180_000)
  const time = page.getByRole('region', { name: 'Time' })
  const sheet = page.getByRole('region', { name: 'HyperRule' })

  await test.step('the folder is imported', async () => {
    await page
      .getByRole('button', { name: /open a folder/i })
      .first()
      .click()
    await page.getByRole('combobox', { name: 'Path of the folder' }).fill(server.picturesPath)
    await page.getByRole('button', { name: 'Import' }).click()
    await expect(page.getByRole('heading', { name: 'pictures' })).toBeVisible()
  })

  await test.step('five minutes stand first, beside the rule and what it would take', async () => {
    await page.locator('main').getByRole('link', { name: 'Train' }).click()
    await expect(time.getByRole('button', { name: '5 min' })).toHaveAttribute('aria-pressed', 'true')
    await expect(time.getByRole('button', { name: /^The paper’s rule · \d/ })).toBeVisible({
      timeout: 90_000,
    })
    await expect(time).toContainText(/Expected to end after .*from BiT-XS/)
    await expect(sheet).toContainText(/fits 5 min on this machine/)
    await expect(page.getByRole('radio', { name: 'What fits the time best' })).toBeChecked()
  })

  await test.step('each departure is one click from the rule, and the rest is planned around it', async () => {
    const batch = sheet
      .getByRole('row')
      .filter({ has: page.getByRole('cell', { name: 'Batch', exact: true }) })
    await expect(batch).toContainText('instead of 512')
    await batch.getByRole('button', { name: 'Batch: take the rule’s' }).click()
    await expect(batch).not.toContainText('instead of')
    await batch.getByRole('button', { name: 'Batch: back to what fits the time' }).click()
    await expect(batch).toContainText('instead of 512')
  })

  await test.step('the rule alone is one click away, and back', async () => {
    await time.getByRole('button', { name: /^The paper’s rule/ }).click()
    await expect(sheet).not.toContainText('instead of')
    await time.getByRole('button', { name: '1 min' }).click()
    await expect(sheet).toContainText(/fits 1 min on this machine/)
  })

  await test.step('the run knows its budget and ends with a result', async () => {
    const answer = page.getByRole('button', { name: /^Start/ })
    await answer.click()
    await expect(page).toHaveURL(/#\/runs\/1/)
    await expect(page.getByText(/\bleft\b/).first()).toBeVisible({ timeout: 60_000 })
    await page.getByRole('button', { name: /^Stop/ }).click()
    await expect(page.getByText(/95 % interval/)).toBeVisible({ timeout: 90_000 })
  })
})
