/** The commands and their options: what is wrong use is found here. */
import { Command, Option } from 'commander'
import { exportFormats } from '../../contract/entities/export'
import {
  cropNameSchema,
  freezeSchema,
  leastBudgetMs,
  lossNameSchema,
  mostBudgetMs,
  precisionSchema,
  upstreamPresetSchema,
} from '../../contract/entities/run'
import { version } from '../../../package.json'
import { decimal, integer, seed, timeSpan } from './arguments'
import type { CliContext, Start } from './context'
import { runDatasets } from './datasets'
import { runDemo } from './demo'
import { runEngine } from './engine'
import { withEngineOption } from './engine-option'
import { runExport, type ExportOptions } from './export'
import { runImport, type ImportOptions } from './import'
import { runMistakes } from './mistakes'
import { modelsCommand } from './models-command'
import { embedCommand, predictCommand } from './predict-commands'
import { runRuns } from './runs'
import { runServe } from './serve'
import { runResume, runTrain, type TrainOptions } from './train'

export interface GlobalOptions {
  readonly json?: boolean
  readonly home?: string
}

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
    .description('import a folder of images with one subfolder per class; nothing is copied or changed')
    .argument('[path]', 'the folder')
    .option('--sample', 'instead of a folder: generate the sample dataset, 1,200 images in 12 classes')
    .option('--name <name>', "name of the dataset (default: the folder's name)")
    .option('--val <fraction>', 'share of each class for val, unless the folder sets it', decimal(0, 0.9))
    .option('--test <fraction>', 'share of each class for test, unless the folder sets it', decimal(0, 0.9))
    .option('--split-seed <number>', 'seed of the split', seed)
    .action((path: string | undefined, options: ImportOptions) =>
      start((context) => runImport(context, path, options)),
    )

  program
    .command('datasets')
    .description('list the datasets')
    .action(() => start(runDatasets))

  program.addCommand(trainCommand((options) => start((context) => runTrain(context, options))))
  program.addCommand(pretrainCommand((options) => start((context) => runTrain(context, options))))

  withEngineOption(program.command('resume'))
    .description('resume an interrupted or stopped run, with the same results as if it had never stopped')
    .argument('<run>', 'name or number')
    .action((wanted: string) => start((context) => runResume(context, wanted)))

  program
    .command('runs')
    .description('list the runs, or show one with its whole recipe')
    .argument('[run]', 'name or number')
    .action((wanted: string | undefined) => start((context) => runRuns(context, wanted)))

  program.addCommand(modelsCommand(start))

  program
    .command('mistakes')
    .description('list the mistakes of a run, highest loss first')
    .argument('<run>', 'name or number')
    .option('--limit <number>', 'number of mistakes', integer(1, 5000), 20)
    .action((wanted: string, { limit }: { limit: number }) =>
      start((context) => runMistakes(context, wanted, limit)),
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
    .option('--overwrite', 'replace an earlier export in that folder')
    .action((wanted: string, path: string, options: ExportOptions) =>
      start((context) => runExport(context, wanted, path, options)),
    )

  program.addCommand(predictCommand(start))
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
    .action(({ port, open }: { port: number; open?: boolean }) =>
      start((context) => runServe(context, { port, open: open === true })),
    )

  withEngineOption(program.command('demo'))
    .description('try everything on the sample dataset: import, train, evaluate, show mistakes')
    .action(() => start(runDemo))

  return program
}

const modelHelp = 'R50x1, R50x3, R101x1, R101x3, R152x2, R152x4 or units:1-1-1-1,width:0.5'

function trainCommand(action: (options: TrainOptions) => Promise<void>): Command {
  return withRecipeOptions(
    withEngineOption(new Command('train'))
      .description('fine-tune a model; HyperRule chooses what is not given')
      .requiredOption('--dataset <dataset>', 'name or number')
      .option(
        '--budget <time>',
        'how long the run may take, such as 1m, 5m, 30m or 2h: what is not given is chosen so that it ends then',
        timeSpan(leastBudgetMs, mostBudgetMs),
      )
      .option('--model <model>', `${modelHelp}; from random weights, unless weights are given`)
      .option(
        '--weights <model>',
        'start from this model of "bitw models", .npz or .safetensors (without it and without --model the workbench chooses)',
      )
      .addOption(
        new Option('--rule <rule>', 'which HyperRule').choices(['paper', 'reference-code']).default('paper'),
      )
      .addOption(
        new Option('--freeze <part>', 'layers up to and with this one do not learn').choices(
          freezeSchema.options,
        ),
      )
      .option('--keep-head', "keep the weights' own head where it fits")
      .option('--linear-probe', 'only the head learns, on features that are computed once')
      .option(
        '--decay-to-initial <amount>',
        'pulls every trained parameter toward where it started',
        decimal(0, 1),
      ),
  ).action((options: TrainOptions) => action(options))
}

function pretrainCommand(action: (options: TrainOptions) => Promise<void>): Command {
  return withRecipeOptions(
    withEngineOption(new Command('pretrain'))
      .description('train a model from zero for others to start from, as the paper trains upstream')
      .requiredOption('--dataset <dataset>', 'name or number')
      .requiredOption('--model <model>', modelHelp)
      .addOption(
        new Option('--preset <preset>', 'whose numbers')
          .choices(upstreamPresetSchema.options)
          .default('small'),
      )
      .option('--epochs <number>', 'passes over the training images', decimal(0, 100_000, true)),
  ).action((options: TrainOptions) => action({ ...options, rule: 'upstream' }))
}

/** What fine-tuning and pre-training have in common. */
function withRecipeOptions(command: Command): Command {
  // Two options of the rule are switched off; "--no-crop" is not the opposite of "--crop PX".
  const centreCrop = new Option('--no-crop', 'take the centre instead of a random crop')
  centreCrop.attributeName = () => 'randomCrop'
  return command
    .option('--steps <number>', 'how many steps', integer(1, 10_000_000))
    .option('--batch <number>', 'examples a step', integer(1, 65_536))
    .option(
      '--micro-batch <number>',
      'examples computed at once; never changes the result',
      integer(1, 65_536),
    )
    .option('--resize <px>', 'side to which images are resized', integer(16, 4096))
    .option('--crop <px>', 'side of the crop that the model sees', integer(16, 4096))
    .addOption(new Option('--crop-kind <kind>', 'how crops are drawn').choices(cropNameSchema.options))
    .option('--least-crop-area <share>', 'of an inception crop', decimal(0, 1, true))
    .option('--lr <rate>', 'base learning rate', decimal(0, 10, true))
    .option('--warmup <steps>', 'steps in which the rate rises from 0', integer(0, 10_000_000))
    .option('--mixup <alpha>', 'strength of MixUp; 0 is off', decimal(0, 10))
    .option('--weight-decay <amount>', 'pulls every trained parameter toward zero', decimal(0, 1))
    .option('--dropout <share>', 'of the features, before the head', decimal(0, 0.95))
    .addOption(new Option('--loss <loss>', 'sigmoid: each class on its own').choices(lossNameSchema.options))
    .addOption(
      new Option('--precision <precision>', 'of the convolutions (else float32)').choices(
        precisionSchema.options,
      ),
    )
    .option('--no-flip', 'never mirror')
    .addOption(centreCrop)
    .option('--seed <number>', 'of everything random', seed, 0)
    .option('--name <name>', 'what to call the run')
    .addHelpText('after', '\nEvery value that departs from the rule is recorded with the run and shown.')
    .exitOverride()
}
