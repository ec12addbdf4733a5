/** The commands and their options: what is wrong use is found here. */
import { Command, Option } from 'commander'
import { folderChoiceSchema, splitParts } from '../../contract/entities/dataset'
import { exportFormats } from '../../contract/entities/export'
import { imageExportFormats } from '../../contract/entities/image-export'
import { lossNameSchema } from '../../contract/entities/run'
import { recipeFields } from '../../domain/recipe/fields'
import { version } from '../../../package.json'
import { decimal, integer, seed } from './arguments'
import { runCheck } from './datasets/check'
import { pathArgument } from './path-argument'
import { bundleCommand } from './runs/bundle-command'
import { checkpointsCommand } from './runs/checkpoints-command'
import type { CliContext, Start } from './context'
import { datasetsCommand } from './datasets/datasets-command'
import { runCompare } from './runs/compare'
import type { CompareOptions } from './runs/compare-many'
import { runDemo } from './machine/demo'
import { runDoctor, type DoctorOptions } from './machine/doctor'
import { runEngine } from './machine/engine'
import { withEngineOption } from './machine/engine-option'
import { runEvaluate, type EvaluateOptions } from './runs/evaluate'
import { runExport, type ExportOptions } from './models/export'
import { runFeatures } from './datasets/features'
import { runImages, type QueryOptions } from './datasets/images'
import { runImport, type ImportOptions } from './datasets/import'
import { labelsCommand } from './datasets/labels-command'
import { runMistakes } from './runs/mistakes'
import { modelsCommand } from './models/models-command'
import { embedCommand, lossHelp, modelHelp, predictCommand, watchCommand } from './models/predict-commands'
import { queueCommand } from './runs/queue-command'
import { rateCommand } from './datasets/rate-command'
import { addRunExchange } from './runs/runs-exchange'
import { runPromote, runPromotions, type PromoteOptions } from './models/promote'
import { runsCommand } from './runs/runs-command'
import { withRecipeOptions } from './runs/recipe-options'
import { addRunCommands } from './runs/run-commands'
import { safeText } from './text/safe-text'
import { runServe } from './machine/serve'
import { runUi } from './machine/ui'
import { serviceCommand } from './machine/service-command'
import { sweepCommand } from './runs/sweep-command'
import { runSaveSlice, runSlices, type SliceOptions } from './datasets/slices'
import { runAgain, runResume, runTrain, type AgainOptions } from './runs/train'
import { pretrainCommand, trainCommand } from './runs/train-command'

export interface GlobalOptions {
  readonly json?: boolean
  readonly home?: string
}

const queryHelp =
  '\nPut the query in single quotes, and -- before one that begins with a minus. docs/query.md has the language.'

/** `run` gets the command's work once everything given has been checked. */
export function createProgram(
  run: (globals: GlobalOptions, work: (context: CliContext) => Promise<number>) => Promise<void>,
): Command {
  const program = new Command('bitw')
    .description(
      'Fine-tune BiT image classifiers on this machine, see their mistakes, keep every experiment.',
    )
    .version(version)
    .option('--json', 'write only JSON lines to stdout')
    .option('--home <dir>', 'folder for all data (default: $BITW_HOME, or the application data folder)')
    .showHelpAfterError('("bitw --help" lists the commands, "bitw COMMAND --help" its options)')
    .addHelpText('after', '\nExit codes: 0 success, 1 failure, 2 usage error.')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
  const globals = (): GlobalOptions => program.opts<GlobalOptions>()
  const start: Start = (work) => run(globals(), work)

  program
    .command('import')
    .description(
      'import a folder with one subfolder per class, a .zip or .tar of one, a list or table (CSV, TSV) with a path and a class on each line, boxes as COCO, Pascal VOC or YOLO have them, shards of WebDataset, or Parquet files with images; nothing is copied or changed',
    )
    .argument('[path]', 'the folder or file; its content tells what it is')
    .option('--sample', 'instead of a folder: generate the sample dataset, 1,200 images in 12 classes')
    .option('--name <name>', 'name of the dataset (default: that of the folder or file)')
    .option('--val <fraction>', 'share of each class for val, unless the dataset sets it', decimal(0, 0.9))
    .option('--test <fraction>', 'share of each class for test, unless the dataset sets it', decimal(0, 0.9))
    .option('--split-seed <number>', 'seed of the split', seed)
    .addOption(
      new Option(
        '--folders <kind>',
        'what the top folders are, where their names do not say it: classes, or parts (train, val, test) with the classes in them',
      ).choices(folderChoiceSchema.options),
    )
    .option('--dry-run', 'say what would be imported, and what left out and why; import nothing')
    .option('--path-column <name>', 'of a table: the column with the paths (default: seen by its content)')
    .option('--label-column <name>', 'of a table: the column with the classes (default: seen by its content)')
    .option(
      '--split-column <name>',
      'of a table: the column that says train, val or test; none to pass it over',
    )
    .action((path: string | undefined, options: ImportOptions) =>
      start((context) => runImport(context, path, options)),
    )

  program.addCommand(datasetsCommand(start))

  program
    .command('check')
    .description(
      'look for duplicates, leaks between the parts, and images that are odd; exit code 1 while there is a leak',
    )
    .argument('<dataset>', 'name or number')
    .option('--labels', 'look for wrong labels, too, which takes longer')
    .action((wanted: string, { labels }: { labels?: true }) =>
      start((context) => runCheck(context, wanted, labels === true)),
    )

  withEngineOption(program.command('features'))
    .description(
      'compute the features of a dataset that are not there yet: what "like:" in queries, labelling and the map look at',
    )
    .argument('<dataset>', 'name or number')
    .option('--model <model>', `${modelHelp} (default: bit-tiny)`)
    .addHelpText('after', '\nCtrl-C keeps what was computed; the next time goes on from there.')
    .action((wanted: string, { model }: { model?: string }) =>
      start((context) => runFeatures(context, wanted, model)),
    )

  program.addCommand(trainCommand((options) => start((context) => runTrain(context, options))))
  program.addCommand(pretrainCommand((options) => start((context) => runTrain(context, options))))

  withEngineOption(program.command('resume'))
    .description('resume an interrupted or stopped run, with the same results as if it had never stopped')
    .argument('<run>', 'name or number')
    .action((wanted: string) => start((context) => runResume(context, wanted)))

  const runs = runsCommand(start)
  addRunCommands(runs, start)
  program.addCommand(runs)
  program.addCommand(queueCommand(start))
  program.addCommand(sweepCommand(start))
  program.addCommand(serviceCommand(start))

  program
    .command('promote')
    .description("make a run's model the one in use of its dataset: DATASET@in-use wherever a model is named")
    .argument('[run]', 'name or number')
    .option('--why <text>', 'the reason, kept with it')
    .option('--threshold <share>', 'predictions that are less probable are unsure', decimal(0, 1))
    .option('--despite-floors', 'also where a slice is below its floor')
    .option('--back <dataset>', 'take the last promotion of this dataset back')
    .action((wanted: string | undefined, options: PromoteOptions) =>
      start((context) => runPromote(context, wanted, options)),
    )
  program
    .command('promotions')
    .description('list which models of a dataset were in use, when, by whom and why')
    .argument('<dataset>', 'name or number')
    .action((wanted: string) => start((context) => runPromotions(context, wanted)))

  addRunExchange(program, start)
  program.addCommand(bundleCommand(start))
  program.addCommand(checkpointsCommand(start))

  program
    .command('doctor')
    .description(
      'look through the home: both databases, every checkpoint by its hash; exit code 1 where something is damaged',
    )
    .option('--repair', 'drop damaged checkpoints, write a damaged file of checkpoints anew, give space back')
    .option(
      '--backup <folder>',
      'copy the home to a new folder, also while a training runs; the copy is a home',
    )
    .option('--move <folder>', 'copy the home to its new place and say what datasets need there')
    .action((options: DoctorOptions) => start((context) => runDoctor(context, options)))
  program.addCommand(labelsCommand(start))
  program.addCommand(rateCommand(start))

  withRecipeOptions(withEngineOption(program.command('again')), 'fine-tuning', recipeFields)
    .description(
      'train a run again on its dataset as it is now, with the corrected labels, and with other settings if you give them',
    )
    .argument('<run>', 'name or number')
    .option('--name <name>', 'name of the new run')
    .option('--queue', 'when its turn comes in the queue')
    .action((wanted: string, options: AgainOptions) => start((context) => runAgain(context, wanted, options)))

  program
    .command('compare')
    .description(
      'compare runs image by image: of two, what the second fixed and broke; of more, all of Compare',
    )
    .argument('<runs...>', 'names or numbers, two or more')
    .addOption(
      new Option('--part <part>', 'part of the dataset (default: that of the results)').choices(splitParts),
    )
    .option('--limit <number>', 'images listed of each group', integer(1, 5000), 20)
    .option('--query <query>', `which images of those that all evaluated, such as 'right:0..1 label:Iris'`)
    .action((runs: string[], options: CompareOptions) =>
      start((context) => runCompare(context, runs, options)),
    )

  program.addCommand(modelsCommand(start))

  program
    .command('mistakes')
    .description('list the mistakes of a run, highest loss first, or the predictions that a query finds')
    .argument('<run>', 'name or number')
    .argument('[query...]', `a query, such as 'label:Iris confidence>0.9 sort:-confidence'`)
    .option('--limit <number>', 'number of mistakes', integer(1, 1e9), 20)
    .option('--count', 'print only how many there are')
    .addHelpText('after', queryHelp)
    .action((wanted: string, words: string[], options: QueryOptions) =>
      start((context) => runMistakes(context, wanted, words.join(' '), options)),
    )

  withEngineOption(program.command('evaluate'))
    .description("evaluate a run's model on another dataset or part; the result opens in Mistakes")
    .argument('<run>', 'name or number, with @best or @STEP where not its last checkpoint is meant')
    .requiredOption('--on <dataset>', 'name or number of the dataset')
    .addOption(new Option('--part <part>', 'only this part (default: all images)').choices(splitParts))
    .option('--step <number>', 'the checkpoint after this step (default: the last)', integer(0, 1e9))
    .option(
      '--map <file>',
      'CSV with a class of the model and the class of the dataset that it is on each line; nothing in its place leaves it out (default: by name)',
    )
    .action((wanted: string, options: EvaluateOptions) =>
      start((context) => runEvaluate(context, wanted, options)),
    )

  program
    .command('slices')
    .description('print how right a run is on each slice of its dataset; fails where one is below its floor')
    .argument('<run>', 'name or number')
    .action((wanted: string) => start((context) => runSlices(context, wanted)))

  program
    .command('slice')
    .description(
      'save a query about predictions as a slice of a dataset, in the place of the one of that name',
    )
    .argument('<dataset>', 'name or number')
    .argument('<name>', 'what it is called')
    .argument('<query...>', `a query, such as 'label:Iris width<200'`)
    .option('--floor <share>', 'the least accuracy that is good enough, from 0 to 1', decimal(0, 1))
    .addHelpText('after', queryHelp)
    .action((wanted: string, name: string, words: string[], options: SliceOptions) =>
      start((context) => runSaveSlice(context, wanted, name, words.join(' '), options)),
    )

  program
    .command('images')
    .description('list the images of a dataset, or those that a query finds')
    .argument('<dataset>', 'name or number')
    .argument('[query...]', `a query, such as 'split:test class:Iris,Crocus width<96 sort:path'`)
    .option('--limit <number>', 'number of images', integer(1, 1e9), 20)
    .option('--count', 'print only how many there are')
    .option('--export <path>', 'write all of them to this new file or folder, with the classes they have now')
    .addOption(
      new Option(
        '--as <format>',
        'of --export (default: by its ending .txt, .csv, .json, else copies)',
      ).choices(imageExportFormats),
    )
    .addHelpText('after', queryHelp)
    .action((wanted: string, words: string[], options: QueryOptions) =>
      start((context) => runImages(context, wanted, words.join(' '), options)),
    )

  program
    .command('export')
    .description('export a model for other programs, and check that it gives the same results there')
    .argument('<model>', "a run's name or number, a model's id, or a .npz or .safetensors")
    .argument('<folder>', 'the new folder')
    .addOption(new Option('--format <format>', 'file format').choices(exportFormats).makeOptionMandatory())
    .option(
      '--crop <px>',
      "side of the images that the model sees (default: the model's own)",
      integer(32, 1024),
    )
    .addOption(
      new Option('--loss <loss>', `what the probabilities are: ${lossHelp}`).choices(lossNameSchema.options),
    )
    .option('--overwrite', 'replace an earlier export in that folder')
    .action((wanted: string, path: string, options: ExportOptions) =>
      start((context) => runExport(context, wanted, path, options)),
    )

  program.addCommand(predictCommand(start))
  program.addCommand(watchCommand(start))
  program.addCommand(embedCommand(start))

  withEngineOption(program.command('engine'))
    .description('show the engine and device, why they were chosen, and how to make training faster')
    .action(() => start(runEngine))

  withEngineOption(program.command('serve'))
    .description(
      'serve the interface to this machine only (reach it from others by SSH tunnel) and print its link',
    )
    .option('--port <number>', 'port on 127.0.0.1 (default: a free one)', integer(0, 65_535), 0)
    .option('--open', 'open the link in the browser')
    .option('--quiet', 'say no link; "bitw service link" asks for one')
    .action(({ port, open, quiet }: { port: number; open?: boolean; quiet?: true }) =>
      start((context) => runServe(context, { port, open: open === true, quiet: quiet === true })),
    )

  withEngineOption(program.command('ui'))
    .description(
      'open the interface in the browser; where a workbench serves this home already, print a link',
    )
    .option('--bundle <file>', 'show this run bundle read-only; nothing is imported')
    .action(({ bundle }: { bundle?: string }) =>
      start((context) => runUi(context, bundle === undefined ? undefined : pathArgument(bundle))),
    )

  program
    .command('mcp')
    .description(
      'let an agent ask about datasets, runs, mistakes and slices, by the Model Context Protocol on stdin and stdout; read-only',
    )
    .action(() => start(async (context) => (await import('./machine/mcp')).runMcp(context)))

  withEngineOption(program.command('demo'))
    .description('try everything on the sample dataset: import, train, evaluate, show mistakes')
    .action(() => start(runDemo))

  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap(({ commands }) => commands),
  ])
    command.configureOutput({ outputError: (text, write) => write(safeText(text)) })
  return program
}
