import { getImage, imageLayout } from '../store/images'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'

export function imagesHandlers({ db }: ServiceContext): DomainHandlers<'images'> {
  return {
    'images.layout': async ({ datasetId, filter }) => imageLayout(db, datasetId, filter),
    'images.get': async ({ id }) => getImage(db, id),
  }
}
