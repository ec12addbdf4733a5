import type { FoundImage } from '../../contract/entities/dataset'
import type { CliContext } from './context'
import { findDataset } from './find'
import { bytes, count, table } from './format'
import { withReading } from './open'
import { withCaret } from './query-caret'
import { wholeList } from './whole-list'

export interface QueryOptions {
  readonly limit: number
  readonly count?: boolean
}

/** The images of a dataset that a query finds, in its order. */
export async function runImages(
  context: CliContext,
  wanted: string,
  query: string,
  options: QueryOptions,
): Promise<number> {
  const { output } = context
  return withReading(context, 'images', async (call) => {
    const dataset = await findDataset(call, wanted)
    const limit = options.count === true ? 1 : options.limit
    const { total, items } = await withCaret(query, () =>
      wholeList(limit, async (range) => {
        const page = await call('images.query', { datasetId: dataset.id, query, ...range })
        return { total: page.total, items: page.images }
      }),
    )
    if (options.count === true) {
      output.record({ type: 'count', count: total })
      output.print(String(total))
      return 0
    }
    for (const image of items) output.record({ type: 'image', datasetId: dataset.id, image })
    output.print(total === 0 ? `No image of ${dataset.name} matches.` : imagesText(items))
    if (total > 0) output.print(`\n${count(items.length)} of ${count(total)} images.`)
    return 0
  })
}

function imagesText(images: readonly FoundImage[]): string {
  const rows = images.map(({ path, className, part, widthPx, heightPx, byteCount }) => [
    className,
    part,
    `${widthPx} × ${heightPx}`,
    bytes(byteCount),
    path,
  ])
  return table([['class', 'part', 'px', 'size', 'image'], ...rows], [2, 3])
}
