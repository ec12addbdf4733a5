import { describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import QueryBox from '../../../src/renderer/ui/QueryBox.svelte'

const field = page.getByRole('combobox', { name: 'Filter the images' })
const list = page.getByRole('listbox')
const value = (): string => (field.element() as HTMLInputElement).value

async function shown(text = '') {
  const onescape = vi.fn()
  const onquery = vi.fn((next: string) => void rerender({ text: next }))
  const { rerender } = await render(QueryBox, {
    props: {
      id: 'filter',
      label: 'Filter the images',
      placeholder: 'split:test',
      count: '108 images',
      subject: 'images',
      vocabulary: { classNames: ['Colts Foot', 'Crocus', 'Iris'] },
      counts: { class: [3, 40, 8] },
      text,
      onquery,
      onescape,
    },
  })
  return { onquery, onescape, rerender }
}

describe('the query field', () => {
  it('tells the screen each text that is understood, the first of a sitting as such', async () => {
    const { onquery } = await shown()
    await userEvent.fill(field, 'iris')
    await userEvent.fill(field, 'iris width<')
    await userEvent.fill(field, 'iris width<9')
    expect(onquery.mock.calls).toEqual([
      ['iris', true],
      ['iris width<9', false],
    ])
    await userEvent.fill(field, 'crocus width<')
    expect(onquery).toHaveBeenLastCalledWith('crocus', false)
  })

  it('marks what is not understood, names it, and leaves the screen as it is', async () => {
    const { onquery } = await shown('iris')
    await userEvent.fill(field, 'iris splt:test')
    expect(onquery).not.toHaveBeenCalled()
    await vi.waitFor(() =>
      expect(document.querySelector('[role=alert]')?.textContent).toMatch(
        /^There is no field splt. Did you mean split\?/,
      ),
    )
    await expect.element(field).toHaveAttribute('aria-invalid', 'true')
    expect(document.querySelector('mark')?.textContent).toBe('splt')
  })

  it('offers values with their counts; the keys choose and take', async () => {
    const { onquery } = await shown()
    await userEvent.fill(field, 'class:c')
    await expect.element(list.getByRole('option').first()).toHaveTextContent('Crocus 40')
    expect(document.querySelector('[role=alert]')).toBeNull()
    await userEvent.keyboard('{ArrowDown}{ArrowDown}')
    await expect.element(field).toHaveAttribute('aria-activedescendant', 'filter-1')
    await userEvent.keyboard('{Enter}')
    await vi.waitFor(() => expect(value()).toBe('class:"Colts Foot" '))
    expect(onquery).toHaveBeenLastCalledWith('class:"Colts Foot"', true)
    await expect.element(field).toHaveAttribute('aria-expanded', 'false')
  })

  it('goes on from a field to its values', async () => {
    await shown()
    await userEvent.click(field)
    await userEvent.keyboard('cl{ArrowDown}{Enter}')
    await vi.waitFor(() => expect(value()).toBe('class:'))
    await expect.element(list.getByRole('option', { name: 'Crocus 40' })).toBeVisible()
    await userEvent.keyboard('iri{ArrowDown}{Tab}')
    await vi.waitFor(() => expect(value()).toBe('class:Iris '))
    expect(document.querySelector('[role=listbox]')).toBeNull()
  })

  it('closes the list at the first Esc, and empties itself at the next', async () => {
    const { onquery, onescape } = await shown()
    await userEvent.fill(field, 'sp')
    await expect.element(field).toHaveAttribute('aria-expanded', 'true')
    await userEvent.keyboard('{Escape}')
    await expect.element(field).toHaveAttribute('aria-expanded', 'false')
    expect(onescape).not.toHaveBeenCalled()
    await userEvent.keyboard('{Escape}')
    expect(onescape).toHaveBeenCalledOnce()
    expect(value()).toBe('')
    expect(onquery).toHaveBeenLastCalledWith('', false)
  })

  it('takes over a query that was changed elsewhere', async () => {
    const { onquery, rerender } = await shown('iris')
    await rerender({ text: 'class:Iris' })
    await vi.waitFor(() => expect(value()).toBe('class:Iris'))
    await userEvent.fill(field, 'class:Iris 1')
    expect(onquery).toHaveBeenLastCalledWith('class:Iris 1', true)
  })
})
