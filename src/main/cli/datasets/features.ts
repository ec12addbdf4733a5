import type { CliContext } from '../context'
import { findDataset } from './find'
import { followToEnd } from '../follow-task'
import { count, plural } from '../text/format'
import { findModelId } from '../models/model-id'
import { withAnyCore } from '../machine/open'

/** Computes the features of a dataset's images that are not there yet. Ctrl-C keeps what was computed. */
export function runFeatures(context: CliContext, wanted: string, model: string | undefined): Promise<number> {
  return withAnyCore(context, 'features', async (core) => {
    const { id, name } = await findDataset(core.call, wanted)
    const of = {
      datasetId: id,
      ...(model !== undefined && { modelId: await findModelId(core.call, model) }),
    }
    const { taskId } = await core.call('features.compute', of)
    const { note } = await followToEnd(context, core, taskId)
    const status = await core.call('features.status', of)
    context.output.record({ type: 'feature-status', status, note })
    const { computedCount, imageCount, width, modelName, cropPx } = status
    const unread = note === '' ? '' : ` (${note})`
    context.output.print(
      `${name}: ${count(computedCount)} of ${plural(imageCount, 'image')} ${computedCount === 1 ? 'has' : 'have'} features${unread}: ${count(width)} numbers each, of ${modelName} at ${count(cropPx)} px.`,
    )
    return 0
  })
}
