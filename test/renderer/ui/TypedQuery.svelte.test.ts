import { describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import type { ImageFilter } from '../../../src/contract/entities/dataset'
import { imageFields } from '../../../src/renderer/features/datasets/image-query'
import TypedQuery from '../../../src/renderer/ui/TypedQuery.svelte'

const classes = ['Colts Foot', 'Iris', 'and', 'a "quoted" one', 'über:alles', 'back\\slash']
const field = page.getByRole('textbox', { name: 'Filter the images' })
const fieldText = (): string => (field.element() as HTMLInputElement).value

/** A screen with the field, which takes the state that it is given. */
async function shown(first: ImageFilter = {}) {
  let state = first
  const onstate = vi.fn((next: ImageFilter) => put(next))
  const onescape = vi.fn<(field: HTMLInputElement) => void>()
  const { rerender } = await render(TypedQuery<ImageFilter>, {
    props: {
      id: 'image-filter',
      label: 'Filter the images',
      placeholder: 'split:test',
      count: '108 images',
      state,
      nothing: {},
      fields: imageFields(classes),
      onstate,
      onescape,
    },
  })
  function put(next: ImageFilter): void {
    state = next
    void rerender({ state })
  }
  return { onstate, onescape, put, now: () => state }
}

const states: readonly ImageFilter[] = [
  {},
  { part: 'test' },
  ...classes.map((_, classIndex) => ({ classIndex })),
  { rotated: true, text: 'two  spaces and "quotes"' },
  { part: 'val', classIndex: 3, rotated: false, text: 'split:test' },
  { text: 'not' },
  { text: 'line\nbreak\u200b' },
]

describe('the query field', () => {
  it.each(states)('reads what it prints: %j', async (state) => {
    const { onstate, put } = await shown()
    put(state)
    await vi.waitFor(() => expect(fieldText() === '').toBe(Object.keys(state).length === 0))
    const text = fieldText()
    put({})
    await vi.waitFor(() => expect(fieldText()).toBe(''))
    await userEvent.fill(field, text)
    if (text !== '') expect(onstate).toHaveBeenLastCalledWith(state)
    expect(document.querySelector('[role=alert]')).toBeNull()
  })

  it('follows what is typed at once, leaves the text alone meanwhile, and tidies it when it is left', async () => {
    const { now } = await shown()
    await userEvent.fill(field, '  SPLIT:Test   class:iris ')
    expect(now()).toEqual({ part: 'test', classIndex: 1 })
    expect(fieldText()).toBe('  SPLIT:Test   class:iris ')
    ;(field.element() as HTMLInputElement).blur()
    await vi.waitFor(() => expect(fieldText()).toBe('split:test class:Iris'))
  })

  it('names what it does not understand, changes nothing, and leaves the text to be mended', async () => {
    const { now, onstate } = await shown({ part: 'val' })
    await userEvent.fill(field, 'split:tset color:red')
    const faults = page.getByRole('alert')
    await expect.element(faults).toMatchTextContent(/split: takes train, val or test, not tset\./)
    await expect.element(faults).toMatchTextContent(/There is no field color\./)
    await expect.element(field).toHaveAttribute('aria-invalid', 'true')
    expect(document.getElementById(field.element().getAttribute('aria-describedby') ?? '')).toBe(
      faults.element(),
    )
    expect(onstate).not.toHaveBeenCalled()
    ;(field.element() as HTMLInputElement).blur()
    await expect.element(faults).toBeVisible()
    expect(fieldText()).toBe('split:tset color:red')
    await userEvent.fill(field, 'split:test')
    expect(now()).toEqual({ part: 'test' })
    await vi.waitFor(() => expect(document.querySelector('[role=alert]')).toBeNull())
    await expect.element(field).toHaveAttribute('aria-invalid', 'false')
  })

  it('asks for the class that was meant', async () => {
    await shown()
    await userEvent.fill(field, 'class:colts')
    await expect
      .element(page.getByRole('alert'))
      .toMatchTextContent('There is no class colts. Did you mean class:"Colts Foot"?')
  })

  it('prints a state that was changed elsewhere in place of a text that was wrong', async () => {
    const { put } = await shown()
    await userEvent.fill(field, 'split:tset')
    await expect.element(page.getByRole('alert')).toBeVisible()
    put({ classIndex: 0 })
    await vi.waitFor(() => expect(fieldText()).toBe('class:"Colts Foot"'))
    expect(document.querySelector('[role=alert]')).toBeNull()
  })

  it('is emptied by Escape, which leads on, and by its button, which keeps the focus in it', async () => {
    const { now, onescape } = await shown({ part: 'test' })
    await userEvent.click(field)
    await userEvent.keyboard('{Escape}')
    expect(now()).toEqual({})
    expect(fieldText()).toBe('')
    expect(onescape).toHaveBeenCalledWith(field.element())
    await userEvent.fill(field, 'split:tset')
    await page.getByRole('button', { name: 'Clear the field' }).click()
    expect(fieldText()).toBe('')
    expect(document.activeElement).toBe(field.element())
    expect(document.querySelector('[role=alert]')).toBeNull()
    expect(document.querySelector('button')).toBeNull()
  })

  it('says how many there are', async () => {
    await shown()
    await expect.element(page.getByRole('status')).toHaveTextContent('108 images')
  })
})
