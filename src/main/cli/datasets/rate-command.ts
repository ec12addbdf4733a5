import { Command, Option } from 'commander'
import { mostRatedImages, shownWays } from '../../../contract/entities/rating'
import { decimal, integer, seed } from '../arguments'
import type { Start } from '../context'
import {
  runRateCorrect,
  runRateExport,
  runRateImport,
  runRateList,
  runRateShow,
  runRateStart,
  runRateWall,
  type RateStartOptions,
  type RateWallOptions,
} from './rate'

export function rateCommand(start: Start): Command {
  const rate = new Command('rate')
    .description(
      'let people say whether predictions or labels are right; the answers are given in the window',
    )
    .exitOverride()
  const rating = ['<rating>', 'name or number'] as const
  rate
    .command('list')
    .description('list the ratings')
    .action(() => start(runRateList))
  rate
    .command('start')
    .description('freeze what raters will see: images, with what a run says of them')
    .argument('<run>', 'name or number')
    .argument('[query...]', 'which predictions (default: all mistakes)')
    .option('--name <name>', 'name of the rating (default: that of the run)')
    .option('--sample <number>', 'only so many of them, by chance', integer(1, mostRatedImages))
    .option(
      '--rest <number>',
      'so many right predictions beside them, by chance: for the accuracy adjusted for wrong labels',
      integer(0, mostRatedImages),
      0,
    )
    .option('--seed <number>', 'of what is drawn, and of the orders', seed, 0)
    .addOption(
      new Option('--shown <what>', 'both words, both in random order, or the image alone')
        .choices(shownWays)
        .default('words'),
    )
    .option('--controls <share>', 'share of the images that come twice', decimal(0, 0.3), 0.05)
    .action((wanted: string, words: string[], options: RateStartOptions) =>
      start((context) => runRateStart(context, wanted, words.join(' '), options)),
    )
  rate
    .command('show')
    .description('show what comes out: verdicts, agreement, and the accuracy in three forms')
    .argument(...rating)
    .action((wanted: string) => start((context) => runRateShow(context, wanted)))
  rate
    .command('export')
    .description('write a rating as one file: for a rater on another machine, or their answers')
    .argument(...rating)
    .argument('<file>', 'the file')
    .option('--rater <name>', 'only the answers of this rater')
    .option('--no-images', 'without copies of the images: for who has the dataset')
    .action((wanted: string, path: string, options: { rater?: string; images: boolean }) =>
      start((context) => runRateExport(context, wanted, path, options)),
    )
  rate
    .command('import')
    .description('take such files in: a new rating, or answers to one that is here; twice is once')
    .argument('<file...>', 'the files')
    .action((paths: string[]) => start((context) => runRateImport(context, paths)))
  rate
    .command('wall')
    .description(
      "write the paper's wall of mistakes, as .svg, .png or .html: the prediction above each image, the label below, in the raters' colours",
    )
    .argument('<file>', 'the file; its ending says the format')
    .addOption(new Option('--rating <rating>', 'the mistakes of this rating').conflicts(['run', 'query']))
    .option('--run <run>', 'the mistakes of this run, with what raters said of them')
    .option('--query <query>', 'of a run: which predictions', '')
    .option('--plain', 'without colours')
    .action((path: string, options: RateWallOptions) =>
      start((context) => runRateWall(context, path, options)),
    )
  rate
    .command('correct')
    .description('correct the labels that the raters together call wrong; "bitw labels undo" takes it back')
    .argument(...rating)
    .action((wanted: string) => start((context) => runRateCorrect(context, wanted)))
  return rate
}
