import { Command, Option } from 'commander'
import { topCount } from '../../../contract/entities/predict'
import { lossNameSchema } from '../../../contract/entities/run'
import { decimal, integer } from '../arguments'
import type { CliContext } from '../context'
import { runEmbed } from '../datasets/embed'
import { withEngineOption } from '../machine/engine-option'
import { runPredict, type PredictOptions } from './predict'
import { runWatch, type WatchOptions } from './watch'

type Start = (work: (context: CliContext) => Promise<number>) => Promise<void>

export const modelHelp =
  "bit-tiny, a model's id, DATASET@in-use, a run's name or number, or a .npz or .safetensors file"
export const lossHelp =
  "of each class on its own (sigmoid), or adding up to 1 (softmax); default: the model's own, sigmoid for 21,843 classes"
const pathHelp = 'image files, and folders (with subfolders)'

export function predictCommand(start: Start): Command {
  return withEngineOption(new Command('predict'))
    .description('classify images with a model')
    .argument('<model>', modelHelp)
    .argument('<path...>', pathHelp)
    .option('--csv <file>', 'write a CSV file: path, width, height, class, probability, …, error')
    .option('--top <number>', 'number of classes to show per image', integer(1, topCount), topCount)
    .option('--crop <px>', "side that images are resized to (default: the model's own)", integer(32, 1024))
    .addOption(
      new Option('--loss <loss>', `what the probabilities are: ${lossHelp}`).choices(lossNameSchema.options),
    )
    .addHelpText(
      'after',
      '\nWith --json, it writes one line per image. Images that cannot be read are reported and skipped; the exit code is 1 if none could be read.\nThose of DATASET@in-use that are less probable than its threshold are marked "unsure"; CSV then has one more column for it.\nYou can run it while a run is training; it uses the processor time that is left.',
    )
    .exitOverride()
    .action((model: string, paths: string[], options: PredictOptions) =>
      start((context) => runPredict(context, model, paths, options)),
    )
}

export function watchCommand(start: Start): Command {
  return withEngineOption(new Command('watch'))
    .description('classify the images that arrive in a folder, until Ctrl-C')
    .argument('<model>', modelHelp)
    .argument('<folder>', 'the folder, with its subfolders')
    .option('--csv <file>', 'append a line per image to a CSV file, as "bitw predict" writes it')
    .option('--existing', 'start with the images that are there; those that the CSV file has are left out')
    .option('--top <number>', 'number of classes to show per image', integer(1, topCount), topCount)
    .option('--crop <px>', "side that images are resized to (default: the model's own)", integer(32, 1024))
    .option(
      '--settle <seconds>',
      'how long a file must stay unchanged to count as whole',
      decimal(0, 3600),
      2,
    )
    .addHelpText(
      'after',
      '\nAn image that changes later is classified again. Hidden files, links, and files whose names are no image’s are left out.\nYou can run it beside an open workbench.',
    )
    .exitOverride()
    .action((model: string, folder: string, options: WatchOptions) =>
      start((context) => runWatch(context, model, folder, options)),
    )
}

export function embedCommand(start: Start): Command {
  return withEngineOption(new Command('embed'))
    .description('write the feature vectors of images: the input to the head')
    .argument('<model>', modelHelp)
    .argument('<path...>', pathHelp)
    .requiredOption('--out <file>', 'the file to write: .npz, .csv or .jsonl')
    .option('--crop <px>', "side that images are resized to (default: the model's own)", integer(32, 1024))
    .addHelpText(
      'after',
      '\nA feature vector has 2048 numbers times the width of the model: the channels after the last norm and ReLU, averaged over the image.\n.npz holds "features", float32 [images, numbers], and "paths"; .csv has one column per number; .jsonl has one line {"path", "features"} per image.\nImages that cannot be read are left out.',
    )
    .exitOverride()
    .action((model: string, paths: string[], options: { out: string; crop?: number }) =>
      start((context) => runEmbed(context, model, paths, options)),
    )
}
