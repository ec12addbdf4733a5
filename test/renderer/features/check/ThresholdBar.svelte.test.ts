import { flushSync, mount, unmount } from 'svelte'
import { expect, it, onTestFinished } from 'vitest'
import ThresholdBar from '../../../../src/renderer/features/check/ThresholdBar.svelte'
import '../../support/page'

it('the count follows the slider, and letting go takes the threshold', () => {
  const taken: number[] = []
  const thresholds = {
    ...{ usual: 0.99, current: 0.99 },
    steps: [
      { likeness: 0.985, groupCount: 3, contentCount: 9 },
      { likeness: 0.99, groupCount: 1, contentCount: 2 },
      { likeness: 0.995, groupCount: 0, contentCount: 0 },
    ],
  }
  const onset = async (likeness: number): Promise<void> => void taken.push(likeness)
  const component = mount(ThresholdBar, { target: document.body, props: { thresholds, onset } })
  onTestFinished(() => void unmount(component))
  flushSync()
  const output = document.querySelector('output')
  const slider = document.querySelector('input')
  expect(output?.textContent).toBe('0.9900: 1 group, 2 files in all')
  if (slider === null) throw new Error('There is no slider.')
  slider.value = '0'
  slider.dispatchEvent(new Event('input', { bubbles: true }))
  flushSync()
  expect(output?.textContent).toBe('0.9850: 3 groups, 9 files in all')
  expect(taken).toEqual([])
  slider.dispatchEvent(new Event('change', { bubbles: true }))
  expect(taken).toEqual([0.985])
})
