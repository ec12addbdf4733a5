/** Runs that leave this home, and runs that come to it. */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import type { Command } from 'commander'
import { WorkbenchError } from '../../../contract/errors'
import type { CliContext, Start } from '../context'
import { findRun } from '../datasets/find'
import { followToEnd } from '../follow-task'
import { withAnyCore } from '../machine/open'
import { pathArgument } from '../path-argument'

/** `bitw runs export`, `import`, and `report`. */
export function addRunExchange(program: Command, start: Start): void {
  const runs = program.commands.find((command) => command.name() === 'runs')
  runs
    ?.command('export')
    .description('write a run as a file for another workbench, or its curves for another program')
    .argument('<run...>', 'names or numbers')
    .option('--bundle <file>', 'write one run with curves, predictions and weights as this file')
    .option('--tensorboard <folder>', "write the curves as TensorBoard's event files")
    .option('--mlruns <folder>', "write settings and curves into MLflow's file store")
    .exitOverride()
    .action((wanted: string[], targets: Targets) =>
      start((context) => runExportRuns(context, wanted, targets)),
    )
  runs
    ?.command('import')
    .description(
      'take in a run that was exported as a bundle, or the curves of runs of TensorBoard, MLflow (mlruns), W&B (offline) or a CSV file; the same twice is once',
    )
    .argument('<path>', 'a bundle, an event file, a .wandb or .csv file, or a folder with such files')
    .exitOverride()
    .action((path: string) => start((context) => runImportRuns(context, path)))
  runs
    ?.command('report')
    .description('write one offline HTML file about a run, or about several compared with the first')
    .argument('<run...>', 'names or numbers')
    .requiredOption('--out <file>', 'the file to write')
    .exitOverride()
    .action((wanted: string[], { out }: { out: string }) =>
      start((context) => runSaveReport(context, wanted, out)),
    )
}

interface Targets {
  readonly bundle?: string
  readonly tensorboard?: string
  readonly mlruns?: string
}

async function runExportRuns(
  context: CliContext,
  wanted: readonly string[],
  { bundle, tensorboard, mlruns }: Targets,
): Promise<number> {
  const { output } = context
  if (bundle === undefined && tensorboard === undefined && mlruns === undefined)
    throw new WorkbenchError('bad-input', 'Say what to write: --bundle, --tensorboard or --mlruns.')
  if (bundle !== undefined && wanted.length > 1)
    throw new WorkbenchError('bad-input', 'A bundle has one run.', 'Export them one by one.')
  return withAnyCore(context, 'runs export', async (core) => {
    const ids: number[] = []
    for (const one of wanted) ids.push((await findRun(core.call, one)).id)
    const written = async (
      path: string,
      begin: (path: string) => Promise<{ taskId: number }>,
    ): Promise<void> => {
      const { taskId } = await begin(path)
      await followToEnd(context, core, taskId)
      output.record({ type: 'run-exported', runIds: ids, path })
      output.print(path)
    }
    const [id = 0] = ids
    if (bundle !== undefined)
      await written(pathArgument(bundle), (path) => core.call('exchange.saveRun', { id, path }))
    if (tensorboard !== undefined)
      await written(pathArgument(tensorboard), (path) =>
        core.call('exchange.saveCurves', { ids, format: 'tensorboard', path }),
      )
    if (mlruns !== undefined) {
      const folder = pathArgument(mlruns)
      await written(folder, (path) => core.call('exchange.saveCurves', { ids, format: 'mlruns', path }))
      output.note(
        `MLflow only maintains its file store. To move it into a database: mlflow migrate-filestore --source ${JSON.stringify(folder)} --target sqlite:///mlflow.db`,
      )
    }
    return 0
  })
}

async function runImportRuns(context: CliContext, typed: string): Promise<number> {
  const path = pathArgument(typed)
  const { output } = context
  return withAnyCore(context, 'runs import', async (core) => {
    if (isZip(path)) {
      const { taskId } = await core.call('exchange.takeRun', { path })
      const { resultId, note } = await followToEnd(context, core, taskId)
      const run = await core.call('runs.get', { id: resultId ?? 0 })
      output.record({ type: 'run-imported', run, note })
      output.print(`Run ${run.id}: ${run.name}${note === '' ? '' : ` (${note})`}`)
    } else {
      const { taskId } = await core.call('exchange.takeOthers', { path })
      const { note } = await followToEnd(context, core, taskId)
      output.record({ type: 'others-imported', path, note })
      output.print(`${note}. "bitw runs is:imported" lists them.`)
    }
    return 0
  })
}

/** A bundle is a zip file; what others write is none. */
function isZip(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false
  const handle = openSync(path, 'r')
  try {
    const head = Buffer.alloc(4)
    return readSync(handle, head, 0, 4, 0) === 4 && head.readUInt32LE(0) === 0x04034b50
  } finally {
    closeSync(handle)
  }
}

async function runSaveReport(context: CliContext, wanted: readonly string[], typed: string): Promise<number> {
  const path = pathArgument(typed)
  return withAnyCore(context, 'runs report', async (core) => {
    const runIds: number[] = []
    for (const one of wanted) runIds.push((await findRun(core.call, one)).id)
    const { taskId } = await core.call('exchange.saveReport', { of: { runIds }, path })
    await followToEnd(context, core, taskId)
    context.output.record({ type: 'report', runIds, path })
    context.output.print(path)
    return 0
  })
}
