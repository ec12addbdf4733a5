import type { DifferenceKind, ImageDifference } from '../../../contract/entities/dataset'
import { app } from '../app.svelte'
import { PagedList } from '../paged-list.svelte'

/** What the last check of a dataset found of one kind. */
export function differencesOf(id: number, kind: DifferenceKind): PagedList<ImageDifference> {
  return new PagedList(async (range) => {
    const { total, differences } = await app.call('datasets.differences', { id, kind, ...range })
    return { total, items: differences }
  })
}
