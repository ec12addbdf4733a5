import { mount, unmount } from 'svelte'
import { expect, it, onTestFinished } from 'vitest'
import type { GroupDetail, Trial } from '../../../../src/contract/entities/queue'
import TrialTable from '../../../../src/renderer/features/queue/TrialTable.svelte'
import '../../support/page'
import { roomOf } from '../../support/room'

const trial = (index: number, state: Trial['state'], runId: number | null): Trial => ({
  ...{ index, state, runId, values: { baseLearningRate: 0.01 * (index + 1) }, seed: 0, stepsDone: 10 },
  ...{ stepCount: 40, valAccuracy: null, testAccuracy: null, durationMs: null, error: null },
})

it('a single trial is paused, gone on with, extended or skipped, as its state allows', () => {
  const trials = [
    trial(0, 'running', 11),
    trial(1, 'paused', 12),
    trial(2, 'ended', 13),
    trial(3, 'waiting', null),
    trial(4, 'failed', null),
  ]
  const said: string[] = []
  const note =
    (what: string) =>
    (...of: number[]): void =>
      void said.push([what, ...of].join(' '))
  const room = roomOf(900, 400)
  const component = mount(TrialTable, {
    target: room,
    props: {
      group: { kind: 'sweep', trials } as unknown as GroupDetail,
      ...{ onskip: note('skip'), onpause: note('pause'), ongoon: note('go on'), onextend: note('extend') },
    },
  })
  onTestFinished(() => void unmount(component))
  const buttons = [...room.querySelectorAll<HTMLButtonElement>('tbody button')]
  expect(buttons.map((button) => button.getAttribute('aria-label'))).toEqual([
    'Pause trial 1',
    'Skip trial 1',
    'Go on with trial 2',
    'Skip trial 2',
    'Extend trial 3 …',
    'Skip trial 4',
  ])
  for (const button of buttons) button.click()
  expect(said).toEqual(['pause 11', 'skip 0', 'go on 12', 'skip 1', 'extend 13 40', 'skip 3'])
})
