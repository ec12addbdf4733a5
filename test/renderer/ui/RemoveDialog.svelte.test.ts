import { createRawSnippet, mount, unmount } from 'svelte'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import type { WireError } from '../../../src/contract/errors'
import RemoveDialog from '../../../src/renderer/ui/RemoveDialog.svelte'
import { nextLayout } from '../support/room'

const dialog = page.getByRole('dialog', { name: 'Delete run 3?' })
const keep = page.getByRole('button', { name: /^Keep/ })
const action = page.getByRole('button', { name: 'Delete run' })

/** Opened from a button, as on every screen; closed by what it asks for. */
async function opened(remove: () => Promise<WireError | null> = async () => null) {
  const opener = document.createElement('button')
  opener.textContent = 'Delete …'
  document.body.append(opener)
  opener.focus()
  const onclose = vi.fn(() => void unmount(component))
  const component = mount(RemoveDialog, {
    target: document.body,
    props: {
      title: 'Delete run 3?',
      action: 'Delete run',
      remove,
      onclose,
      children: createRawSnippet(() => ({ render: () => '<span>This deletes its checkpoints.</span>' })),
    },
  })
  onTestFinished(() => {
    opener.remove()
    if (onclose.mock.calls.length === 0) void unmount(component)
  })
  await expect.element(dialog).toBeVisible()
  await expect.poll(() => document.activeElement?.textContent.trim()).toMatch(/^Keep/)
  return { opener, onclose }
}

/** What ends a removal, when the test says so. */
function removal() {
  let end: (error: WireError | null) => void = () => undefined
  const remove = vi.fn(() => new Promise<WireError | null>((resolve) => (end = resolve)))
  return { remove, end: (error: WireError | null) => end(error) }
}

const diskFull: WireError = { code: 'internal', message: 'The disk is full.', wayOut: 'Free some space.' }

describe('a dialog that asks before something is deleted', () => {
  it('starts on the button that keeps, and holds Tab and Shift Tab inside', async () => {
    const { opener } = await opened()
    const order: (string | undefined)[] = []
    for (const keys of ['{Tab}', '{Tab}', '{Shift>}{Tab}{/Shift}', '{Shift>}{Tab}{/Shift}']) {
      await userEvent.keyboard(keys)
      order.push(document.activeElement?.textContent?.trim().split(/\s/)[0])
    }
    expect(order).toEqual(['Delete', 'Keep', 'Delete', 'Keep'])
    expect(document.activeElement).not.toBe(opener)
  })

  it('closes on Escape, removes nothing, and gives the focus back', async () => {
    const { remove } = removal()
    const { opener, onclose } = await opened(remove)
    await userEvent.keyboard('{Escape}')
    expect(onclose).toHaveBeenCalledTimes(1)
    await expect.poll(() => document.querySelector('[role=dialog]')).toBeNull()
    await expect.poll(() => document.activeElement).toBe(opener)
    expect(remove).not.toHaveBeenCalled()
  })

  it('removes once, and cannot be left while it does: nothing is kept any more', async () => {
    const { remove, end } = removal()
    const { onclose } = await opened(remove)
    await action.click()
    await expect.element(action).toBeDisabled()
    await expect.element(keep).toBeDisabled()
    await expect.element(dialog).toHaveAttribute('aria-busy', 'true')
    await userEvent.keyboard('{Escape}{Enter}')
    await userEvent.click(document.body, { position: { x: 5, y: 5 } })
    await nextLayout()
    expect(onclose).not.toHaveBeenCalled()
    expect(remove).toHaveBeenCalledTimes(1)
    end(null)
    await expect.element(keep).toBeEnabled()
  })

  it('says what went wrong, stays open with the focus inside, and can be tried again or left', async () => {
    const { remove, end } = removal()
    const { onclose } = await opened(remove)
    await action.click()
    end(diskFull)
    await expect.element(page.getByRole('alert')).toMatchTextContent(/The disk is full\..*Free some space\./)
    await expect.element(action).toBeEnabled()
    await expect.poll(() => dialog.element().contains(document.activeElement)).toBe(true)
    await action.click()
    expect(remove).toHaveBeenCalledTimes(2)
    end(diskFull)
    await expect.element(keep).toBeEnabled()
    await userEvent.keyboard('{Escape}')
    expect(onclose).toHaveBeenCalledTimes(1)
  })
})
