import { expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import LabelSection from '../../../../src/renderer/features/labels/LabelSection.svelte'

it('says nothing of an image while the facts of the next one are on their way', async () => {
  const apply = vi.fn(() => Promise.resolve(true))
  const said = { className: null, excluded: false, note: '', tags: ['odd'] }
  const labels = { said: () => said, need: () => undefined, apply, summary: { undo: null, tags: [] } }
  const props = {
    ...{ labels: labels as never, image: { imageId: 7, path: 'a.jpg' }, label: 'Iris', likely: ['Rose'] },
    ...{ classNames: ['Iris', 'Rose'], several: false, onsaid: () => undefined, onback: () => undefined },
  }
  const { rerender } = await render(LabelSection, { props: { ...props, inHand: false } })
  await userEvent.keyboard('xpltn')
  for (const name of ['Exclude', 'It is Rose', 'Other class …', 'Remove the tag odd'])
    await page.getByRole('button', { name }).click()
  expect(apply).not.toHaveBeenCalled()
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument()
  await rerender({ ...props, inHand: true })
  await userEvent.keyboard('xp')
  expect(apply.mock.calls).toEqual([
    [[7], { kind: 'exclude' }],
    [[7], { kind: 'label', className: 'Rose' }],
  ])
})
