import { autoModel } from '../../contract/entities/run'
import type { Overrides, RuleName, Run, TrainRequest, UpstreamPreset } from '../../contract/entities/run'
import { typedName } from '../../domain/names'
import type { Core } from '../host/compose'
import type { CliContext } from './context'
import { findDataset, findRun, refuseBlank } from './find'
import { followRun } from './follow-run'
import { findModelId } from './model-id'
import { withCore } from './open'
import { measureMachine } from './measure-machine'
import { overridesOf } from './recipe-options'
import { planText, resultText } from './run-text'

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
}

export async function runTrain(context: CliContext, options: TrainOptions): Promise<number> {
  const { output } = context
  refuseBlank(options.dataset, 'dataset')
  if (options.name !== undefined && options.name.trim() !== '') typedName(options.name, 'run')
  return withCore(context, 'train', async (core) => {
    const dataset = await findDataset(core.call, options.dataset)
    const request = await requestOf(core, options, dataset.id)
    await measureMachine(context, core)
    const plan = await core.call('training.plan', request)
    output.record({ type: 'plan', plan })
    output.print(`${planText(plan)}\n`)
    return showEnd(context, core, await followRun(context, core, () => core.call('training.start', request)))
  })
}

/** With the settings of the run, on its dataset and labels as they are now. */
export async function runAgain(context: CliContext, wanted: string, name: string): Promise<number> {
  refuseBlank(wanted, 'run')
  const typed = name.trim() === '' ? '' : typedName(name, 'run')
  return withCore(context, 'train', async (core) => {
    const before = await findRun(core.call, wanted)
    const request = { ...(await core.call('training.again', { id: before.id })), name: typed }
    await measureMachine(context, core)
    const run = await followRun(context, core, () => core.call('training.start', request))
    const code = await showEnd(context, core, run)
    if (run.accuracy !== null)
      context.output.print(`\n"bitw compare ${before.id} ${run.id}" shows what it fixed and what it broke.`)
    return code
  })
}

/** From the last checkpoint on. */
export async function runResume(context: CliContext, wanted: string): Promise<number> {
  refuseBlank(wanted, 'run')
  return withCore(context, 'resume', async (core) => {
    const { id } = await findRun(core.call, wanted)
    return showEnd(context, core, await followRun(context, core, () => core.call('training.resume', { id })))
  })
}

async function showEnd({ output }: CliContext, core: Core, run: Run): Promise<number> {
  output.print(resultText(run, await core.call('runs.withoutTwins', { id: run.id })))
  if (run.error !== null) output.error(run.error)
  if (run.state === 'interrupted') {
    const how =
      run.checkpointStep === null ? 'starts it again from step 0, with the same result' : 'continues it'
    output.note(`"${run.name}" was interrupted; "bitw resume ${String(run.id)}" ${how}.`)
  }
  return run.state === 'done' || run.state === 'stopped' ? 0 : 1
}

async function requestOf(core: Core, options: TrainOptions, datasetId: number): Promise<TrainRequest> {
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
async function modelOf(core: Core, weights: string | null): Promise<string> {
  return weights === null ? autoModel : (await core.call('models.get', { id: weights })).model.architecture
}
