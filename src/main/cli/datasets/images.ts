import { extname } from 'node:path'
import type { FoundImage } from '../../../contract/entities/dataset'
import {
  imageExportEndings,
  imageExportFormats,
  imageExportNames,
  type ImageExportFormat,
} from '../../../contract/entities/image-export'
import type { CliContext } from '../context'
import { findDataset } from './find'
import { bytes, count, plural, table } from '../text/format'
import { followToEnd } from '../follow-task'
import { withAnyCore, withReading } from '../machine/open'
import { pathArgument } from '../path-argument'
import { withCaret } from '../text/query-caret'
import { wholeList } from '../runs/whole-list'

export interface QueryOptions {
  readonly limit: number
  readonly count?: boolean
  /** Where they are written, and how. */
  readonly export?: string
  readonly as?: ImageExportFormat
}

/** The images of a dataset that a query finds, in its order. */
export async function runImages(
  context: CliContext,
  wanted: string,
  query: string,
  options: QueryOptions,
): Promise<number> {
  const { output } = context
  if (options.export !== undefined) return await exported(context, wanted, query, options.export, options.as)
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
    if (total > 0) output.print(`\n${count(items.length)} of ${plural(total, 'image')}.`)
    return 0
  })
}

async function exported(
  context: CliContext,
  wanted: string,
  query: string,
  typed: string,
  as: ImageExportFormat | undefined,
): Promise<number> {
  const path = pathArgument(typed)
  const format = as ?? formatOf(path)
  return withAnyCore(context, 'images', async (core) => {
    const { id } = await findDataset(core.call, wanted)
    const choice = { query }
    const { taskId } = await withCaret(query, () =>
      core.call('imageExports.start', { datasetId: id, choice, format, path }),
    )
    const task = await followToEnd(context, core, taskId)
    context.output.record({ type: 'images-exported', path, format, count: task.done })
    const note = task.note === '' ? '' : `, ${task.note}`
    context.output.print(`${imageExportNames[format]}: ${path} (${plural(task.done, 'image')}${note})`)
    return 0
  })
}

/** As the name ends. */
function formatOf(path: string): ImageExportFormat {
  const ending = extname(path).slice(1).toLowerCase()
  return (
    imageExportFormats.find((format) => ending !== '' && imageExportEndings[format] === ending) ?? 'copies'
  )
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
