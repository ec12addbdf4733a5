import {
  defaultSplitOptions,
  type DatasetDetail,
  type FolderChoice,
  type Problem,
  type SplitOptions,
  type TableColumns,
} from '../../../contract/entities/dataset'
import { fromWireError, WorkbenchError, type ErrorCode } from '../../../contract/errors'
import { formatPx } from '../../../domain/figures'
import { typedName } from '../../../domain/names'
import { sameBytesKinds } from '../../../domain/same-bytes'
import { refuseOverdrawn } from '../../../domain/split-options'
import type { CliContext } from '../context'
import { followTask } from '../follow-task'
import { bytes, count, table } from '../text/format'
import { type AnyCore, withAnyCore, withReading } from '../machine/open'
import { sameBytesText } from '../text/same-bytes-text'
import { pathArgument } from '../path-argument'
import { previewText } from '../text/preview-text'

export interface ImportOptions {
  readonly name?: string
  readonly val?: number
  readonly test?: number
  readonly splitSeed?: number
  /** Instead of a path. */
  readonly sample?: boolean
  readonly folders?: FolderChoice
  readonly pathColumn?: string
  readonly labelColumn?: string
  readonly splitColumn?: string
  /** Only says what the import would make of it. */
  readonly dryRun?: boolean
}

/** Problems that are written out; the rest is counted. */
const shownProblems = 20

/** Without a path the sample dataset is drawn, and imported. */
export async function runImport(
  context: CliContext,
  path: string | undefined,
  options: ImportOptions,
): Promise<number> {
  if ((path === undefined) !== (options.sample === true)) {
    throw new WorkbenchError('bad-input', 'Give the path of a folder, a list or a table, or --sample.')
  }
  // What is wrong use is said before the home is opened.
  const source = path === undefined ? undefined : pathArgument(path)
  const split = splitOf(options)
  refuseOverdrawn(split)
  if (options.name !== undefined) typedName(options.name, 'dataset')
  if (options.dryRun === true) return runPreview(context, source, options)
  return withAnyCore(context, 'import', async (core) => {
    const { taskId } = await startImport(core, source, options, split)
    const id = await withOption(followTask(context, core, taskId))
    const dataset = await core.call('datasets.get', { id })
    const { total, problems } = await core.call('datasets.problems', { id, offset: 0, limit: 1000 })
    const { output } = context
    output.record({ type: 'dataset', dataset })
    for (const problem of problems) output.record({ type: 'problem', problem })
    output.print(datasetText(dataset))
    for (const kind of sameBytesKinds) {
      const text = await sameBytesText(core, dataset, kind, output)
      if (text !== '') output.print(`\n${text}`)
    }
    if (total > 0) output.print(`\n${problemsText(problems, total)}`)
    output.print(
      dataset.isUnlabelled
        ? '\nNext: open the workbench and label the images: Datasets, Label'
        : `\nNext: bitw train --dataset ${dataset.id} --budget 5m`,
    )
    return 0
  })
}

async function runPreview(
  context: CliContext,
  path: string | undefined,
  options: ImportOptions,
): Promise<number> {
  if (path === undefined) throw new WorkbenchError('bad-input', '--dry-run looks at a path, not at --sample.')
  const input = { path, ...choicesOf(options) }
  const preview = await withReading(context, 'import', (call) => call('datasets.preview', input))
  const { output } = context
  output.record({ type: 'preview', preview })
  if (preview.fault !== null) {
    if (preview.imageCount > 0) output.print(previewText(preview))
    throw withOptionWords(fromWireError(preview.fault))
  }
  output.print(previewText(preview))
  output.print('\nNothing was imported. The import also looks at the content of each image.')
  return 0
}

function startImport(core: AnyCore, path: string | undefined, options: ImportOptions, split: SplitOptions) {
  if (path === undefined) return core.call('datasets.importSample', {})
  const { name = '' } = options
  return core.call('datasets.import', { path, name, split, ...choicesOf(options) })
}

function choicesOf(options: ImportOptions): { folders?: FolderChoice; columns?: TableColumns } {
  const { folders } = options
  const columns = columnsOf(options)
  return { ...(folders !== undefined && { folders }), ...(columns !== undefined && { columns }) }
}

/** undefined: as they are recognized. */
function columnsOf({ pathColumn, labelColumn, splitColumn }: ImportOptions): TableColumns | undefined {
  if (pathColumn === undefined && labelColumn === undefined && splitColumn === undefined) return undefined
  return {
    ...(pathColumn !== undefined && { path: pathColumn }),
    ...(labelColumn !== undefined && { label: labelColumn }),
    ...(splitColumn !== undefined && { part: splitColumn === 'none' ? null : splitColumn }),
  }
}

function splitOf({ val, test, splitSeed }: ImportOptions): SplitOptions {
  return {
    valFraction: val ?? defaultSplitOptions.valFraction,
    testFraction: test ?? defaultSplitOptions.testFraction,
    seed: splitSeed ?? defaultSplitOptions.seed,
  }
}

const optionWords: ReadonlyMap<ErrorCode, string> = new Map([
  [
    'layout-unclear',
    '--folders classes: these folders are the classes.\n--folders parts: they are parts, and the folders in them the classes.',
  ],
  ['columns-unclear', '--path-column NAME, --label-column NAME, --split-column NAME (or none).'],
])

/** A question is answered here by an option. */
async function withOption(imported: Promise<number>): Promise<number> {
  try {
    return await imported
  } catch (thrown) {
    throw thrown instanceof WorkbenchError ? withOptionWords(thrown) : thrown
  }
}

function withOptionWords(error: WorkbenchError): WorkbenchError {
  const words = optionWords.get(error.code)
  if (words === undefined) return error
  return new WorkbenchError(error.code, error.message, `${error.wayOut}\n${words}`, { cause: error })
}

export function datasetText(dataset: DatasetDetail): string {
  const { split } = dataset
  const origin = {
    folders: 'from the dataset itself',
    mixed:
      split.own.length === 0
        ? 'drawn by seed from the train part of the dataset itself'
        : `${split.own.join()} from the dataset itself, the rest drawn by seed`,
    seeded: 'drawn by seed',
  }[split.origin]
  const facts = table([
    ['Dataset', `${dataset.name} (${dataset.id})`],
    ['From', dataset.rootPath],
    ['Images', `${count(dataset.imageCount)}, ${bytes(dataset.byteCount)}`],
    ['Classes', count(dataset.classCount)],
    ['Median size', formatPx(dataset.medianWidthPx, dataset.medianHeightPx)],
    ['Rotated (EXIF)', count(dataset.rotatedCount)],
    ['Split', `${split.hash}, ${origin}`],
  ])
  const rows = dataset.classes.map(({ name, counts }) => [
    name,
    String(counts.train),
    String(counts.val),
    String(counts.test),
  ])
  const sums = ['all', String(split.counts.train), String(split.counts.val), String(split.counts.test)]
  return `${facts}\n\n${table([['class', 'train', 'val', 'test'], ...rows, sums], [1, 2, 3])}`
}

function problemsText(problems: readonly Problem[], total: number): string {
  const rows = problems
    .slice(0, shownProblems)
    .map(({ severity, path, message }) => [severity === 'error' ? 'left out' : 'note', path, message])
  const more = total > shownProblems ? `\n… and ${count(total - shownProblems)} more` : ''
  return `${table(rows)}${more}`
}
