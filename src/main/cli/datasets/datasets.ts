import type { CliContext } from '../context'
import { count, percent, table } from '../text/format'
import { withReading } from '../machine/open'

export async function runDatasets(context: CliContext): Promise<number> {
  const { output } = context
  const { datasets, damaged } = await withReading(context, 'datasets', async (call) => ({
    datasets: await call('datasets.list', {}),
    damaged: await call('datasets.damaged', {}),
  }))
  for (const dataset of datasets) output.record({ type: 'dataset', dataset })
  for (const { id, name, reason } of damaged)
    output.note(
      `The dataset "${name}" (number ${String(id)}) is damaged: ${reason}. Other datasets are not affected.`,
    )
  if (datasets.length === 0) {
    output.print(
      'No datasets yet. "bitw import PATH --name NAME" imports a folder with one subfolder per class, or a list of images.',
    )
    return 0
  }
  const rows = datasets.map((dataset) => [
    String(dataset.id),
    dataset.name,
    String(dataset.versionNumber),
    count(dataset.imageCount),
    String(dataset.classCount),
    splitText(dataset.split.counts, dataset.imageCount),
    String(dataset.problemCount),
    String(dataset.runCount),
    dataset.rootPath,
  ])
  const head = [
    'id',
    'name',
    'version',
    'images',
    'classes',
    'train / val / test, of all images',
    'problems',
    'runs',
    'from',
  ]
  output.print(table([head, ...rows], [0, 2, 3, 4, 6, 7]))
  return 0
}

function splitText(
  { train, val, test }: { train: number; val: number; test: number },
  total: number,
): string {
  return [train, val, test].map((part) => percent(total === 0 ? 0 : part / total)).join(' / ')
}
