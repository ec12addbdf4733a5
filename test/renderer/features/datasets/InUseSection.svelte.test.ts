import { mount, unmount } from 'svelte'
import { expect, it, onTestFinished } from 'vitest'
import type { Promotion } from '../../../../src/contract/entities/promotion'
import InUseSection from '../../../../src/renderer/features/datasets/InUseSection.svelte'
import '../../support/page'
import { nextLayout, roomOf } from '../../support/room'

const promotion = (id: number, changes: Partial<Promotion> = {}): Promotion => ({
  ...{ id, datasetId: 1, datasetName: 'flowers', runId: id, runName: `run ${String(id)}`, stepIndex: 6 },
  ...{ atMs: Date.UTC(2026, 0, id), byWhom: 'Ada', why: '', temperature: null, threshold: null },
  ...{ unusedTemperature: null, isBack: false, ...changes },
})

function show(promotions: readonly Promotion[]) {
  let taken = 0
  const room = roomOf(168, 400)
  const component = mount(InUseSection, {
    target: room,
    props: { promotions, ontakeback: () => void taken++ },
  })
  onTestFinished(() => void unmount(component))
  return { room, taken: () => taken }
}

it('the model in use says who promoted it, when and why, with those before it, in the narrowest pane', async () => {
  const { room, taken } = show([
    promotion(2, { why: 'Fewer mistakes on irises', threshold: 0.6, temperature: 1.25 }),
    promotion(1, { why: 'First', unusedTemperature: 0.02 }),
  ])
  await nextLayout()
  expect(room.textContent).toMatch(
    /run 2.*since .*by Ada.*unsure below 60.*temperature 1.250.*Fewer mistakes/s,
  )
  expect(room.querySelector('details')?.textContent).toMatch(
    /1 earlier one.*run 1.*by Ada.*no temperature: the stored one, 0.020,.*First/s,
  )
  expect([...room.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual([
    '#/runs/2',
    '#/runs/1',
  ])
  expect(room.scrollWidth).toBeLessThanOrEqual(room.clientWidth)
  room.querySelector('button')?.click()
  expect(taken()).toBe(1)
})

it('where the last promotion was taken back none is in use, and there is nothing to take back', () => {
  const { room } = show([
    promotion(2, { runId: null, runName: null, isBack: true, why: 'Taken back: run 1' }),
    promotion(1),
  ])
  expect(room.querySelector('b')?.textContent).toBe('none')
  expect(room.querySelector('button')).toBeNull()
})

it('a dataset of which no model was ever promoted has no such section', () => {
  expect(show([]).room.textContent).toBe('')
})
