import { expect, it } from 'vitest'
import { render } from 'vitest-browser-svelte'
import MistakesScreen from '../../../../src/renderer/features/mistakes/MistakesScreen.svelte'
import { go } from '../../../../src/renderer/router.svelte'
import { fakeCore, foundRuns, runRows } from '../../support/fake-core'

it('stays with the run that it began with where another one ends', async () => {
  let ids = [4, 3]
  const core = fakeCore({
    'history.find': ({ query }: { query: string }) => foundRuns(query.startsWith('state:') ? [] : ids),
    'history.rows': runRows,
  })
  const asked = (call: string) => core.asked.filter(({ name }) => name === call).map(({ input }) => input)
  go('#/mistakes?q=label:oak')
  await render(MistakesScreen)
  await expect.poll(() => location.hash).toBe('#/mistakes/4?q=label%3Aoak')
  expect(asked('runs.get')).toEqual([{ id: 4 }])
  ids = [5, 4, 3]
  core.emit({ type: 'runs-changed' })
  await expect.poll(() => asked('history.rows')).toContainEqual({ ids: [5, 4, 3] })
  expect(location.hash).toBe('#/mistakes/4?q=label%3Aoak')
  expect(asked('runs.get')).toEqual([{ id: 4 }])
})
