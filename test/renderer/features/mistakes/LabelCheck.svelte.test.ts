import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import LabelCheck from '../../../../src/renderer/features/mistakes/LabelCheck.svelte'
import { app } from '../../../../src/renderer/state/app.svelte'

it('opens as many near-duplicates as it counts: the image in hand is not among them', async () => {
  const copy = { className: 'Iris', part: 'val', kind: 'similar', path: 'Iris/a.jpg' }
  const copies = [8, 9].map((id) => ({ ...copy, id }))
  const check = {
    ...{ datasetId: 1, checkedAtMs: 5, labelsCheckedAtMs: null, outOfFold: null },
    ...{ copies, copyIds: [8, 9] },
  }
  app.start({
    call: (name: string) =>
      Promise.resolve(
        (name === 'preflight.ofImage' ? check : { databaseCheck: {}, startNotes: [] }) as never,
      ),
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
  await render(LabelCheck, { props: { imageId: 7 } })
  const count = page.getByRole('link', { name: '2', exact: true })
  await expect.element(count).toHaveAttribute('href', '#/datasets/1?q=id%3A8%2C9')
})
