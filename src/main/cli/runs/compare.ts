/** Runs on the same images: of two, what the second fixed and what it broke; of more, what Compare shows. */
import type { ComparedSlice, Comparison, ComparisonGroup } from '../../../contract/entities/comparison'
import { mostCompared } from '../../../contract/entities/many-runs'
import type { Run } from '../../../contract/entities/run'
import { WorkbenchError } from '../../../contract/errors'
import { comparisonNames, pText } from '../../../domain/comparison/comparison-words'
import { compareMany, type CompareOptions } from './compare-many'
import { mcnemarExact } from '../../../domain/statistics/mcnemar'
import type { CliContext } from '../context'
import { findRun } from '../datasets/find'
import { accuracyText, count, plural, table } from '../text/format'
import { withReading } from '../machine/open'

export function runCompare(
  context: CliContext,
  wanted: readonly string[],
  options: CompareOptions,
): Promise<number> {
  return withReading(context, 'compare', async (call) => {
    const runs: Run[] = []
    for (const name of wanted) runs.push(await findRun(call, name))
    const [first, second] = runs
    if (first === undefined || second === undefined)
      throw new WorkbenchError('bad-input', 'One run cannot be compared.', 'Name two or more.')
    if (runs.length > mostCompared)
      throw new WorkbenchError(
        'bad-input',
        `${String(runs.length)} runs are too many to compare.`,
        `Name at most ${String(mostCompared)}.`,
      )
    if (runs.length > 2 || options.query !== undefined) {
      await compareMany(
        context,
        call,
        runs.map(({ id }) => id),
        options,
      )
      return 0
    }
    const { part, limit } = options
    const question = { first: first.id, second: second.id, ...(part !== undefined && { part }) }
    const comparison = await call('runs.compare', question)
    const { output } = context
    output.record({ type: 'comparison', first: first.name, second: second.name, comparison })
    output.print(comparisonText(first.name, second.name, comparison))
    const slices = await call('runs.compareSlices', question)
    for (const slice of slices) output.record({ type: 'compared-slice', slice })
    if (slices.length > 0) output.print(`\n${slicesText(slices)}`)
    for (const group of ['fixed', 'broken'] as const) {
      const { total, images } = await call('runs.compared', { ...question, group, offset: 0, limit })
      for (const image of images) output.record({ type: 'compared', group, image })
      if (images.length === 0) continue
      const more = total > images.length ? `\n… and ${count(total - images.length)} more` : ''
      const rows = images.map(({ path, label, first: was, second: now }) => [
        path,
        label,
        was.className,
        now.className,
      ])
      output.print(
        `\n${comparisonNames[group]}\n${table([['image', 'label', first.name, second.name], ...rows])}${more}`,
      )
    }
    return 0
  })
}

function slicesText(slices: readonly ComparedSlice[]): string {
  const rows = slices.map(({ name, counts, fault }) =>
    fault !== ''
      ? [name, fault]
      : [name, count(counts.fixed), count(counts.broken), pText(mcnemarExact(counts.fixed, counts.broken))],
  )
  return table([['slice', 'fixed', 'broken', ''], ...rows], [1, 2])
}

export function comparisonText(first: string, second: string, comparison: Comparison): string {
  const { counts, part, p, onlyFirst, onlySecond, excluded, relabelled } = comparison
  const of = (group: ComparisonGroup): string[] => [comparisonNames[group], count(counts[group])]
  const lines = [
    table([
      [first, accuracyText(comparison.first, null)],
      [second, accuracyText(comparison.second, null)],
    ]),
    '',
    table([of('fixed'), of('broken'), of('same-wrong'), of('other-wrong'), of('right')], [1]),
    '',
    `McNemar's exact test: ${pText(p)}. ${plural(comparison.first.total, `${part} image`)} that both evaluated.`,
  ]
  if (onlyFirst + onlySecond > 0)
    lines.push(
      `Left out: ${count(onlyFirst)} that only the first evaluated, ${count(onlySecond)} the second.`,
    )
  if (excluded > 0) lines.push(`Left out: ${plural(excluded, 'that is', 'that are')} excluded now.`)
  if (relabelled > 0)
    lines.push(`${plural(relabelled, 'has', 'have')} another label now; both runs are judged by that.`)
  return lines.join('\n')
}
