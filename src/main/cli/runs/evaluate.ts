/** A run's model on another dataset or part. */
import { readFile } from 'node:fs/promises'
import { imagesOf, unpackConfusion } from '../../../contract/entities/confusion'
import type { SplitPart } from '../../../contract/entities/dataset'
import type { OpenableSet } from '../../../contract/entities/prediction-set'
import { WorkbenchError } from '../../../contract/errors'
import type { ClassMapping } from '../../../domain/prediction-set/class-mapping'
import { splitWhich } from '../../../domain/model/run-model'
import { accuracyOf } from '../../../domain/rules/interval'
import type { CliContext } from '../context'
import { findDataset, findRun } from '../datasets/find'
import { followTask } from '../follow-task'
import { accuracyText, count, table } from '../text/format'
import { withAnyCore } from '../machine/open'
import { pathArgument } from '../path-argument'

export interface EvaluateOptions {
  readonly on: string
  readonly part?: SplitPart
  readonly step?: number
  readonly map?: string
}

export function runEvaluate(
  context: CliContext,
  wanted: string,
  { on, part, step, map }: EvaluateOptions,
): Promise<number> {
  return withAnyCore(context, 'evaluate', async (core) => {
    const { call } = core
    const { name, which } = splitWhich(wanted.replace(/^run:(?=\d)/, ''))
    if (which !== '' && step !== undefined)
      throw new WorkbenchError(
        'bad-input',
        `The checkpoint is given twice: "${which}" and --step ${String(step)}.`,
        'Leave one of them out.',
      )
    const run = await findRun(call, name)
    const dataset = await findDataset(call, on)
    const plan = await call('evaluate.plan', { runId: run.id, datasetId: dataset.id })
    const mapping = map === undefined ? plan.mapping : await readMapping(pathArgument(map))
    const { output } = context
    output.note(
      mappingText(
        mapping,
        plan.datasetClasses.map(({ name }) => name),
      ),
    )
    const { taskId } = await call('evaluate.start', {
      ...{ runId: run.id, datasetId: dataset.id, part: part ?? null },
      mapping: mapping.map(([from, to]) => [from, to]),
      step: step ?? checkpointOf(which),
    })
    const setId = await followTask(context, core, taskId)
    const set = (await call('predictions.sets', { runId: run.id })).find(({ id }) => id === setId)
    const confusion = unpackConfusion(await call('predictions.confusion', { runId: run.id, setId }))
    const { right, total } = imagesOf(confusion)
    const accuracy = accuracyOf(right, total)
    output.record({ type: 'evaluated', runId: run.id, setId, accuracy, set })
    output.print(`${run.name} on ${dataset.name}: ${accuracyText(accuracy, null)}`)
    if (set !== undefined) output.print(leftOutText(set))
    return 0
  })
}

/** Of "@best", "@last", "@400" or nothing. */
function checkpointOf(which: string): number | 'last' | 'best' {
  const word = which.slice(1)
  return word === 'best' ? word : word === 'last' || word === '' ? 'last' : Number(word)
}

function leftOutText({ other }: OpenableSet): string {
  const [unmapped, unread] = [other?.unmappedCount ?? 0, other?.unreadCount ?? 0]
  const parts = [
    ...(unmapped > 0 ? [`${count(unmapped)} whose class the model does not have`] : []),
    ...(unread > 0 ? [`${count(unread)} that cannot be read`] : []),
  ]
  return parts.length === 0 ? 'No image was left out.' : `Left out: ${parts.join(', ')}.`
}

function mappingText(mapping: ClassMapping, datasetClasses: readonly string[]): string {
  const taken = new Set(mapping.map(([, to]) => to))
  const without = datasetClasses.filter((name) => !taken.has(name))
  const rows = mapping.map(([from, to]) => [from, to === null ? '(left out)' : to])
  const others = without.length === 0 ? '' : `\nNot among the model's: ${without.join(', ')}`
  return `${table([['class of the model', 'class of the dataset'], ...rows])}${others}\n`
}

/** A line for each class of the model: it, a comma, and the class of the dataset or nothing. Quotes around a name with a comma. */
async function readMapping(path: string): Promise<ClassMapping> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new WorkbenchError('path-not-found', `${path} cannot be read.`, 'Name a CSV file with two columns.')
  })
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line, at) => {
      const found = /^(?:"((?:[^"]|"")*)"|([^,"]*)),(?:"((?:[^"]|"")*)"|([^,"]*))$/.exec(line.trim())
      if (found === null) {
        throw new WorkbenchError(
          'bad-input',
          `Line ${String(at + 1)} of ${path} is not two names with a comma between them: ${line.slice(0, 80)}`,
          'Write the class of the model, a comma, and the class of the dataset, or nothing to leave it out.',
        )
      }
      const [, quotedFrom, from = '', quotedTo, to = ''] = found
      const target = (quotedTo?.replaceAll('""', '"') ?? to).trim()
      return [(quotedFrom?.replaceAll('""', '"') ?? from).trim(), target === '' ? null : target] as const
    })
}
