/** The split of a dataset, written as a list that can be imported again, or taken from one. */
import { writeFile } from 'node:fs/promises'
import { WorkbenchError } from '../../contract/errors'
import { writeError } from '../files/write-error'
import type { CliContext } from './context'
import { findDataset } from './find'
import { count, table } from './format'
import { withCore, withReading } from './open'
import { pathArgument } from './path-argument'
import { readTextFile } from './read-text-file'

export interface SplitListOptions {
  readonly from?: string
}

/** Throws 'bad-input' unless one of the two is given: a file to write, or one to take. */
export function runSplitList(
  context: CliContext,
  wanted: string,
  file: string | undefined,
  { from }: SplitListOptions,
): Promise<number> {
  if (file !== undefined && from === undefined) return writeSplitList(context, wanted, file)
  if (file === undefined && from !== undefined) return takeSplitList(context, wanted, from)
  throw new WorkbenchError(
    'bad-input',
    'It is not said whether the split is written or taken.',
    'Give the file that is to be written, or --from with the list to take.',
  )
}

function writeSplitList(context: CliContext, wanted: string, typed: string): Promise<number> {
  const path = pathArgument(typed)
  return withReading(context, 'datasets split', async (call) => {
    const { id, rootPath } = await findDataset(call, wanted)
    const { text, imageCount, leftOutCount } = await call('datasets.splitList', { id })
    try {
      await writeFile(path, text, { flag: 'wx' })
    } catch (thrown) {
      throw writeError(path, thrown)
    }
    const { output } = context
    output.record({ type: 'split-list', path, imageCount, leftOutCount })
    output.print(`${count(imageCount)} images with their classes and parts in ${path}`)
    if (leftOutCount > 0)
      output.print(
        `${count(leftOutCount)} left out: their paths or classes have a tab or a line end in them.`,
      )
    output.print(`Its paths are as ${rootPath} has them: to import the list, put it there.`)
    return 0
  })
}

function takeSplitList(context: CliContext, wanted: string, typed: string): Promise<number> {
  const path = pathArgument(typed)
  return withCore(context, 'datasets split', async (core) => {
    const { id, name } = await findDataset(core.call, wanted)
    const given = await core.call('datasets.applySplitList', { id, text: await readTextFile(path) })
    const { split } = await core.call('datasets.get', { id })
    const { output } = context
    output.record({ type: 'split-taken', ...given, split })
    const { train, val, test } = split.counts
    const { namedCount, movedCount, unnamedCount, faultCount, faults } = given
    const kept = unnamedCount === 0 ? '' : ` ${count(unnamedCount)} that it does not name keep theirs.`
    output.print(
      `The list names ${count(namedCount)} images of "${name}"; ${count(movedCount)} are in another part now.${kept}`,
    )
    if (faultCount > 0) {
      const rows = faults.map(({ line, text, reason }) => [String(line), text, reason])
      const more = faultCount > rows.length ? `\n… and ${count(faultCount - rows.length)} more` : ''
      output.print(
        `\n${count(faultCount)} ${faultCount === 1 ? 'line does' : 'lines do'} not fit:\n${table(rows)}${more}\n`,
      )
    }
    output.print(
      `Split ${split.hash}: ${count(train)} train, ${count(val)} val, ${count(test)} test. Runs keep the split that they used.`,
    )
    return 0
  })
}
