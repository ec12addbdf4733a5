import { autoModel } from '../../contract/entities/run'
import type { Overrides, RuleName, Run, TrainRequest, UpstreamPreset } from '../../contract/entities/run'
import { typedName } from '../../domain/names'
import type { Core } from '../host/compose'
import type { CliContext } from './context'
import { findDataset, findRun, refuseBlank } from './find'
import { followRun } from './follow-run'
import { findModelId } from './model-id'
import { withAnyCore, type AnyCore } from './open'
import { startOrQueue } from './run-commands'
import { trainGroup } from './sweep'
import { measureMachine } from './measure-machine'
import { overridesOf } from './recipe-options'
import { resultText } from './run-text'

/** The fields of the recipe under their own names. */
export interface TrainOptions extends Overrides {
  readonly dataset: string
  /** May be left out where weights say it, or the workbench chooses both. */
  readonly model?: string
  readonly weights?: string
  readonly rule: RuleName
  readonly budget?: number
  readonly preset?: UpstreamPreset
  readonly seed: number
  readonly name?: string
  /** So many runs with seeds from `seed` on. */
  readonly seeds?: number
  readonly queue?: true
}

export async function runTrain(context: CliContext, options: TrainOptions): Promise<number> {
  refuseBlank(options.dataset, 'dataset')
  if (options.name !== undefined && options.name.trim() !== '') typedName(options.name, 'run')
  const { seeds } = options
  return withAnyCore(
    context,
    seeds === undefined ? 'train' : 'sweep',
    async (core) => {
      const dataset = await findDataset(core.call, options.dataset)
      const request = await requestOf(core, options, dataset.id)
      if (seeds === undefined) return startOrQueue(context, core, request, options.queue === true)
      if (!core.isElsewhere) await measureMachine(context, core)
      return trainGroup(context, core, await core.call('groups.seeds', { request, count: seeds }), {
        queued: options.queue === true,
      })
    },
    { worksQueue: seeds !== undefined && options.queue !== true },
  )
}

export interface AgainOptions extends Overrides {
  readonly name?: string
  readonly queue?: true
}

/** With the settings of the run, on its dataset and labels as they are now. */
export async function runAgain(
  context: CliContext,
  wanted: string,
  { name = '', queue, ...options }: AgainOptions,
): Promise<number> {
  refuseBlank(wanted, 'run')
  const typed = name.trim() === '' ? '' : typedName(name, 'run')
  return withAnyCore(context, 'train', async (core) => {
    const before = await findRun(core.call, wanted)
    const same = await core.call('training.again', { id: before.id })
    const overrides = { ...same.overrides, ...overridesOf({ ...options }) }
    const request = { ...same, overrides, name: typed }
    if (queue === true || core.isElsewhere) return startOrQueue(context, core, request, queue === true)
    await measureMachine(context, core)
    const run = await followRun(context, core, () => core.call('training.start', request))
    const code = await showEnd(context, core, run)
    if (run.accuracy !== null)
      context.output.print(`\n"bitw compare ${before.id} ${run.id}" shows what it fixed and what it broke.`)
    return code
  })
}

/** Shows it until its end; where the core is elsewhere, only that it has begun. */
export async function followToEnd(
  context: CliContext,
  core: AnyCore,
  start: () => Promise<Run>,
): Promise<number> {
  if (!core.isElsewhere) return showEnd(context, core, await followRun(context, core, start))
  const run = await start()
  context.output.record({ type: 'run', run })
  context.output.note(
    `"${run.name}" (${String(run.id)}) trains in the workbench that has this home. "bitw runs ${String(run.id)}" shows it.`,
  )
  return 0
}

/** From the last checkpoint on. */
export async function runResume(context: CliContext, wanted: string): Promise<number> {
  refuseBlank(wanted, 'run')
  return withAnyCore(context, 'resume', async (core) => {
    const { id } = await findRun(core.call, wanted)
    return followToEnd(context, core, () => core.call('training.resume', { id }))
  })
}

async function showEnd({ output }: CliContext, core: Pick<Core, 'call'>, run: Run): Promise<number> {
  output.print(resultText(run, await core.call('runs.withoutTwins', { id: run.id })))
  if (run.error !== null) output.error(run.error)
  if (run.state === 'paused')
    output.note(`"${run.name}" is paused; "bitw resume ${String(run.id)}" goes on with it.`)
  if (run.state === 'interrupted') {
    const how =
      run.checkpointStep === null ? 'starts it again from step 0, with the same result' : 'continues it'
    output.note(`"${run.name}" was interrupted; "bitw resume ${String(run.id)}" ${how}.`)
  }
  return run.state === 'done' || run.state === 'stopped' ? 0 : 1
}

export async function requestOf(
  core: Pick<Core, 'call'>,
  options: TrainOptions,
  datasetId: number,
): Promise<TrainRequest> {
  const weights = options.weights === undefined ? null : await findModelId(core.call, options.weights)
  return {
    datasetId,
    model: options.model ?? (await modelOf(core, weights)),
    rule: options.rule,
    budgetMs: options.budget ?? null,
    preset: options.preset ?? 'small',
    overrides: overridesOf({ ...options }),
    seed: options.seed,
    weights,
    name: options.name ?? '',
  }
}

/** The size that the weights are of. */
async function modelOf(core: Pick<Core, 'call'>, weights: string | null): Promise<string> {
  return weights === null ? autoModel : (await core.call('models.get', { id: weights })).model.architecture
}
