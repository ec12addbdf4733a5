import { expect, goTo, test } from './support/workbench'

test('the link opens the interface, and its code leaves the address bar', async ({ workbench, server }) => {
  await expect(workbench.locator('nav.rail')).toBeVisible()
  expect(new URL(workbench.url()).pathname).toBe('/')
  expect(workbench.url()).not.toContain(new URL(server.url).hash.slice(1))
  for (const screen of ['train', 'runs', 'mistakes', 'predict', 'models', 'engine', 'datasets']) {
    await goTo(workbench, screen)
  }
})

test('a page stays in when it is loaded again, and in a second tab; another browser opens the link', async ({
  workbench,
  server,
  browser,
}) => {
  const first = workbench.getByRole('heading', { name: 'No images yet' })
  await expect(first).toBeVisible()
  await workbench.reload()
  await expect(first).toBeVisible()
  const tab = await workbench.context().newPage()
  await tab.goto(new URL('/', server.url).href)
  await expect(tab.getByRole('heading', { name: 'No images yet' })).toBeVisible()
  const other = await browser.newContext()
  const page = await other.newPage()
  await page.goto(server.url)
  await expect(page.getByRole('heading', { name: 'No images yet' })).toBeVisible()
  // A link with a code that is none, in the place of a page that is in, changes nothing.
  await page.goto(new URL('/enter#none', server.url).href)
  await expect(page.getByRole('heading', { name: 'No images yet' })).toBeVisible()
  await other.close()
})

test('without the link there is a page that says how to get in', async ({ page, server }) => {
  await page.goto(new URL('/', server.url).href)
  await expect(page.getByText('Open the whole link')).toBeVisible()
  await page.goto(new URL('/enter#none', server.url).href)
  await expect(page.getByText('no longer opens the workbench')).toBeVisible()
})
