import { Command, Option } from 'commander'
import { decimal, seed } from '../arguments'
import type { Start } from '../context'
import { runDatasets } from './datasets'
import { runSplitList, type SplitListOptions } from './split-list'
import { runCheckDataset, runMoveDataset, runTakeIn, runVersions } from './dataset-versions'

export function datasetsCommand(start: Start): Command {
  const datasets = new Command('datasets')
    .description('list the datasets; check one for changes, take them in, say where its images are now')
    .action(() => start(runDatasets))
    .exitOverride()
  datasets
    .command('check')
    .description('find images that are new, gone, changed or moved since the dataset’s version was made')
    .argument('<dataset>', 'name or number')
    .action((wanted: string) => start((context) => runCheckDataset(context, wanted)))
  datasets
    .command('take-in')
    .description(
      'make a new version of the dataset from what is there now; runs keep the version that they used',
    )
    .argument('<dataset>', 'name or number')
    .action((wanted: string) => start((context) => runTakeIn(context, wanted)))
  datasets
    .command('move')
    .description(
      'say where the images of a dataset are now; sizes and a sample of contents are compared first',
    )
    .argument('<dataset>', 'name or number')
    .argument('<folder>', 'the folder or file at its new place')
    .action((wanted: string, path: string) => start((context) => runMoveDataset(context, wanted, path)))
  datasets
    .command('split')
    .description(
      'write the split as a list, a line with path, class and part per image, that can be imported; take a split from such a list; or divide the images anew with --keep',
    )
    .argument('<dataset>', 'name or number')
    .argument('[file]', 'the new list')
    .option('--from <list>', 'divide the images as this list says: a line with path and part per image')
    .addOption(
      new Option('--keep <what>', 'divide anew, with these in one part, beside copies')
        .choices(['copies', 'look-alikes', 'folder', 'column'])
        .conflicts('from'),
    )
    .option('--column <name>', 'with --keep column: that of the dataset’s table, such as a patient')
    .option('--val <fraction>', 'with --keep: share of each class for val', decimal(0, 0.9))
    .option('--test <fraction>', 'with --keep: share of each class for test', decimal(0, 0.9))
    .option('--split-seed <number>', 'with --keep: seed of the split', seed)
    .action((wanted: string, file: string | undefined, options: SplitListOptions) =>
      start((context) => runSplitList(context, wanted, file, options)),
    )
  datasets
    .command('versions')
    .description('list the versions of a dataset')
    .argument('<dataset>', 'name or number')
    .action((wanted: string) => start((context) => runVersions(context, wanted)))
  return datasets
}
