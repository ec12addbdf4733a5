/** The commands and their options: what is wrong use is found here. */
import { Command, Option } from 'commander'
import { exportFormats } from '../../contract/entities/export'
import { version } from '../../../package.json'
import { decimal, integer, seed } from './arguments'
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
import { runResume, runTrain } from './train'
import { pretrainCommand, trainCommand } from './train-command'

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
      'Fine-tune BiT image classifiers on this machine, see where they fail, keep every experiment.',
    )
    .version(version)
    .option('--json', 'write lines of JSON, and nothing else, to stdout')
    .option(
      '--home <dir>',
      'keep everything in this folder (else $BITW_HOME, else the folder for application data)',
    )
    .showHelpAfterError('("bitw --help" lists the commands, "bitw COMMAND --help" its options)')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong use.')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
  const globals = (): GlobalOptions => program.opts<GlobalOptions>()
  const start: Start = (work) => run(globals(), work)

  program
    .command('import')
    .description('index a folder of images with a subfolder for each class; nothing is copied or changed')
    .argument('[path]', 'the folder')
    .option('--sample', 'instead of a folder: draw the sample dataset, 1,200 images of 12 classes')
    .option('--name <name>', "what to call the dataset (else the folder's name)")
    .option(
      '--val <fraction>',
      'share of each class for validation, where the folder does not say',
      decimal(0, 0.9),
    )
    .option(
      '--test <fraction>',
      'share of each class for the test, where the folder does not say',
      decimal(0, 0.9),
    )
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
    .description('go on with an interrupted or stopped run, with the numbers as if it had never stopped')
    .argument('<run>', 'name or number')
    .action((wanted: string) => start((context) => runResume(context, wanted)))

  program
    .command('runs')
    .description('list the runs, or show one with every choice')
    .argument('[run]', 'name or number')
    .action((wanted: string | undefined) => start((context) => runRuns(context, wanted)))

  program.addCommand(modelsCommand(start))

  program
    .command('mistakes')
    .description('the wrong images of a run, highest loss first')
    .argument('<run>', 'name or number')
    .option('--limit <number>', 'how many', integer(1, 5000), 20)
    .action((wanted: string, { limit }: { limit: number }) =>
      start((context) => runMistakes(context, wanted, limit)),
    )

  program
    .command('export')
    .description('write a model for other programs, with proof that it gives the same results there')
    .argument('<model>', "a run's name or number, a model's id, or a .npz or .safetensors")
    .argument('<folder>', 'the folder to write')
    .addOption(
      new Option('--format <format>', 'what other programs read')
        .choices(exportFormats)
        .makeOptionMandatory(),
    )
    .option('--crop <px>', "side of the images that the model sees (else the model's own)", integer(32, 1024))
    .option('--overwrite', 'replace an earlier export that lies there')
    .action((wanted: string, path: string, options: ExportOptions) =>
      start((context) => runExport(context, wanted, path, options)),
    )

  program.addCommand(predictCommand(start))
  program.addCommand(embedCommand(start))

  withEngineOption(program.command('engine'))
    .description('what trains here: which engine and device, why, and what would make it faster')
    .action(() => start(runEngine))

  withEngineOption(program.command('serve'))
    .description('serve the interface to this machine (or through an SSH tunnel) and print its link')
    .option('--port <number>', 'port on 127.0.0.1 (else a free one)', integer(0, 65_535), 0)
    .option('--open', 'open the link in the browser')
    .action(({ port, open }: { port: number; open?: boolean }) =>
      start((context) => runServe(context, { port, open: open === true })),
    )

  withEngineOption(program.command('demo'))
    .description('the whole job on a small drawn dataset: import, train, evaluate, show the mistakes')
    .action(() => start(runDemo))

  return program
}
