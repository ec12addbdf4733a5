import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import RuleSheet from '../../../../src/renderer/features/train/RuleSheet.svelte'
import { emptySheet } from '../../../../src/renderer/state/runs/train-settings'
import { train } from '../../../../src/renderer/state/runs/train.svelte'
import { dataset, followSheet } from '../../support/rule-line.svelte'

const line = (label: string) => page.getByRole('row', { name: new RegExp(`^${label}`) })
const button = (name: string) => page.getByRole('button', { name, exact: true })
const steps = page.getByRole('group', { name: 'Steps' }).getByRole('textbox')
const summary = (): string => document.querySelector('.dep')?.textContent ?? ''

/** Opens the value of a line to be typed over, and leaves the caret in it. */
async function edit(label: string): Promise<void> {
  await line(label).getByRole('button').first().click()
  await vi.waitFor(() => expect(document.activeElement?.tagName).toBe('INPUT'))
}

async function expectValue(label: string, value: string): Promise<void> {
  await expect.element(line(label).getByRole('button').first()).toMatchTextContent(new RegExp(`^${value}`))
}

describe('the recipe sheet', () => {
  let stop: () => void
  beforeAll(() => {
    sessionStorage.clear()
    stop = followSheet()
  })
  afterAll(() => stop())
  beforeEach(async () => {
    train.take({ ...emptySheet, from: 'zero', fromAsked: true })
    await render(RuleSheet, { props: { dataset } })
    await expectValue('Steps', '500')
  })

  it('takes a typed value with Enter, says what it stands for, and goes back to the rule', async () => {
    await edit('Steps')
    await expect.element(steps).toHaveValue('500')
    await userEvent.keyboard('1,200{Enter}')
    await expectValue('Steps', '1,200')
    expect(train.settings).toEqual({ stepCount: 1200 })
    await expect.element(line('Steps')).toMatchTextContent(/instead of 500/)
    expect(summary()).toBe('1 departure from the rule')
    expect(document.activeElement).toBe(line('Steps').getByRole('button').first().element())
    await button('Steps: restore the rule’s value').click()
    await expectValue('Steps', '500')
    expect(train.settings).toEqual({})
    expect(summary()).toBe('')
  })

  it('leaves a value as it was with Escape, and gives the focus back to it', async () => {
    await edit('Steps')
    await userEvent.keyboard('9{Escape}')
    await expectValue('Steps', '500')
    expect(train.settings).toEqual({})
    expect(document.activeElement).toBe(line('Steps').getByRole('button').first().element())
  })

  it('says what is wrong while it is typed, takes it neither with Enter nor by leaving, and lets nothing start', async () => {
    await edit('Steps')
    await userEvent.fill(steps, '1.5')
    const problem = page.getByText('1.5 is not a whole number. Allowed: a whole number from 1 to 10,000,000.')
    await expect.element(problem).toBeVisible()
    await expect.element(steps).toHaveAttribute('aria-invalid', 'true')
    expect(
      document.getElementById(steps.element().getAttribute('aria-describedby') ?? '')?.textContent,
    ).toContain('1.5 is')
    await vi.waitFor(() => expect(train.canStart).toBe(false))
    await userEvent.keyboard('{Enter}')
    await expect.element(steps).toHaveValue('1.5')
    await userEvent.keyboard('{Tab}')
    await expect.element(problem).toBeVisible()
    expect(train.settings).toEqual({})
    await userEvent.fill(steps, '20')
    ;(steps.element() as HTMLInputElement).blur()
    await expectValue('Steps', '20')
    await vi.waitFor(() => expect(train.canStart).toBe(true))
  })

  it('keeps two values of a line together: a crop is no larger than its resize', async () => {
    await edit('Resize')
    const [resize, crop] = ['Resize, px', 'Crop, px'].map((name) => page.getByRole('textbox', { name }))
    if (resize === undefined || crop === undefined) throw new Error('no fields')
    await userEvent.fill(resize, '128 px')
    await userEvent.keyboard('{Tab}')
    expect(document.activeElement).toBe(crop.element())
    await userEvent.fill(crop, '160')
    await expect.element(page.getByText(/160 px is larger than the resize, 128 px\./)).toBeVisible()
    await userEvent.fill(crop, '96')
    await userEvent.keyboard('{Enter}')
    await vi.waitFor(() => expect(train.settings).toEqual({ resizePx: 128, cropPx: 96 }))
    await expectValue('Resize', '128')
  })

  it('goes back to the rule with an empty field, and the rule’s own value is no departure', async () => {
    await edit('Steps')
    await userEvent.keyboard('700{Enter}')
    await expectValue('Steps', '700')
    await edit('Steps')
    await userEvent.keyboard('{Delete}{Enter}')
    await expectValue('Steps', '500')
    await edit('Steps')
    await userEvent.keyboard('500{Enter}')
    await expectValue('Steps', '500')
    expect(train.settings).toEqual({})
  })

  it('resets everything to the rule, and takes the reset back', async () => {
    train.set({ stepCount: 900, flip: false })
    train.seed = 7
    await expectValue('Steps', '900')
    expect(summary()).toBe('2 departures from the rule')
    await button('Reset to the rule').click()
    await expectValue('Steps', '500')
    expect(train.sheet).toMatchObject({ settings: {}, seed: 0 })
    expect(document.querySelector('.away button')).toBeNull()
    await button('Undo').click()
    await expectValue('Steps', '900')
    expect(train.sheet).toMatchObject({ settings: { stepCount: 900, flip: false }, seed: 7 })
  })

  it('forgets a wrong text with the reset', async () => {
    train.set({ flip: false })
    await edit('Steps')
    await userEvent.fill(steps, 'many')
    await expect.element(page.getByText(/“many” is not a number\./)).toBeVisible()
    await button('Reset to the rule').click()
    await expectValue('Steps', '500')
    await vi.waitFor(() => expect(train.canStart).toBe(true))
  })

  it('switches a choice of two with one press, and back with another', async () => {
    await expectValue('Horizontal flip', 'on')
    await line('Horizontal flip').getByRole('button').first().click()
    await vi.waitFor(() => expect(train.settings).toEqual({ flip: false }))
    await expect.element(line('Horizontal flip')).toMatchTextContent(/instead of/)
    await line('Horizontal flip').getByRole('button').first().click()
    await vi.waitFor(() => expect(train.settings).toEqual({}))
  })

  it('keeps open what is beyond the rule while something of it is set', async () => {
    const group = page.getByRole('button', { name: /^Beyond the rule/ })
    await expect.element(group).toHaveAttribute('aria-expanded', 'false')
    await group.click()
    await page.getByRole('combobox', { name: 'Loss' }).selectOptions('sigmoid')
    await vi.waitFor(() => expect(train.settings).toMatchObject({ loss: 'sigmoid' }))
    await expect.element(group).toBeDisabled()
    await expect.element(group).toHaveAttribute('aria-expanded', 'true')
    await page.getByRole('combobox', { name: 'Loss' }).selectOptions('softmax')
    await vi.waitFor(() => expect(train.settings).toEqual({}))
    await expect.element(group).toBeEnabled()
  })

  it('keeps a wrong seed in its field and starts nothing, until it is mended or taken back', async () => {
    const seed = page.getByRole('textbox', { name: 'Seed' })
    await userEvent.fill(seed, '-1')
    await expect.element(page.getByText(/-1 is too small\./)).toBeVisible()
    await vi.waitFor(() => expect(train.canStart).toBe(false))
    expect(train.seed).toBe(0)
    await userEvent.keyboard('{Escape}')
    await expect.element(seed).toHaveValue('0')
    await userEvent.fill(seed, '42')
    await vi.waitFor(() => expect(train.canStart).toBe(true))
    expect(train.seed).toBe(42)
  })

  it('shows why there is no plan, and the way out', async () => {
    train.set({ resizePx: 64, cropPx: 128 })
    await expect
      .element(page.getByText('A crop of 128 px cannot be cut from an image of 64 px.'))
      .toBeVisible()
    await page.getByRole('alert').getByRole('button', { name: 'Reset to the rule' }).click()
    await vi.waitFor(() => expect(document.querySelector('.err')).toBeNull())
    expect(train.settings).toEqual({})
  })
})
