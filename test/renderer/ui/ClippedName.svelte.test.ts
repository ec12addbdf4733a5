import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import ClippedName from '../../../src/renderer/ui/ClippedName.svelte'
import { roomOf } from '../support/room'

it('a name that is cut keeps the end that tells runs apart', async () => {
  const target = roomOf(100, 20)
  await render(ClippedName, { target, props: { name: 'flowers17-sample-bit-tiny-12' } })
  const whole = page.getByTitle('flowers17-sample-bit-tiny-12').element()
  expect(whole.textContent).toBe('flowers17-sample-bit-tiny-12')
  const [stem, end] = [...whole.childNodes].filter((node) => node.textContent !== '')
  expect([stem?.textContent, end?.textContent]).toEqual(['flowers17-sample-bit-tiny', '-12'])
  expect((stem as Element).scrollWidth).toBeGreaterThan((stem as Element).clientWidth)
  const range = document.createRange()
  range.selectNode(end as Node)
  expect(range.getBoundingClientRect().right).toBeLessThanOrEqual(target.getBoundingClientRect().right)
})
