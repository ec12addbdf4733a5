import { Command } from 'commander'
import { topCount } from '../../contract/entities/predict'
import { integer } from './arguments'
import type { CliContext } from './context'
import { runEmbed } from './embed'
import { withEngineOption } from './engine-option'
import { runPredict, type PredictOptions } from './predict'

type Start = (work: (context: CliContext) => Promise<number>) => Promise<void>

const modelHelp = "bit-tiny, a model of the zoo, a run's name or number, or a .npz or .safetensors file"
const pathHelp = 'images, and folders with all images below them'

export function predictCommand(start: Start): Command {
  return withEngineOption(new Command('predict'))
    .description('say what a model sees in images')
    .argument('<model>', modelHelp)
    .argument('<path...>', pathHelp)
    .option('--csv <file>', 'write a CSV file: path, width, height, class, probability, …, error')
    .option('--top <number>', 'how many classes for each image', integer(1, topCount), topCount)
    .option('--crop <px>', "side to which images are resized (else the model's own)", integer(32, 1024))
    .addHelpText(
      'after',
      '\nWith --json one line for each image. Images that cannot be read are told of and passed over; it ends with 1 where none could be read.\nIt works beside a training, with what that leaves of the processor.',
    )
    .exitOverride()
    .action((model: string, paths: string[], options: PredictOptions) =>
      start((context) => runPredict(context, model, paths, options)),
    )
}

export function embedCommand(start: Start): Command {
  return withEngineOption(new Command('embed'))
    .description('write the feature vectors of images: what the head reads')
    .argument('<model>', modelHelp)
    .argument('<path...>', pathHelp)
    .requiredOption('--out <file>', 'the file to write: .npz, .csv or .jsonl')
    .option('--crop <px>', "side to which images are resized (else the model's own)", integer(32, 1024))
    .addHelpText(
      'after',
      '\nA feature vector has 2048 numbers times the width of the model: the channels after the last norm and ReLU, averaged over the image.\n.npz holds "features", float32 [images, numbers], and "paths"; .csv a column for each number; .jsonl a line {"path", "features"} for each image.\nImages that cannot be read are left out.',
    )
    .exitOverride()
    .action((model: string, paths: string[], options: { out: string; crop?: number }) =>
      start((context) => runEmbed(context, model, paths, options)),
    )
}
