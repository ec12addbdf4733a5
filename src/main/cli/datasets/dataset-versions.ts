/** Checking a dataset for changes, taking them in, and its versions. */
import type { DatasetCheck, DatasetVersion, ImageDifference } from '../../../contract/entities/dataset'
import { differenceNames, differenceText } from '../../../domain/difference-words'
import { sameBytesKinds } from '../../../domain/same-bytes'
import type { CliContext } from '../context'
import { findDataset } from './find'
import { followToEnd } from '../follow-task'
import { count, plural, table, time } from '../text/format'
import { type AnyCore, withAnyCore, withReading } from '../machine/open'
import { pathArgument } from '../path-argument'
import { sameBytesText } from '../text/same-bytes-text'

/** Differences that are written out; the rest is counted. */
const shownDifferences = 20

export function runCheckDataset(context: CliContext, wanted: string): Promise<number> {
  return withAnyCore(context, 'datasets check', async (core) => {
    const { id, name } = await findDataset(core.call, wanted)
    await followToEnd(context, core, (await core.call('datasets.check', { id })).taskId)
    const check = await core.call('datasets.checked', { id })
    if (check === null) return 0
    const { output } = context
    output.record({ type: 'dataset-check', check })
    output.print(checkText(name, check))
    await printDifferences(context, core, id)
    if (differenceText(check.counts) !== '')
      output.print(
        `\n"bitw datasets take-in ${id}" makes a new version of them. Runs keep the version that they used.`,
      )
    return 0
  })
}

export function runTakeIn(context: CliContext, wanted: string): Promise<number> {
  return withAnyCore(context, 'datasets take-in', async (core) => {
    const { id, name, versionNumber } = await findDataset(core.call, wanted)
    const { note } = await followToEnd(context, core, (await core.call('datasets.takeIn', { id })).taskId)
    await printDifferences(context, core, id)
    const dataset = await core.call('datasets.get', { id })
    const { output } = context
    output.record({ type: 'dataset', dataset })
    if (dataset.versionNumber === versionNumber)
      output.print(`${note}. "${name}" is still version ${versionNumber}.`)
    else {
      const { train, val, test } = dataset.split.counts
      output.print(
        `\n"${name}" is version ${dataset.versionNumber} now: ${note}. ${plural(dataset.imageCount, 'image')}: ${count(train)} train, ${count(val)} val, ${count(test)} test.`,
      )
      for (const kind of sameBytesKinds) {
        const text = await sameBytesText(core, dataset, kind, output)
        if (text !== '') output.print(`\n${text}`)
      }
    }
    return 0
  })
}

export function runMoveDataset(context: CliContext, wanted: string, path: string): Promise<number> {
  return withAnyCore(context, 'datasets move', async (core) => {
    const { id } = await findDataset(core.call, wanted)
    const { taskId } = await core.call('datasets.move', { id, path: pathArgument(path) })
    const { note } = await followToEnd(context, core, taskId)
    const dataset = await core.call('datasets.get', { id })
    context.output.record({ type: 'dataset', dataset })
    context.output.print(`${note}.\nThe images of "${dataset.name}" are read from ${dataset.rootPath} now.`)
    return 0
  })
}

export function runVersions(context: CliContext, wanted: string): Promise<number> {
  return withReading(context, 'datasets versions', async (call) => {
    const { id } = await findDataset(call, wanted)
    const versions = await call('datasets.versions', { id })
    for (const version of versions) context.output.record({ type: 'dataset-version', version })
    context.output.print(versionsText(versions))
    return 0
  })
}

async function printDifferences({ output }: CliContext, core: AnyCore, id: number): Promise<void> {
  const limit = 1000
  let shown: ImageDifference[] = []
  for (let offset = 0; ; offset += limit) {
    const { total, differences } = await core.call('datasets.differences', { id, offset, limit })
    for (const difference of differences) output.record({ type: 'difference', difference })
    if (shown.length === 0) shown = differences.slice(0, shownDifferences)
    if (offset + limit < total) continue
    const more = total > shown.length ? `\n… and ${count(total - shown.length)} more (all with --json)` : ''
    if (shown.length > 0) output.print(`\n${table(shown.map(rowOf))}${more}`)
    return
  }
}

function rowOf({ kind, key, wasKey, className, wasClassName, note }: ImageDifference): string[] {
  const from = kind === 'moved' ? `from ${wasKey ?? ''}` : ''
  const label = wasClassName === null || className === null || className === wasClassName
  return [
    differenceNames[kind],
    key,
    [from, label ? '' : `${wasClassName} is now ${className}`, note].filter((part) => part !== '').join(', '),
  ]
}

function checkText(name: string, { versionNumber, sameCount, counts }: DatasetCheck): string {
  const differ = differenceText(counts)
  const same = `${plural(sameCount, 'image is', 'images are')} as in version ${versionNumber} of "${name}"`
  return differ === '' ? `Nothing has changed: all ${same}.` : `${differ}. ${same}.`
}

function madeByText(madeBy: DatasetVersion['madeBy'], changes: DatasetVersion['changes']): string {
  if (madeBy === 'import') return 'imported'
  if (madeBy === 'split') return 'new split'
  const words = changes === null ? '' : differenceText(changes)
  return madeBy === 'labels' ? `corrected labels: ${words}` : words
}

function versionsText(versions: readonly DatasetVersion[]): string {
  const rows = versions.map(
    ({ number, createdAtMs, imageCount, splitHash, runCount, isCurrent, madeBy, changes }) => [
      isCurrent ? '*' : '',
      String(number),
      time(createdAtMs),
      count(imageCount),
      splitHash,
      String(runCount),
      madeByText(madeBy, changes),
    ],
  )
  return table([['', 'version', 'made', 'images', 'split', 'runs', 'what'], ...rows], [1, 3, 5])
}
