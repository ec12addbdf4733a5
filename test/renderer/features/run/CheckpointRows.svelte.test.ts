import { mount, unmount, flushSync } from 'svelte'
import { expect, it, onTestFinished } from 'vitest'
import type { KeptCheckpoint } from '../../../../src/contract/entities/checkpoint'
import CheckpointRows from '../../../../src/renderer/features/run/CheckpointRows.svelte'
import '../../support/page'
import { nextLayout, roomOf } from '../../support/room'

const checkpoint = (stepIndex: number, changes: Partial<KeptCheckpoint> = {}): KeptCheckpoint => ({
  ...{ id: stepIndex, runId: 1, stepIndex, createdAtMs: 1, byteCount: 94_100_000, isPinned: false },
  ...{ modelId: `run:1@${String(stepIndex)}`, kinds: [], valAccuracy: 0.8766 },
  ...changes,
})

function show(checkpoints: readonly KeptCheckpoint[], { active = false, bestStep = 10_000 } = {}) {
  const said: string[] = []
  const note =
    (what: string) =>
    ({ stepIndex }: KeptCheckpoint): void =>
      void said.push(`${what} ${String(stepIndex)}`)
  const room = roomOf(256, 400)
  const component = mount(CheckpointRows, {
    target: room,
    props: {
      ...{ checkpoints, bestStep, found: {}, active },
      ...{ onpin: note('pin'), onverify: note('verify'), onexport: note('export'), ondelete: note('delete') },
      onevaluate: note('evaluate'),
    },
  })
  onTestFinished(() => void unmount(component))
  const buttons = (): HTMLElement[] => [...room.querySelectorAll<HTMLElement>('button, a')]
  const press = (name: string): void => {
    buttons()
      .find((button) => words(button) === name)
      ?.click()
    flushSync()
  }
  return { room, said, press, buttons }
}

it('checkpoints are listed newest first, with what keeps them, and fit into the narrow pane', async () => {
  const { room } = show([
    checkpoint(10_000, { kinds: ['best', 'pinned'], isPinned: true }),
    checkpoint(20_000, { kinds: ['last'] }),
  ])
  await document.fonts.ready
  await nextLayout()
  const rows = [...room.querySelectorAll('li')].map(({ textContent }) =>
    textContent.replace(/\s+/g, ' ').trim(),
  )
  expect(rows[0]).toMatch(/^Checkpoint of step 20,000 87\.7 % last 94\.1 MB$/)
  expect(rows[1]).toContain('bestpinned')
  expect(room.scrollWidth).toBeLessThanOrEqual(room.clientWidth)
})

it('a checkpoint that is opened can be tried, evaluated, exported, pinned, verified and deleted', () => {
  const { said, press, buttons } = show([checkpoint(10)])
  press('Checkpoint of step 10')
  for (const name of ['Evaluate …', 'Export …', 'Pin', 'Verify', 'Delete …']) press(name)
  expect(said).toEqual(['evaluate 10', 'export 10', 'pin 10', 'verify 10', 'delete 10'])
  expect(
    buttons()
      .find(({ textContent }) => textContent.trim() === 'Try it')
      ?.getAttribute('href'),
  ).toContain('run%3A1%4010')
})

it('what a training may still need, or what is in use, cannot be deleted', () => {
  const { said, press } = show([checkpoint(10, { kinds: ['in-use'] }), checkpoint(20, { kinds: ['last'] })], {
    active: true,
  })
  for (const step of ['10', '20']) {
    press(`Checkpoint of step ${step}`)
    press('Delete …')
  }
  expect(said).toEqual([])
})

/** What a button is called; of a row only what it is, without its figures. */
function words(button: Element): string {
  const named = button.querySelector('.step') ?? button
  return named.textContent.replace(/\s+/g, ' ').trim()
}

it('the best of the checkpoints is not called the best where the run was better between them', () => {
  const { room } = show([checkpoint(10, { kinds: ['best'] })], { bestStep: 15 })
  expect(room.querySelector('.tag')?.textContent).toBe('best kept')
})
