/** Two runs on the same images: what the second fixed, and what it broke. */
import type { Comparison, ComparisonGroup } from '../../contract/entities/comparison'
import type { SplitPart } from '../../contract/entities/dataset'
import { comparisonNames, pText } from '../../domain/comparison/comparison-words'
import type { CliContext } from './context'
import { findRun } from './find'
import { accuracyText, count, table } from './format'
import { withReading } from './open'

export interface CompareOptions {
  readonly part?: SplitPart
  readonly limit: number
}

export function runCompare(
  context: CliContext,
  firstWanted: string,
  secondWanted: string,
  { part, limit }: CompareOptions,
): Promise<number> {
  return withReading(context, 'compare', async (call) => {
    const first = await findRun(call, firstWanted)
    const second = await findRun(call, secondWanted)
    const question = { first: first.id, second: second.id, ...(part !== undefined && { part }) }
    const comparison = await call('runs.compare', question)
    const { output } = context
    output.record({ type: 'comparison', first: first.name, second: second.name, comparison })
    output.print(comparisonText(first.name, second.name, comparison))
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
    `McNemar's exact test: ${pText(p)}. ${count(comparison.first.total)} ${part} images that both evaluated.`,
  ]
  if (onlyFirst + onlySecond > 0)
    lines.push(
      `Left out: ${count(onlyFirst)} that only the first evaluated, ${count(onlySecond)} the second.`,
    )
  if (excluded > 0) lines.push(`Left out: ${count(excluded)} that are excluded now.`)
  if (relabelled > 0) lines.push(`${count(relabelled)} have another label now; both runs are judged by that.`)
  return lines.join('\n')
}
