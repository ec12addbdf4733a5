import { expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import RunName from '../../../../src/renderer/features/runs/RunName.svelte'
import { compose } from '../../support/keys'

const field = page.getByRole('textbox', { name: 'Name of the run' })

it('keeps a name once at Enter, and the old one at Esc', async () => {
  const rename = vi.fn(() => Promise.resolve(true))
  await render(RunName, { props: { name: 'oak', rename } })
  await page.getByRole('button', { name: 'Rename oak' }).click()
  await userEvent.fill(field, 'elm')
  await userEvent.keyboard('{Escape}')
  await expect.element(field).not.toBeInTheDocument()
  expect(rename).not.toHaveBeenCalled()
  await page.getByRole('button', { name: 'Rename oak' }).click()
  await userEvent.fill(field, 'ash')
  await userEvent.keyboard('{Enter}')
  await expect.element(field).not.toBeInTheDocument()
  expect(rename.mock.calls).toEqual([['ash']])
})

it('leaves Enter and Esc to the input method while it composes', async () => {
  const rename = vi.fn(() => Promise.resolve(true))
  await render(RunName, { props: { name: 'oak', rename } })
  await page.getByRole('button', { name: 'Rename oak' }).click()
  await userEvent.fill(field, '樫')
  compose('Enter', 'Escape')
  await expect.element(field).toHaveValue('樫')
  expect(rename).not.toHaveBeenCalled()
})
