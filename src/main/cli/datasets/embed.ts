import { featureFormat } from '../../report/feature-file'
import type { CliContext } from '../context'
import { findModelId } from '../models/model-id'
import { followToEnd } from '../follow-task'
import { plural } from '../text/format'
import { withoutWriting } from '../machine/open'
import { pathArgument } from '../path-argument'

/** Writes the features of images to a file. */
export async function runEmbed(
  context: CliContext,
  model: string,
  paths: readonly string[],
  { out, crop }: { readonly out: string; readonly crop?: number },
): Promise<number> {
  const { output } = context
  const file = pathArgument(out)
  featureFormat(file) // a name that says no format is wrong use before anything is opened
  const given = paths.map(pathArgument)
  return withoutWriting(context, 'embed', async (core) => {
    const { taskId } = await core.call('predict.embed', {
      modelId: await findModelId(core.call, model),
      paths: given,
      file,
      ...(crop !== undefined && { cropPx: crop }),
    })
    const { done, note } = await followToEnd(context, core, taskId)
    output.record({ type: 'features', file, imageCount: done, note })
    output.print(`${out}: features of ${plural(done, 'image')}${note === '' ? '' : `, ${note}`}`)
    return 0
  })
}
