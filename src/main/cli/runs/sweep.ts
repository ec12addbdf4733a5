/** "bitw sweep": a search over settings, by a grid or at random, and what came out of it. */
import type { GroupDetail, Spread, Sweep, SweepAxis, SweepPlan } from '../../../contract/entities/queue'
import type { Overrides } from '../../../contract/entities/run'
import { WorkbenchError } from '../../../contract/errors'
import { recipeFields } from '../../../domain/recipe/fields'
import { settingName } from '../../../domain/recipe/setting-words'
import { valueOf, variedKeys } from '../../../domain/sweep/trial-values'
import { sendToCluster, type ClusterOptions } from './cluster'
import type { CliContext } from '../context'
import { findDataset, refuseBlank } from '../datasets/find'
import { duration, percent, table } from '../text/format'
import { measureMachine } from '../machine/measure-machine'
import { withAnyCore, type AnyCore } from '../machine/open'
import { tellWhenTrained, workThroughQueue } from './queue'
import { requestOf, type TrainOptions } from './train-request'

export interface SweepOptions {
  readonly dataset?: string
  readonly model?: string
  readonly weights?: string
  readonly rule: 'paper' | 'reference-code'
  readonly seed: number
  readonly name?: string
  /** Trials of a random search; absent: a grid. */
  readonly random?: number
  readonly searchSeed: number
  readonly asha?: true
  readonly eta: number
  readonly leastSteps?: number
  readonly queue?: true
  readonly plan?: true
}

/** Values as they were given, by the key of the recipe's field: one is set in all trials, more are varied. */
export type GivenValues = Readonly<Record<string, readonly (number | string | boolean)[]>>

export async function runSweep(
  context: CliContext,
  options: SweepOptions,
  given: GivenValues,
  cluster: ClusterOptions | null,
): Promise<number> {
  const { output } = context
  const { dataset: wanted } = options
  if (wanted === undefined)
    throw new WorkbenchError(
      'bad-input',
      'It is not said which dataset is searched on.',
      'Give it with --dataset.',
    )
  refuseBlank(wanted, 'dataset')
  const { overrides, sweep } = searchOf(options, given)
  return withAnyCore(
    context,
    'sweep',
    async (core) => {
      const dataset = await findDataset(core.call, wanted)
      const { name, model, weights, rule, seed } = options
      const asked: TrainOptions = {
        ...overrides,
        dataset: wanted,
        rule,
        seed,
        ...(name !== undefined && { name }),
        ...(model !== undefined && { model }),
        ...(weights !== undefined && { weights }),
      }
      const request = await requestOf(core, asked, dataset.id)
      if (!core.isElsewhere) await measureMachine(context, core)
      const plan = await core.call('groups.planSweep', { request, sweep })
      output.record({ type: 'sweep-plan', plan })
      output.print(`${sweepPlanText(plan)}\n`)
      if (options.plan === true) return 0
      if (cluster !== null) return sendToCluster(context, core, { request, sweep }, cluster)
      const group = await core.call('groups.sweep', { request, sweep })
      return trainGroup(context, core, group, { queued: options.queue === true })
    },
    { worksQueue: options.queue !== true && options.plan !== true && cluster === null },
  )
}

/** Trains a group that is in the queue, unless it only waits there or another core trains it; then what came out. */
export async function trainGroup(
  context: CliContext,
  core: AnyCore,
  { id, name, trialCount }: GroupDetail,
  { queued }: { readonly queued: boolean },
): Promise<number> {
  const { output } = context
  output.note(`"${name}": ${String(trialCount)} trainings in the queue.`)
  if (queued || core.isElsewhere) {
    tellWhenTrained(context, core)
    return 0
  }
  const code = await workThroughQueue(context, core)
  const group = await core.call('groups.get', { id })
  output.record({ type: 'group', group })
  output.print(groupText(group))
  return code
}

/** The trials, best on val first, and over all of them mean and standard deviation. */
function groupText({ trials, val, test, kind, bestSoFar }: GroupDetail): string {
  const keys = variedKeys(trials)
  const share = (value: number | null): string => (value === null ? '—' : percent(value))
  const byVal = [...trials].sort((a, b) => (b.valAccuracy ?? -1) - (a.valAccuracy ?? -1) || a.index - b.index)
  const rows = byVal.map((trial) => [
    String(trial.index + 1),
    trial.runId === null ? '—' : String(trial.runId),
    ...keys.map((key) => String(valueOf(trial, key) ?? '')),
    ...(kind === 'seeds' ? [String(trial.seed)] : []),
    trial.state,
    `${String(trial.stepsDone)}/${String(trial.stepCount ?? '—')}`,
    share(trial.valAccuracy),
    share(trial.testAccuracy),
  ])
  const head = [
    'trial',
    'run',
    ...keys.map(settingName),
    ...(kind === 'seeds' ? ['seed'] : []),
    'state',
    'steps',
    'val',
    'test',
  ]
  const last = bestSoFar.at(-1)
  return [
    table([head, ...rows], [0, 1]),
    '',
    `val ${spreadText(val)}, test ${spreadText(test)}`,
    ...(kind === 'sweep' && last !== undefined
      ? [`The trial that is best on val has ${percent(last.mean)} on test.`]
      : []),
  ].join('\n')
}

function spreadText(spread: Spread | null): string {
  if (spread === null) return '—'
  const { mean, sd, count } = spread
  return `${percent(mean)}${sd === null ? '' : ` ± ${(sd * 100).toFixed(1)}`} (${String(count)} ${count === 1 ? 'run' : 'runs'})`
}

function sweepPlanText({ trials, totalMs, rungs, certainty }: SweepPlan): string {
  const shown = trials.slice(0, 20)
  const keys = variedKeys(shown)
  const rows = shown.map((trial) => [
    String(trial.index + 1),
    ...keys.map((key) => String(valueOf(trial, key) ?? '')),
    String(trial.stepCount),
    duration(trial.durationMs),
  ])
  const more = trials.length - shown.length
  return [
    table([['trial', ...keys.map(settingName), 'steps', 'time'], ...rows], [0]),
    ...(more > 0 ? [`and ${String(more)} more`] : []),
    '',
    `${String(trials.length)} trials: about ${duration(totalMs)} together (${certainty}).`,
    ...(rungs.length > 0 ? [`ASHA: rungs after ${rungs.join(', ')} steps.`] : []),
  ].join('\n')
}

function searchOf(options: SweepOptions, given: GivenValues): { overrides: Overrides; sweep: Sweep } {
  const { random, searchSeed, asha, eta, leastSteps } = options
  const entries = Object.entries(given)
  const axes: SweepAxis[] = entries.flatMap(([key, values]) =>
    values.length > 1 ? [{ key, values: [...values] }] : [],
  )
  const overrides = Object.fromEntries(
    entries.flatMap(([key, [value, ...others]]) =>
      others.length === 0 && key in recipeFields ? [[key, value]] : [],
    ),
  ) as Overrides
  if (random === undefined && axes.length === 0)
    throw new WorkbenchError(
      'bad-input',
      'There is nothing to search over.',
      'Give a setting several values, such as --lr 0.01,0.03, or --random 40 for a random search.',
    )
  return {
    overrides,
    sweep: {
      kind: random === undefined ? 'grid' : 'random',
      axes,
      count: random ?? 1,
      seed: searchSeed,
      asha: asha === true ? { eta, leastSteps: leastSteps ?? null } : null,
    },
  }
}
