/** What is in a bundle, by what it says of itself: nothing is kept, and what is large in it is not read. */
import { stat } from 'node:fs/promises'
import type { BundleFacts } from '../../contract/entities/bundle-facts'
import { shownName } from '../../domain/names'
import { wholePath } from '../app/whole-path'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import { splitOfVersion } from '../store/runs/bundled-runs'
import { getDataset } from '../store/datasets/datasets'
import { withBundle } from './bundle-file'
import { bundleDatasetSchema, bundleRunSchema, members } from './bundle-format'

export function lookAtBundleHandler({
  db,
}: Pick<ServiceContext, 'db'>): Pick<DomainHandlers<'exchange'>, 'exchange.lookAt'> {
  return {
    'exchange.lookAt': async ({ path }) => {
      const file = wholePath(path)
      return withBundle(file, async (bundle): Promise<BundleFacts> => {
        const { run, marks, weightsStep, sets } = await bundle.value(members.run, bundleRunSchema)
        const dataset = await bundle.value(members.dataset, bundleDatasetSchema)
        const { state, model, createdAtMs, stepsDone, accuracy, evaluatedOn } = run
        const here = splitOfVersion(db, dataset.versionSha256)
        return {
          ...{ name: shownName(run.name, 'imported run'), state, model, createdAtMs, stepsDone },
          ...{ accuracy, evaluatedOn, ...marks, weightsStep, setCount: sets.length },
          datasetName: shownName(dataset.name, 'dataset'),
          imageCount: dataset.imageCount,
          classCount: dataset.classNames.length,
          datasetHere: here === null ? null : getDataset(db, here.datasetId).name,
          writtenBy: shownName(bundle.writtenBy, 'another program'),
          byteCount: (await stat(file)).size,
        }
      })
    },
  }
}
