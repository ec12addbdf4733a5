import { Command, Option } from 'commander'
import { integer } from '../arguments'
import type { Start } from '../context'
import {
  runLabelApply,
  runLabelExport,
  runLabelHistory,
  runLabelList,
  runLabelSet,
  runLabelUndo,
  type LabelOptions,
} from './labels'

export function labelsCommand(start: Start): Command {
  const labels = new Command('labels')
    .description('correct labels: nothing on the disk changes, and every change can be undone')
    .exitOverride()
  const dataset = ['<dataset>', 'name or number'] as const
  labels
    .command('list')
    .description('list what was corrected')
    .argument(...dataset)
    .action((wanted: string) => start((context) => runLabelList(context, wanted)))
  labels
    .command('history')
    .description('list who corrected or judged what when, the newest first')
    .argument(...dataset)
    .option('--limit <number>', 'how many', integer(1, 1e9), 20)
    .action((wanted: string, { limit }: { limit: number }) =>
      start((context) => runLabelHistory(context, wanted, limit)),
    )
  const others = ['exclude', 'restore', 'note', 'tag', 'untag']
  labels
    .command('set')
    .description('give images another class, exclude them, note or tag them; the next training uses it')
    .argument(...dataset)
    .argument('[image...]', 'paths within the dataset, as "bitw mistakes" prints them')
    .option('--query <query>', 'instead of paths: all images that the query finds (docs/query.md)')
    .option('--run <run>', 'the query is of the predictions of this run, as "bitw mistakes" takes it')
    .addOption(new Option('--class <name>', 'the class that the images have').conflicts(others))
    .addOption(
      new Option('--exclude', 'leave the images out of the dataset').conflicts([
        'restore',
        'note',
        'tag',
        'untag',
      ]),
    )
    .addOption(new Option('--restore', 'take excluded images in again').conflicts(['note', 'tag', 'untag']))
    .addOption(new Option('--note <text>', 'a note; "" takes it away').conflicts(['tag', 'untag']))
    .addOption(new Option('--tag <name>', 'a tag').conflicts(['untag']))
    .addOption(new Option('--untag <name>', 'takes a tag away').conflicts(['prediction']))
    .addOption(
      new Option('--prediction', 'the class that the run takes each image for (with --run)').conflicts([
        'class',
        ...others,
      ]),
    )
    .action((wanted: string, paths: string[], options: LabelOptions) =>
      start((context) => runLabelSet(context, wanted, paths, options)),
    )
  for (const kind of ['undo', 'redo'] as const) {
    labels
      .command(kind)
      .description(kind === 'undo' ? 'take the last correction or verdict back' : 'do again what was undone')
      .argument(...dataset)
      .option('--number <number>', 'this one alone, as "labels history" numbers it', integer(1, 1e12))
      .action((wanted: string, { number }: { number?: number }) =>
        start((context) => runLabelUndo(context, wanted, kind, number)),
      )
  }
  labels
    .command('export')
    .description('write the corrections as CSV, for another copy of the dataset')
    .argument(...dataset)
    .argument('<file>', 'the new file')
    .action((wanted: string, path: string) => start((context) => runLabelExport(context, wanted, path)))
  labels
    .command('apply')
    .description('do what such a file says to the images with the same contents')
    .argument(...dataset)
    .argument('<file>', 'the file')
    .action((wanted: string, path: string) => start((context) => runLabelApply(context, wanted, path)))
  return labels
}
