/** Runs that leave this home, and runs that come to it. */
import type { Command } from 'commander'
import type { CliContext, Start } from './context'
import { findRun } from './find'
import { followTask, followToEnd } from './follow-task'
import { withCore } from './open'
import { pathArgument } from './path-argument'

/** `bitw runs export` and `bitw runs import`. */
export function addRunExchange(program: Command, start: Start): void {
  const runs = program.commands.find((command) => command.name() === 'runs')
  runs
    ?.command('export')
    .description('write a run with its curves, predictions and weights as one file for another workbench')
    .argument('<run>', 'name or number')
    .requiredOption('--bundle <file>', 'the file to write')
    .exitOverride()
    .action((wanted: string, { bundle }: { bundle: string }) =>
      start((context) => runSaveBundle(context, wanted, bundle)),
    )
  runs
    ?.command('import')
    .description('take in a run that was exported as a bundle; the same one twice is once')
    .argument('<file>', 'the bundle')
    .exitOverride()
    .action((file: string) => start((context) => runTakeBundle(context, file)))
}

async function runSaveBundle(context: CliContext, wanted: string, typed: string): Promise<number> {
  const path = pathArgument(typed)
  return withCore(context, 'runs export', async (core) => {
    const run = await findRun(core.call, wanted)
    const { taskId } = await core.call('exchange.saveRun', { id: run.id, path })
    await followToEnd(context, core, taskId)
    context.output.record({ type: 'run-exported', runId: run.id, path })
    context.output.print(path)
    return 0
  })
}

async function runTakeBundle(context: CliContext, typed: string): Promise<number> {
  const path = pathArgument(typed)
  return withCore(context, 'runs import', async (core) => {
    const { taskId } = await core.call('exchange.takeRun', { path })
    const runId = await followTask(context, core, taskId)
    const run = await core.call('runs.get', { id: runId })
    const { note = '' } = (await core.call('tasks.list', {})).find(({ id }) => id === taskId) ?? {}
    context.output.record({ type: 'run-imported', run, note })
    context.output.print(`Run ${run.id}: ${run.name}${note === '' ? '' : ` (${note})`}`)
    return 0
  })
}
