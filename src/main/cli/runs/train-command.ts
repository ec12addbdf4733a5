/** "train" and "pretrain" with their options. */
import { Option, Command } from 'commander'
import { leastBudgetMs, mostBudgetMs, upstreamPresetSchema } from '../../../contract/entities/run'
import type { Training } from '../../../domain/recipe/field'
import { recipeFields, type RecipeTable } from '../../../domain/recipe/fields'
import { integer, seed, timeSpan } from '../arguments'
import { withEngineOption } from '../machine/engine-option'
import { withRecipeOptions } from './recipe-options'
import type { TrainOptions } from './train-request'

const modelHelp = 'R50x1, R50x3, R101x1, R101x3, R152x2, R152x4 or units:1-1-1-1,width:0.5'

export function trainCommand(
  action: (options: TrainOptions) => Promise<void>,
  table: RecipeTable = recipeFields,
): Command {
  return withRunOptions(
    'fine-tuning',
    table,
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
        'start from this model of "bitw models", DATASET@in-use, .npz or .safetensors (without it and without --model the workbench chooses)',
      )
      .addOption(
        new Option('--rule <rule>', 'which HyperRule').choices(['paper', 'reference-code']).default('paper'),
      ),
  ).action((options: TrainOptions) => action(options))
}

export function pretrainCommand(
  action: (options: TrainOptions) => Promise<void>,
  table: RecipeTable = recipeFields,
): Command {
  return withRunOptions(
    'pre-training',
    table,
    withEngineOption(new Command('pretrain'))
      .description('train a model from zero for others to start from, as the paper trains upstream')
      .requiredOption('--dataset <dataset>', 'name or number')
      .requiredOption('--model <model>', modelHelp)
      .addOption(
        new Option('--preset <preset>', 'whose numbers')
          .choices(upstreamPresetSchema.options)
          .default('small'),
      ),
  ).action((options: TrainOptions) => action({ ...options, rule: 'upstream' }))
}

/** What fine-tuning and pre-training have in common. */
function withRunOptions(training: Training, table: RecipeTable, command: Command): Command {
  return withRecipeOptions(command, training, table)
    .option('--seed <number>', 'of everything random', seed, 0)
    .option('--name <name>', 'what to call the run')
    .option('--seeds <number>', 'so many runs, each with the next seed, as one group', integer(2, 100))
    .option('--queue', 'train it when its turn comes in the queue')
    .addHelpText('after', '\nEvery value that departs from the rule is recorded with the run and shown.')
    .exitOverride()
}
