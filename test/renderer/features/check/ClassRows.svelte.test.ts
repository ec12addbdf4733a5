import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import ClassRows from '../../../../src/renderer/features/check/ClassRows.svelte'

it('opens the images of a class, and those of each of its parts', async () => {
  const dataset = { id: 1, classes: [{ name: 'Colts Foot', counts: { train: 7, val: 0, test: 2 } }] } as never
  const classes = [{ classIndex: 0, name: 'Colts Foot', note: 'none in val' }] as never
  await render(ClassRows, { props: { dataset, classes } })
  const queryOf = (name: string): string | null => {
    const href = page.getByRole('link', { name, exact: true }).element().getAttribute('href') ?? ''
    return new URLSearchParams(href.split('?')[1]).get('q')
  }
  expect(queryOf('Colts Foot')).toBe('class:"Colts Foot"')
  expect([queryOf('7'), queryOf('2')]).toEqual([
    'class:"Colts Foot" split:train',
    'class:"Colts Foot" split:test',
  ])
  await expect.element(page.getByRole('link', { name: '0', exact: true })).not.toBeInTheDocument()
})
