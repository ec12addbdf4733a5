import { Command } from 'commander'
import type { Start } from '../context'
import { runAddModel, runDownloadModel, runModels, runRemoveModel, runShowModel } from './models'

export function modelsCommand(start: Start): Command {
  const models = new Command('models')
    .description('list the models: embedded, published, files and runs')
    .option('--dataset <dataset>', 'name or number; adds the cost of fine-tuning each model on it')
    .action(({ dataset }: { dataset?: string }) => start((context) => runModels(context, dataset)))
    .exitOverride()
  models
    .command('show')
    .description('show a model: details, accuracy and card')
    .argument('<model>', 'an id from the list, or a file')
    .action((wanted: string) => start((context) => runShowModel(context, wanted)))
  models
    .command('add')
    .description('add a .npz or .safetensors file of a BiT model; it is read in place')
    .argument('<file>', 'the weights file')
    .action((path: string) => start((context) => runAddModel(context, path)))
  models
    .command('remove')
    .description('remove an added file from the list, or delete a download')
    .argument('<model>', 'as listed')
    .action((wanted: string) => start((context) => runRemoveModel(context, wanted)))
  models
    .command('download')
    .description('download a published model from its publishers; continues an interrupted download')
    .argument('<name>', 'e.g. BiT-M-R50x1')
    .action((wanted: string) => start((context) => runDownloadModel(context, wanted)))
  return models
}
