/** The split of a dataset, written as a list that can be imported again, or taken from one. */
import type { Split, SplitTogether } from '../../../contract/entities/dataset'
import { WorkbenchError } from '../../../contract/errors'
import { newFile } from '../../files/new-file'
import type { CliContext } from '../context'
import { findDataset } from './find'
import { count, plural, table } from '../text/format'
import { withAnyCore, withReading } from '../machine/open'
import { pathArgument } from '../path-argument'

export interface SplitListOptions {
  readonly from?: string
  readonly keep?: string
  readonly column?: string
  readonly val?: number
  readonly test?: number
  readonly splitSeed?: number
}

/** Throws 'bad-input' unless one of the three is given: a file to write, one to take, or what to keep together. */
export function runSplitList(
  context: CliContext,
  wanted: string,
  file: string | undefined,
  options: SplitListOptions,
): Promise<number> {
  const { from, keep } = options
  if (keep !== undefined && file === undefined) return divide(context, wanted, keep, options)
  if (keep === undefined && file !== undefined && from === undefined)
    return writeSplitList(context, wanted, file)
  if (keep === undefined && file === undefined && from !== undefined)
    return takeSplitList(context, wanted, from)
  throw new WorkbenchError(
    'bad-input',
    'It is not said whether the split is written or taken or made anew.',
    'Give the file that is to be written, --from with the list to take, or --keep with what stays together.',
  )
}

function writeSplitList(context: CliContext, wanted: string, typed: string): Promise<number> {
  const path = pathArgument(typed)
  return withReading(context, 'datasets split', async (call) => {
    const { id, rootPath } = await findDataset(call, wanted)
    const { text, imageCount, leftOutCount } = await call('datasets.splitList', { id })
    await newFile(null, path, (write) => write(text))
    const { output } = context
    output.record({ type: 'split-list', path, imageCount, leftOutCount })
    output.print(`${plural(imageCount, 'image')} with class and part in ${path}`)
    if (leftOutCount > 0)
      output.print(
        `${count(leftOutCount)} left out: their paths or classes have a tab or a line end in them.`,
      )
    output.print(`Its paths are as ${rootPath} has them: to import the list, put it there.`)
    return 0
  })
}

function divide(
  context: CliContext,
  wanted: string,
  keep: string,
  { column, val, test, splitSeed }: SplitListOptions,
): Promise<number> {
  const together = togetherOf(keep, column)
  return withAnyCore(context, 'datasets split', async (core) => {
    const { id, split: before } = await findDataset(core.call, wanted)
    const { options } = before
    const { split } = await core.call('datasets.setSplit', {
      id,
      split: {
        valFraction: val ?? options.valFraction,
        testFraction: test ?? options.testFraction,
        seed: splitSeed ?? options.seed,
      },
      together,
    })
    context.output.record({ type: 'split-made', split })
    context.output.print(splitText(split))
    return 0
  })
}

function togetherOf(keep: string, column: string | undefined): SplitTogether {
  if (keep === 'folder' || keep === 'copies') return keep
  if (keep === 'look-alikes') return 'alike'
  if (column !== undefined) return { column }
  throw new WorkbenchError(
    'bad-input',
    'It is not said which column keeps images together.',
    'Name it: --keep column --column patient.',
  )
}

function splitText({ hash, counts: { train, val, test } }: Split): string {
  return `Split ${hash}: ${count(train)} train, ${count(val)} val, ${count(test)} test. Runs keep the split that they used.`
}

function takeSplitList(context: CliContext, wanted: string, typed: string): Promise<number> {
  const path = pathArgument(typed)
  return withAnyCore(context, 'datasets split', async (core) => {
    const { id, name } = await findDataset(core.call, wanted)
    const given = await core.call('datasets.applySplitList', { id, path })
    const { split } = await core.call('datasets.get', { id })
    const { output } = context
    output.record({ type: 'split-taken', ...given, split })
    const { namedCount, movedCount, unnamedCount, faultCount, faults } = given
    const kept =
      unnamedCount === 0
        ? ''
        : ` ${plural(unnamedCount, 'that it does not name keeps its', 'that it does not name keep theirs')}.`
    output.print(
      `The list names ${plural(namedCount, 'image')} of "${name}"; ${plural(movedCount, 'is', 'are')} in another part now.${kept}`,
    )
    if (faultCount > 0) {
      const rows = faults.map(({ line, text, reason }) => [String(line), text, reason])
      const more = faultCount > rows.length ? `\n… and ${count(faultCount - rows.length)} more` : ''
      output.print(`\n${plural(faultCount, 'line does', 'lines do')} not fit:\n${table(rows)}${more}\n`)
    }
    output.print(splitText(split))
    return 0
  })
}
