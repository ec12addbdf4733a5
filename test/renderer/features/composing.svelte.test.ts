import { beforeEach, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import ClassPane from '../../../src/renderer/features/labelling/ClassPane.svelte'
import RelabelDialog from '../../../src/renderer/features/labels/RelabelDialog.svelte'
import TagDialog from '../../../src/renderer/features/labels/TagDialog.svelte'
import ClassField from '../../../src/renderer/features/ratings/ClassField.svelte'
import FindRunDialog from '../../../src/renderer/features/runs/FindRunDialog.svelte'
import { fakeCore, foundRuns, runRows } from '../support/fake-core'
import { compose, press } from '../support/keys'

const took = vi.fn()
const nothing = (): void => undefined
const classNames = ['樫', '樫の木']

beforeEach(() => {
  took.mockReset()
  fakeCore({
    'ratings.classNames': classNames,
    'history.find': ({ query }: { query: string }) => foundRuns(query.startsWith('state:') ? [] : [4]),
    'history.rows': runRows,
  })
})

const fields: readonly [where: string, show: () => unknown, label: string][] = [
  [
    'another class of an image',
    () =>
      render(RelabelDialog, {
        props: { open: true, classNames, current: '', likely: [], onchoose: took },
      }),
    'Class',
  ],
  [
    'the class of an image in Label',
    () =>
      render(ClassPane, {
        props: {
          ...{ classNames, counts: new Map(), likely: [] },
          ...{ onchoose: took, onconfirm: took, onname: took },
        },
      }),
    'Class of the image',
  ],
  [
    'the class that a rater names',
    () =>
      render(ClassField, {
        props: {
          ...{ ratingId: 1, given: '', ontake: took, onunsure: nothing, onback: nothing },
          ...{ onmove: nothing, onescape: took },
        },
      }),
    'Class',
  ],
  [
    'a tag',
    () =>
      render(TagDialog, {
        props: { title: 'Tags', tags: [], onadd: took, onremove: took, onclose: nothing },
      }),
    'Tag',
  ],
  [
    'a run to find',
    () => render(FindRunDialog, { props: { query: '', onchoose: took, onclose: nothing } }),
    'Find a run',
  ],
]

it.each(fields)('Enter is the input method’s while it composes %s', async (_where, show, label) => {
  await show()
  const field = page.getByRole(label === 'Find a run' ? 'searchbox' : 'combobox', { name: label })
  await userEvent.fill(field, '樫')
  if (label === 'Find a run') await expect.element(page.getByRole('button', { name: /run 4/ })).toBeVisible()
  compose('Enter')
  expect(took).not.toHaveBeenCalled()
  await expect.element(field).toHaveValue('樫')
  press('Enter')
  expect(took).toHaveBeenCalledOnce()
})
