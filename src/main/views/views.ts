/** Queries that were given a name, so that they can be asked again. */
import type { SavedQuery } from '../../contract/entities/saved-query'
import { WorkbenchError } from '../../contract/errors'
import { typedName } from '../../domain/names'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import { getDataset } from '../store/datasets/datasets'
import { deleteSavedQuery, getSavedQuery, listSavedQueries, putSavedQuery } from '../store/saved-queries'

export function viewsHandlers({ db, clock, emit }: ServiceContext): DomainHandlers<'views'> {
  const changed = ({ subject, datasetId }: Pick<SavedQuery, 'subject' | 'datasetId'>): void =>
    emit({ type: 'views-changed', subject, datasetId })
  return {
    'views.list': async ({ subject, datasetId }) => listSavedQueries(db, subject, datasetId),
    'views.save': async ({ subject, datasetId, name, overwrite, ...shown }) => {
      if ((datasetId === null) !== (subject === 'runs'))
        throw new WorkbenchError(
          'bad-input',
          'A view of runs is of no dataset, and every other one is of one.',
        )
      if (shown.table !== null && subject !== 'runs')
        throw new WorkbenchError('bad-input', 'Only a view of runs has columns.')
      if (datasetId !== null) getDataset(db, datasetId)
      const wanted = typedName(name, 'view')
      const before = listSavedQueries(db, subject, datasetId).find((view) => view.name === wanted)
      if (before !== undefined && !overwrite) {
        throw new WorkbenchError(
          'name-taken',
          `There is already a view named "${wanted}": ${before.query === '' ? `all ${subject}` : before.query}`,
          'Give this one another name, or replace that one.',
        )
      }
      const floor = before?.floor ?? null
      const saved = putSavedQuery(db, {
        subject,
        datasetId,
        name: wanted,
        ...shown,
        floor,
        createdAtMs: clock(),
      })
      changed(saved)
      return saved
    },
    'views.delete': async ({ id }) => {
      const view = getSavedQuery(db, id)
      deleteSavedQuery(db, id)
      changed(view)
      return {}
    },
  }
}
