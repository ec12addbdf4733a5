/** "bitw sweep --on": a search whose trials run on a cluster, each in a home of its own; "bitw sweep merge" takes their results in. */
import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { DatasetDetail } from '../../../contract/entities/dataset'
import type { Sweep } from '../../../contract/entities/queue'
import type { Run, TrainRequest } from '../../../contract/entities/run'
import { WorkbenchError } from '../../../contract/errors'
import { readError } from '../../files/read-error'
import { inWriteWords } from '../../files/write-error'
import type { CliContext } from '../context'
import {
  clusterFiles,
  submitCommand,
  trainArguments,
  type ClusterJob,
  type ClusterKind,
} from './cluster-files'
import { followTask } from '../follow-task'
import { percent, plural, table } from '../text/format'
import { pathArgument } from '../path-argument'
import { type AnyCore, withAnyCore } from '../machine/open'

const run = promisify(execFile)

export interface ClusterOptions {
  readonly on: ClusterKind
  readonly folder: string
  readonly program?: string
  readonly image: string
  readonly volumeClaim: string
  readonly atOnce: number
  readonly onlyWrite: boolean
}

/** Of "--asha" with "--on". */
export const noAshaElsewhere = new WorkbenchError(
  'bad-input',
  'ASHA compares trials as they come to a rung, and the trials on a cluster have homes of their own, which do not see each other.',
  'Leave --asha out and give --random or --steps fewer, or leave --on out: this machine trains a trial on each of its GPUs.',
)

export async function sendToCluster(
  { output }: CliContext,
  core: Pick<AnyCore, 'call'>,
  { request, sweep }: { readonly request: TrainRequest; readonly sweep: Sweep },
  options: ClusterOptions,
): Promise<number> {
  const wanted = pathArgument(options.folder)
  refuseUsed(wanted)
  // as a search on this machine does: the trials train on the labels as they are now
  await core.call('labels.takeIn', { datasetId: request.datasetId })
  const { model, weights } = await core.call('training.plan', request)
  const plan = await core.call('groups.planSweep', { request, sweep })
  const folder = inWriteWords(wanted, () => {
    mkdirSync(wanted, { recursive: true })
    const made = realpathSync(wanted)
    for (const name of ['logs', 'results', 'homes']) mkdirSync(join(made, name), { recursive: true })
    return made
  })
  const dataset = await core.call('datasets.get', { id: request.datasetId })
  const { rootPath, name: datasetName } = dataset
  const { text: splitText } = await core.call('datasets.splitList', { id: request.datasetId })
  const write = (name: string, text: string): void => {
    const path = join(folder, name)
    inWriteWords(path, () => writeFileSync(path, text))
  }
  write('split.tsv', splitText)
  const corrections = await core.call('labels.patch', { datasetId: request.datasetId })
  if (corrections.count > 0) write('labels.csv', corrections.text)
  const start = weights === null ? ['--model', model] : ['--weights', portable(weights)]
  const job: ClusterJob = {
    folder,
    program:
      options.program === undefined
        ? [process.execPath, process.argv[1] ?? 'bitw']
        : options.program.split(' '),
    datasetName,
    source: rootPath,
    reading: readingOf(dataset),
    isCorrected: corrections.count > 0,
    name: request.name.trim() === '' ? `Search on ${datasetName}` : request.name.trim(),
    trials: plan.trials.map(({ values }) => [
      ...start,
      ...['--rule', request.rule, '--seed', String(request.seed)],
      ...trainArguments({ ...request.overrides, ...values }),
    ]),
    image: options.image,
    volumeClaim: options.volumeClaim,
    parallelism: options.atOnce,
  }
  for (const { name, text, isProgram } of clusterFiles(options.on, job)) {
    write(name, text)
    if (isProgram) chmodSync(join(folder, name), 0o755)
  }
  const command = submitCommand(options.on, job)
  output.record({ type: 'cluster-job', folder, trials: job.trials.length, command })
  output.print(`${plural(job.trials.length, 'trial is', 'trials are')} written to ${folder}`)
  if (options.onlyWrite) output.print(`To submit them: ${command.join(' ')}`)
  else output.print(await submitted(command))
  output.note(`"bitw sweep merge ${folder}" takes in what is done, as often as you like.`)
  return 0
}

/** Every result that is there; one that was taken in before is left as it is. */
export async function runSweepMerge(context: CliContext, folder: string): Promise<number> {
  const { output } = context
  const results = join(pathArgument(folder), 'results')
  const files = bundlesIn(results)
  return withAnyCore(context, 'sweep merge', async (core) => {
    const before = new Set((await core.call('runs.list', {})).map(({ id }) => id))
    const runs: Run[] = []
    let failures = 0
    for (const file of files) {
      try {
        const { taskId } = await core.call('exchange.takeRun', { path: join(results, file) })
        const runId = await followTask(context, core, taskId)
        runs.push(await core.call('runs.get', { id: runId }))
      } catch (thrown) {
        failures++
        output.note(`${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
      }
    }
    const added = runs.filter(({ id }) => !before.has(id)).length
    output.record({ type: 'merged', found: files.length, added, failures })
    runs.sort((a, b) => (b.accuracy?.value ?? -1) - (a.accuracy?.value ?? -1))
    const rows = runs.map(({ id, name, accuracy, evaluatedOn }) => [
      String(id),
      name,
      accuracy === null ? '—' : `${percent(accuracy.value)} on ${evaluatedOn ?? ''}`,
    ])
    if (rows.length > 0) output.print(table([['run', 'name', 'images right'], ...rows], [0]))
    output.print(`${String(files.length)} results, ${String(added)} of them new.`)
    return failures === 0 ? 0 : 1
  })
}

/** Results of another search would be taken for those of this one, and files of the user's replaced. */
function refuseUsed(folder: string): void {
  if (!existsSync(folder)) return
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    throw readError(folder, error)
  }
  if (names.length === 0) return
  throw new WorkbenchError(
    'name-taken',
    `${folder} is not empty: it holds ${names.slice(0, 3).join(', ')}${names.length > 3 ? ' …' : ''}.`,
    'Choose a new folder for each search. "bitw sweep merge" takes in the results of one that is there.',
  )
}

/** As options of `bitw import`. */
function readingOf({ folders, columns = {} }: DatasetDetail): string[] {
  const { path, label, part } = columns
  return [
    ...(folders === undefined ? [] : ['--folders', folders]),
    ...(path === undefined ? [] : ['--path-column', path]),
    ...(label === undefined ? [] : ['--label-column', label]),
    ...(part === undefined ? [] : ['--split-column', part ?? 'none']),
  ]
}

function bundlesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.bitwrun'))
      .sort()
  } catch (cause) {
    throw new WorkbenchError(
      'path-not-found',
      `There are no results in ${folder}.`,
      'Give the folder of the search.',
      { cause },
    )
  }
}

/** What another home has too. */
function portable(weights: string): string {
  if (weights.startsWith('embedded:') || weights.startsWith('path:')) return weights.replace(/^path:/, '')
  throw new WorkbenchError(
    'unsupported',
    `The homes of the trials do not have ${weights}.`,
    'Export the model into the shared folder, and give its file with --weights.',
  )
}

async function submitted([program = '', ...words]: readonly string[]): Promise<string> {
  try {
    return (await run(program, words)).stdout.trim()
  } catch (cause) {
    throw new WorkbenchError(
      'unsupported',
      `"${[program, ...words].join(' ')}" failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      'The files are written: submit them yourself, or leave it with --only-write.',
      { cause },
    )
  }
}
