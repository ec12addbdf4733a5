import { Command } from 'commander'
import type { Start } from './context'
import { runAddModel, runDownloadModel, runModels, runRemoveModel, runShowModel } from './models'

export function modelsCommand(start: Start): Command {
  const models = new Command('models')
    .description('list the models: those that come with the workbench, published ones, files, runs')
    .option('--dataset <dataset>', 'name or number; adds what fine-tuning each on it takes')
    .action(({ dataset }: { dataset?: string }) => start((context) => runModels(context, dataset)))
    .exitOverride()
  models
    .command('show')
    .description('facts, figures and the card of a model')
    .argument('<model>', 'as listed, or a file')
    .action((wanted: string) => start((context) => runShowModel(context, wanted)))
  models
    .command('add')
    .description('list a .npz or .safetensors of this family; it is used where it lies')
    .argument('<file>', 'the weights')
    .action((path: string) => start((context) => runAddModel(context, path)))
  models
    .command('remove')
    .description('forget an added file, or delete a downloaded one')
    .argument('<model>', 'as listed')
    .action((wanted: string) => start((context) => runRemoveModel(context, wanted)))
  models
    .command('download')
    .description('a published model from the address of its publishers; goes on where it was interrupted')
    .argument('<name>', 'e.g. BiT-M-R50x1')
    .action((wanted: string) => start((context) => runDownloadModel(context, wanted)))
  return models
}
