/** Any number of runs on the images that all of them evaluated: what Compare shows of them, in words. */
import type { SplitPart } from '../../../contract/entities/dataset'
import type { Lineage, ManyRuns } from '../../../contract/entities/many-runs'
import type { RunRow } from '../../../contract/entities/run-list'
import type { ReadCall } from '../../host/read-only-core'
import { toWireError } from '../../../contract/errors'
import { pText } from '../../../domain/comparison/comparison-words'
import { settingsThatDiffer } from '../../../domain/comparison/settings-that-differ'
import type { CliContext } from '../context'
import { count, percent, plural, table } from '../text/format'
import { withCaret } from '../text/query-caret'

export interface CompareOptions {
  readonly part?: SplitPart
  readonly limit: number
  /** Of the images that all evaluated; asks for the comparison of many, even of two. */
  readonly query?: string
}

/** Without `query`: the images that none has right. Runs without images in common are compared by their own figures, as Compare does. */
export async function compareMany(
  { output }: CliContext,
  call: ReadCall,
  ids: readonly number[],
  { part, limit, query }: CompareOptions,
): Promise<void> {
  const question = { ids: [...ids], ...(part !== undefined && { part }) }
  const rows = await call('history.rows', { ids: [...ids] })
  const runs = ids.flatMap((id) => rows.find((row) => row.id === id) ?? [])
  const lineage = await call('many.lineage', { ids: [...ids] })
  const summary = await call('many.compare', question).catch((thrown: unknown) => {
    const error = toWireError(thrown)
    if (error.code !== 'not-found') throw thrown
    output.note(`They are not compared image by image. ${error.message}`)
    return null
  })
  output.record({ type: 'runs-compared', runs, summary, lineage })
  output.print([figuresText(runs, summary), settingsText(runs), ...sharedText(runs, summary)].join('\n\n'))
  if (summary !== null) {
    const asked = query ?? 'right:0'
    const { total, images } = await withCaret(asked, () =>
      call('many.images', { ...question, query: asked, offset: 0, limit }),
    )
    for (const image of images) output.record({ type: 'compared', image })
    const more = total > images.length ? `\n… and ${count(total - images.length)} more` : ''
    const found = images.map(({ path, label, right, said }) => [path, label, String(right), ...said])
    output.print(
      `\n${asked}: ${count(total)} of ${plural(summary.imageCount, 'image')}` +
        (images.length === 0
          ? ''
          : `\n${table([['image', 'label', 'right', ...runs.map(({ name }) => name)], ...found], [2])}${more}`),
    )
  }
  output.print(`\nLineage\n${lineageText(lineage)}`)
}

function figuresText(runs: readonly RunRow[], summary: ManyRuns | null): string {
  const rows = runs.map((run) => {
    const accuracy = summary?.runs.find(({ id }) => id === run.id)?.accuracy ?? run.accuracy
    return [
      ...[run.name, run.state, accuracy === null ? '—' : percent(accuracy.value)],
      accuracy === null ? '—' : `${percent(accuracy.low)}–${percent(accuracy.high)}`,
      run.lastLoss?.toPrecision(3) ?? '—',
    ]
  })
  const on =
    summary === null ? [] : [`${plural(summary.imageCount, `${summary.part} image`)} that all evaluated.`]
  return [table([['run', 'state', 'right', '95 % interval', 'training loss'], ...rows], [2, 4]), ...on].join(
    '\n',
  )
}

function settingsText(runs: readonly RunRow[]): string {
  const differing = settingsThatDiffer(runs)
  if (differing.length === 0) return 'Their settings are alike.'
  const rows = differing.map(({ name, values }) => [name, ...values.map((value) => value || '—')])
  return table([['setting', ...runs.map(({ name }) => name)], ...rows])
}

function sharedText(runs: readonly RunRow[], summary: ManyRuns | null): string[] {
  if (summary === null) return []
  const nameOf = (wanted: number): string => runs.find(({ id }) => id === wanted)?.name ?? String(wanted)
  const pairs = summary.pairs.map(({ first, second, fixed, broken, p }) => [
    ...[nameOf(first), nameOf(second), count(fixed), count(broken), pText(p)],
  ])
  const classes = summary.classes.map(({ name, total, right }) => [
    ...[name, count(total), ...right.map((of) => count(of))],
  ])
  const many = [1, ...runs.map((_, at) => at + 2)]
  const right = summary.rightCounts.map((images, of) => [
    `${String(of)} of ${String(runs.length)}`,
    count(images),
  ])
  return [
    table([['first', 'second', 'fixed', 'broken', 'McNemar'], ...pairs], [2, 3]),
    table([['right in', 'images'], ...right], [1]),
    table([['label', 'images', ...runs.map(({ name }) => `right: ${name}`)], ...classes], many),
  ]
}

function lineageText({ nodes }: Lineage): string {
  const names = new Map(nodes.map(({ key, name }) => [key, name]))
  const rows = nodes.map(({ kind, name, facts, from }) => [
    ...[kind, name, facts.join(', ')],
    from.length === 0 ? '' : `from ${from.map((key) => names.get(key) ?? key).join(', ')}`,
  ])
  return table(rows)
}
