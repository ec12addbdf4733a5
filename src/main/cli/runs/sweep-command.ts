import { Command, InvalidArgumentError, Option } from 'commander'
import { optionsOf, type RecipeField } from '../../../domain/recipe/field'
import { recipeFields } from '../../../domain/recipe/fields'
import { decimal, integer, seed } from '../arguments'
import type { Start } from '../context'
import { withEngineOption } from '../machine/engine-option'
import { WorkbenchError } from '../../../contract/errors'
import { noAshaElsewhere, runSweepMerge, type ClusterOptions } from './cluster'
import { clusterKinds } from './cluster-files'
import { runSweep, type GivenValues, type SweepOptions } from './sweep'

export function sweepCommand(start: Start): Command {
  const command = withEngineOption(new Command('sweep'))
    .description('search for settings: every combination of the values that are given, or at random')
    .option('--dataset <dataset>', 'name or number')
    .option('--model <model>', 'size of the model; from random weights, unless weights are given')
    .option('--weights <model>', 'start from this model of "bitw models", .npz or .safetensors')
    .addOption(
      new Option('--rule <rule>', 'which HyperRule chooses what is not given')
        .choices(['paper', 'reference-code'])
        .default('paper'),
    )
    .option(
      '--random <trials>',
      "so many trials, drawn from the paper's ranges (Supplementary A)",
      integer(1, 1000),
    )
    .option('--search-seed <number>', 'of the draws of a random search', seed, 0)
    .option(
      '--asha',
      'let only the best go on, rung by rung (Li et al. 2020); not with --on, whose trials do not see each other',
    )
    .option('--eta <number>', 'of ASHA: one of so many goes on', integer(2, 10), 3)
    .option(
      '--least-steps <number>',
      'of ASHA: steps of the first rung (default: all ÷ eta²)',
      integer(1, 1e7),
    )
    .option('--seed <number>', 'of everything random in each training', seed, 0)
    .option('--name <name>', 'what to call the search')
    .option('--plan', 'only say what the trials are and how long they take')
    .addOption(new Option('--queue', 'train them when their turn comes in the queue').conflicts('on'))
    .addOption(
      new Option('--on <cluster>', 'run the trials as jobs of a cluster, each in a home of its own').choices(
        clusterKinds,
      ),
    )
    .option('--folder <dir>', 'of --on: a new folder that all nodes see at this path')
    .option('--program <words>', 'of --on: how bitw is called on the nodes (default: as here)')
    .option('--image <image>', 'of --on kubernetes: the container image with bitw', 'bit-workbench')
    .option('--volume-claim <name>', 'of --on kubernetes: the claim of the shared volume', 'bit-workbench')
    .option('--at-once <number>', 'of --on: trials at the same time', integer(1, 1000), 8)
    .option('--only-write', 'of --on: write the files and submit nothing')
    .addHelpText(
      'after',
      '\nA setting with one value has it in all trials; with several, separated by commas, it is varied: --lr 0.01,0.03 --steps 100,200.',
    )
    .exitOverride()
  for (const option of valueOptions()) command.addOption(option)
  command
    .command('merge')
    .description('take in what the trials of a search on a cluster have; the same one twice is once')
    .argument('<folder>', 'the folder of the search')
    .exitOverride()
    .action((folder: string) => start((context) => runSweepMerge(context, folder)))
  return command.action((options: SweepOptions & ClusterChoice & Record<string, unknown>) =>
    start((context) => {
      refuseStray(command, options)
      return runSweep(context, options, givenValues(options), clusterOf(options))
    }),
  )
}

/** What only means something with another option. */
const partsOf = {
  on: ['folder', 'program', 'image', 'volumeClaim', 'atOnce', 'onlyWrite'],
  asha: ['eta', 'leastSteps'],
  random: ['searchSeed'],
} as const

/** Throws 'bad-input' where a part is given without its whole: left out, it would start something else than was meant. */
function refuseStray(command: Command, given: Record<string, unknown>): void {
  for (const [whole, parts] of Object.entries(partsOf)) {
    if (given[whole] !== undefined) continue
    const stray = command.options.find(
      (option) =>
        parts.some((part) => part === option.attributeName()) &&
        command.getOptionValueSource(option.attributeName()) === 'cli',
    )
    if (stray !== undefined)
      throw new WorkbenchError(
        'bad-input',
        `${stray.long ?? ''} means nothing without --${whole}.`,
        `Give --${whole}, or leave ${stray.long ?? ''} out.`,
      )
  }
}

type ClusterChoice = Partial<Omit<ClusterOptions, 'onlyWrite'>> & { readonly onlyWrite?: true }

function clusterOf(options: ClusterChoice & Pick<SweepOptions, 'asha'>): ClusterOptions | null {
  const { on, asha, folder, program, image = '', volumeClaim = '', atOnce = 1, onlyWrite } = options
  if (on === undefined) return null
  if (asha === true) throw noAshaElsewhere
  if (folder === undefined)
    throw new WorkbenchError(
      'bad-input',
      'It is not said where the files of the search go.',
      'Give a folder that all nodes see with --folder.',
    )
  return {
    on,
    folder,
    ...(program !== undefined && { program }),
    image,
    volumeClaim,
    atOnce,
    onlyWrite: onlyWrite === true,
  }
}

function valueOptions(): Option[] {
  return Object.entries<RecipeField>(recipeFields).flatMap(([key, field]) => {
    if (field.command === undefined || field.kind === 'switch' || field.of === 'pre-training') return []
    const option = new Option(field.command.flag, `${field.command.help}; several values are varied`)
    option.attributeName = () => key
    return [option.argParser((text: string) => text.split(',').map(valueParser(field)))]
  })
}

function valueParser(field: Exclude<RecipeField, { kind: 'switch' }>): (text: string) => number | string {
  if (field.kind === 'number') {
    const { min, max = Number.MAX_SAFE_INTEGER } = field
    return field.whole ? integer(min, max) : decimal(min, max, field.above)
  }
  const allowed = optionsOf(field)
  return (text) => {
    if (allowed.includes(text)) return text
    throw new InvalidArgumentError(`Allowed choices are ${allowed.join(', ')}.`)
  }
}

function givenValues(options: Record<string, unknown>): GivenValues {
  return Object.fromEntries(
    Object.entries(options).filter((entry): entry is [string, (number | string)[]] => {
      const [key, value] = entry
      return key in recipeFields && Array.isArray(value)
    }),
  )
}
