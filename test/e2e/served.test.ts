import { expect, goTo, test } from './support/workbench'

test('the link opens the interface, and its secret leaves the address bar', async ({ workbench }) => {
  await expect(workbench.locator('nav.rail')).toBeVisible()
  expect(workbench.url()).not.toContain('token')
  for (const screen of ['train', 'runs', 'mistakes', 'predict', 'models', 'engine', 'datasets']) {
    await goTo(workbench, screen)
  }
})

test('without the link there is a page that says how to get in', async ({ page, server }) => {
  const response = await page.goto(new URL('/', server.url).href)
  expect(response?.status()).toBe(401)
  await expect(page.getByText('Open the whole link')).toBeVisible()
})
