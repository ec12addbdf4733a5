import { expect, it } from 'vitest'
import { render } from 'vitest-browser-svelte'
import CheckView from '../../../../src/renderer/features/check/CheckView.svelte'
import { go } from '../../../../src/renderer/router.svelte'
import { app } from '../../../../src/renderer/state/app.svelte'

/** Opens the address; answers with the checks that it starts. */
async function open(check: object | null, asked: string): Promise<unknown[]> {
  const started: unknown[] = []
  const answers: Readonly<Record<string, unknown>> = {
    'preflight.findings': {
      ...{ datasetId: 3, check, imageCount: 9, pendingCount: 0, twins: { val: 0, test: 0 }, findings: [] },
    },
    'tasks.list': [],
    'preflight.thresholds': { usual: 1, current: 1, steps: [] },
  }
  app.start({
    call: (name: string, input: unknown) => {
      if (name === 'preflight.start') started.push(input)
      return Promise.resolve((answers[name] ?? { databaseCheck: {}, startNotes: [] }) as never)
    },
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
  go(`#/datasets/3?check=${asked}`)
  const shown = await render(CheckView, {
    props: { dataset: { id: 3, name: 'flowers', imageCount: 9 } as never },
  })
  await expect.poll(() => location.hash).toBe('#/datasets/3?check=true')
  await shown.unmount()
  return started
}

const checked = { checkedAtMs: 5, isCurrent: true, labelsCheckedAtMs: null, unreadCount: 0 }

it('an address that asks for wrong labels looks for them, once', async () => {
  expect(await open(null, 'labels')).toEqual([{ datasetId: 3, labels: true }])
  expect(await open(checked, 'labels')).toEqual([{ datasetId: 3, labels: true }])
  expect(await open({ ...checked, labelsCheckedAtMs: 5 }, 'labels')).toEqual([])
})

it('one that asks for the check of the dataset does that, once', async () => {
  expect(await open(null, 'now')).toEqual([{ datasetId: 3, labels: false }])
  expect(await open(checked, 'now')).toEqual([])
})
