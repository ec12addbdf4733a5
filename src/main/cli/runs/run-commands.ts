/** What is done to one run: "bitw runs pause", "stop", "resume", "extend", "branch". */
import type { Command } from 'commander'
import type { Overrides, TrainRequest } from '../../../contract/entities/run'
import { recipeFields } from '../../../domain/recipe/fields'
import { typedName } from '../../../domain/names'
import { integer } from '../arguments'
import type { CliContext, Start } from '../context'
import { withEngineOption } from '../machine/engine-option'
import { findRun, refuseBlank } from '../datasets/find'
import { measureMachine } from '../machine/measure-machine'
import { withAnyCore, type AnyCore } from '../machine/open'
import { tellWhenTrained } from './queue'
import { overridesOf, withRecipeOptions } from './recipe-options'
import { planText } from '../text/run-text'
import { followToEnd } from './follow-to-end'

interface StartingOptions extends Overrides {
  readonly name?: string
  readonly queue?: true
}

export function addRunCommands(runs: Command, start: Start): void {
  runs
    .command('pause')
    .description('let a run that trains rest after its step, with a checkpoint; "bitw runs resume" goes on')
    .argument('<run>', 'name or number')
    .action((wanted: string) => start((context) => runPause(context, wanted)))
  runs
    .command('stop')
    .description('stop a run that trains after its step; it is evaluated and kept')
    .argument('<run>', 'name or number')
    .option('--keep-best', 'evaluate and keep the checkpoint that is best on the validation images')
    .action((wanted: string, { keepBest }: { keepBest?: true }) =>
      start((context) => runStop(context, wanted, keepBest === true)),
    )
  withEngineOption(runs.command('resume'))
    .description(
      'resume a paused, interrupted or stopped run, with the same results as if it had never stopped',
    )
    .argument('<run>', 'name or number')
    .option('--queue', 'when its turn comes in the queue')
    .action((wanted: string, { queue }: { queue?: true }) =>
      start((context) => runGoOn(context, wanted, queue === true)),
    )
  withEngineOption(runs.command('extend'))
    .description('go on with a run from its last checkpoint as a new run, with the schedule of the whole')
    .argument('<run>', 'name or number')
    .requiredOption('--steps <number>', 'so many steps more', integer(1, 10_000_000))
    .option('--name <name>', 'name of the new run')
    .option('--queue', 'when its turn comes in the queue')
    .action((wanted: string, { steps, ...options }: { steps: number } & StartingOptions) =>
      start((context) => runBranch(context, wanted, { moreSteps: steps }, options)),
    )
  withRecipeOptions(withEngineOption(runs.command('branch')), 'fine-tuning', recipeFields)
    .description('go on from a checkpoint of a run as a new run, with other settings if you give them')
    .argument('<run>', 'name or number')
    .option('--at <step>', 'the checkpoint after this step (default: the last)', integer(0, 1e9))
    .option('--name <name>', 'name of the new run')
    .option('--queue', 'when its turn comes in the queue')
    .action((wanted: string, { at, ...options }: { at?: number } & StartingOptions) =>
      start((context) => runBranch(context, wanted, { stepIndex: at }, options)),
    )
}

async function runPause(context: CliContext, wanted: string): Promise<number> {
  refuseBlank(wanted, 'run')
  return withAnyCore(context, 'runs', async (core) => {
    const { id, name } = await findRun(core.call, wanted)
    await core.call('training.pause', { id })
    context.output.note(`"${name}" pauses after its step. "bitw runs resume ${String(id)}" goes on with it.`)
    return 0
  })
}

async function runStop(context: CliContext, wanted: string, keepBest: boolean): Promise<number> {
  refuseBlank(wanted, 'run')
  return withAnyCore(context, 'runs stop', async (core) => {
    const { id, name } = await findRun(core.call, wanted)
    const stop = () => core.call('training.stop', { id, keep: keepBest ? 'best' : 'last' })
    // no other core has the home: the run rests, and its evaluation would end with this command
    if (keepBest && !core.isElsewhere)
      return followToEnd(context, core, async () => {
        await stop()
        return core.call('runs.get', { id })
      })
    await stop()
    context.output.note(`"${name}" stops after its step and is then evaluated.`)
    return 0
  })
}

async function runGoOn(context: CliContext, wanted: string, queued: boolean): Promise<number> {
  refuseBlank(wanted, 'run')
  return withAnyCore(context, 'resume', async (core) => {
    const { id } = await findRun(core.call, wanted)
    if (!queued) return followToEnd(context, core, () => core.call('training.resume', { id }))
    await core.call('queue.addResume', { id })
    tellWhenTrained(context, core)
    return 0
  })
}

async function runBranch(
  context: CliContext,
  wanted: string,
  from: { readonly stepIndex?: number | undefined; readonly moreSteps?: number },
  { name = '', queue, ...options }: StartingOptions,
): Promise<number> {
  refuseBlank(wanted, 'run')
  const typed = name.trim() === '' ? '' : typedName(name, 'run')
  return withAnyCore(context, 'train', async (core) => {
    const { id } = await findRun(core.call, wanted)
    const request = await core.call('training.branch', { id, ...from })
    const overrides = { ...request.overrides, ...overridesOf({ ...options }) }
    return startOrQueue(context, core, { ...request, overrides, name: typed }, queue === true)
  })
}

/** Shows the plan, and trains it now or when its turn comes. */
export async function startOrQueue(
  context: CliContext,
  core: AnyCore,
  request: TrainRequest,
  queued: boolean,
): Promise<number> {
  const { output } = context
  if (!core.isElsewhere && !queued) await measureMachine(context, core)
  const plan = await core.call('training.plan', request)
  output.record({ type: 'plan', plan })
  output.print(`${planText(plan)}\n`)
  if (!queued) return followToEnd(context, core, () => core.call('training.start', request))
  const entry = await core.call('queue.add', request)
  output.record({ type: 'queued', entry })
  output.note(`"${entry.title}" waits as number ${String(entry.id)}.`)
  tellWhenTrained(context, core)
  return 0
}
