import type { Problem } from '../../contract/entities/dataset'
import { app } from './app.svelte'
import { PagedList } from './paged-list.svelte'

/** The problems of one dataset. */
export function problemsOf(id: number): PagedList<Problem> {
  return new PagedList(async (range) => {
    const { total, problems } = await app.call('datasets.problems', { id, ...range })
    return { total, items: problems }
  })
}
