import { mount, unmount } from 'svelte'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { page } from 'vitest/browser'
import DamagedRuns from '../../../../src/renderer/features/runs/DamagedRuns.svelte'

describe('runs whose rows are damaged', () => {
  it('are named with what is wrong, and can be deleted after a question', async () => {
    const remove = vi.fn(() => Promise.resolve(null))
    const component = mount(DamagedRuns, {
      target: document.body,
      props: { runs: [{ id: 7, name: 'oak and elm', reason: 'a part of its row is not whole' }], remove },
    })
    onTestFinished(() => void unmount(component))
    const list = page.getByRole('list', { name: 'Damaged runs' })
    const said = expect.poll(() => list.element().textContent)
    await said.toContain('“oak and elm” is damaged: a part of its row is not whole.')
    expect(list.element().textContent).toContain('Other runs are not affected.')
    await page.getByRole('button', { name: 'Delete oak and elm' }).click()
    await expect.element(page.getByRole('dialog', { name: 'Delete oak and elm?' })).toBeVisible()
    expect(remove).not.toHaveBeenCalled()
    await page.getByRole('button', { name: 'Delete run' }).click()
    await expect.poll(() => remove.mock.calls).toEqual([[7]])
  })
})
