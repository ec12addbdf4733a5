import type { Overrides } from '../../../contract/entities/run'
import { typedName } from '../../../domain/names'
import type { CliContext } from '../context'
import { findDataset, findRun, refuseBlank } from '../datasets/find'
import { followRun } from './follow-run'
import { followToEnd, showEnd } from './follow-to-end'
import { withAnyCore } from '../machine/open'
import { startOrQueue } from './run-commands'
import { trainGroup } from './sweep'
import { measureMachine } from '../machine/measure-machine'
import { overridesOf } from './recipe-options'
import { requestOf, type TrainOptions } from './train-request'

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

/** From the last checkpoint on. */
export async function runResume(context: CliContext, wanted: string): Promise<number> {
  refuseBlank(wanted, 'run')
  return withAnyCore(context, 'resume', async (core) => {
    const { id } = await findRun(core.call, wanted)
    return followToEnd(context, core, () => core.call('training.resume', { id }))
  })
}
