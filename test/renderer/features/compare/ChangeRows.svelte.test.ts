import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import ChangeRows from '../../../../src/renderer/features/compare/ChangeRows.svelte'

const counts = { fixed: 3, broken: 0, 'same-wrong': 1, 'other-wrong': 0, right: 6 }
const hrefOf = (name: string | null, group = ''): string => `#/compare?class=${name ?? ''}&group=${group}`

it('each number leads to its images, the name to all of the row, and what is not understood says so', async () => {
  const rows = [
    { name: 'Iris', counts },
    { name: 'old', counts: { ...counts, fixed: 0 }, fault: 'There is no class ash.' },
  ]
  await render(ChangeRows, { props: { title: 'By slice', rows, chosen: 'Iris', hrefOf } })
  const fixed = page.getByRole('link', { name: 'Iris: 3 fixed' })
  await expect.element(fixed).toHaveAttribute('href', '#/compare?class=Iris&group=fixed')
  await expect.element(page.getByRole('link', { name: /broken$/ })).not.toBeInTheDocument()
  // the row that is shown alone leads back to all
  const name = page.getByRole('link', { name: 'Iris', exact: true })
  await expect.element(name).toHaveAttribute('href', '#/compare?class=&group=')
  await expect.element(page.getByTitle('Iris: 3 fixed, 0 broken of 10, p = 0.250')).toBeVisible()
  await expect.element(page.getByTitle('There is no class ash.')).toHaveTextContent('old not understood')
})
