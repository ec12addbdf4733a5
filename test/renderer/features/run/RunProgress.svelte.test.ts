import { mount, unmount } from 'svelte'
import { expect, it, onTestFinished } from 'vitest'
import RunProgress from '../../../../src/renderer/features/run/RunProgress.svelte'
import '../../support/page'
import { nextLayout, roomOf } from '../../support/room'

const many = (value: number): number[] => Array.from({ length: 1100 }, () => value)
const run = {
  ...{ state: 'training', stepsDone: 1100, createdAtMs: 1_700_000_000_000, heldOut: { val: 68, test: 136 } },
  recipe: { stepCount: 10_000, batchSize: 128, decayAtSteps: [3000, 6000, 9000], evaluateEverySteps: 1000 },
}
const steps = {
  version: 1,
  atMs: many(0).map((_, at) => Date.now() - (1100 - at) * 273),
  stepMs: many(273),
  waitMs: many(1),
}

function isApart(one: DOMRect, other: DOMRect): boolean {
  const isBeside = one.right <= other.left || other.right <= one.left
  return isBeside || one.bottom <= other.top || other.bottom <= one.top || one.width * other.width === 0
}

it.each([
  ['a window of 1024 px', 403],
  ['one of 1280 px', 660],
])('what a training says of itself stays in its place in %s', async (_, widthPx) => {
  const room = roomOf(widthPx, 80)
  room.style.display = 'block'
  const component = mount(RunProgress, {
    target: room,
    props: { run: run as never, view: { steps, evaluations: [], active: true } as never },
  })
  onTestFinished(() => void unmount(component))
  await document.fonts.ready
  await nextLayout()
  expect(room.textContent).toMatch(/left/)
  const words = [...room.querySelectorAll('.row1 > span, .ticks > span')]
  expect(words.length).toBeGreaterThanOrEqual(7)
  const places = words.map((word) => word.getBoundingClientRect())
  const end = room.getBoundingClientRect().right
  expect(places.filter(({ right }) => right > end)).toEqual([])
  expect(places.flatMap((one, at) => places.slice(at + 1).filter((other) => !isApart(one, other)))).toEqual(
    [],
  )
})
