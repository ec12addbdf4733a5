import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import { confusionOfPairs } from '../../../../src/contract/entities/confusion'
import MatrixView from '../../../../src/renderer/features/mistakes/MatrixView.svelte'

const run = { id: 1, datasetId: 3, evaluatedOn: 'test', wrongCount: 2, name: 'oak' }
const runs = [
  run,
  { ...run, id: 2, name: 'elm' },
  { ...run, id: 4, name: 'ash', evaluatedOn: 'val' },
  { ...run, id: 5, name: 'yew', datasetId: 6 },
]
const confusion = confusionOfPairs(['a', 'b'], [{ labelIndex: 0, predictedIndex: 1, count: 2 }])

async function choices(part: 'test' | 'val' | null): Promise<string[]> {
  const props = { confusion, run, part, runs, onquery: () => undefined } as never
  const { unmount } = await render(MatrixView, { props })
  const names = page
    .getByRole('option', { name: /^Difference/ })
    .elements()
    .map((option) => option.textContent)
  await unmount()
  return names
}

it('offers the difference to runs with results on the images that it counts, and to no others', async () => {
  expect(await choices('test')).toEqual(['Difference to elm'])
  expect(await choices('val')).toEqual(['Difference to ash'])
  expect(await choices(null)).toEqual([])
})
