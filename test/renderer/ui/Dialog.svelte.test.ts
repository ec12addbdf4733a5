import { mount, unmount } from 'svelte'
import { expect, it, onTestFinished, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { keys } from '../../../src/renderer/state/keys.svelte'
import { relabelProps } from '../support/relabel-props.svelte'
import RelabelDialog from '../../../src/renderer/features/labels/RelabelDialog.svelte'

it('what is typed right after the key that opens a dialog goes into its field, however late the next frame comes', async () => {
  const frames = vi.spyOn(window, 'requestAnimationFrame').mockReturnValue(0)
  const opener = document.createElement('button')
  document.body.append(opener)
  opener.focus()
  const { props, chosen, open } = relabelProps(['red bars', 'green discs'])
  const stop = keys.add('Labels', [{ keys: 'L', does: '', run: open }])
  const component = mount(RelabelDialog, { target: document.body, props })
  onTestFinished(() => {
    frames.mockRestore()
    stop()
    opener.remove()
    void unmount(component)
  })
  await userEvent.keyboard('lred')
  await expect.element(page.getByRole('combobox', { name: 'Class' })).toHaveValue('red')
  await userEvent.keyboard('{Enter}')
  expect(chosen).toEqual(['red bars'])
})
