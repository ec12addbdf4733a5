/** How right a run is on each slice: regression tests for a model. */
import type { SinceBefore, Slice, Slices } from '../../../contract/entities/slice'
import type { CliContext } from '../context'
import { findDataset, findRun } from './find'
import { count, table } from '../text/format'
import { withAnyCore, withReading } from '../machine/open'
import { withCaret } from '../text/query-caret'

/** Resolves to 1 where one is below its floor. */
export async function runSlices(context: CliContext, wanted: string): Promise<number> {
  return withReading(context, 'slices', async (call) => {
    const run = await findRun(call, wanted)
    const found = await call('slices.list', { runId: run.id })
    const { output } = context
    for (const slice of found.slices) output.record({ type: 'slice', runId: run.id, slice })
    if (found.slices.length === 0) {
      output.print(
        `${run.datasetName} has no slices. Save one with bitw slice ${JSON.stringify(run.datasetName)} NAME QUERY.`,
      )
      return 0
    }
    output.print(slicesText(run.name, found))
    const failing = found.slices.filter(({ fails }) => fails)
    for (const { name, fault, accuracy } of failing) {
      const why = accuracy === null ? (fault === '' ? 'it has no images' : fault) : 'it is below its floor'
      output.note(`${name} fails: ${why}.`.replace(/\.\.$/, '.'))
    }
    return failing.length > 0 ? 1 : 0
  })
}

export interface SliceOptions {
  readonly floor?: number
}

export async function runSaveSlice(
  context: CliContext,
  wanted: string,
  name: string,
  query: string,
  { floor }: SliceOptions,
): Promise<number> {
  return withAnyCore(context, 'slice', async ({ call }) => {
    const dataset = await findDataset(call, wanted)
    const saved = await withCaret(query, () =>
      call('slices.save', { datasetId: dataset.id, name, query, floor: floor ?? null }),
    )
    context.output.record({ type: 'saved-slice', slice: saved })
    const held = saved.floor === null ? '' : `, floor ${percent(saved.floor)}`
    context.output.print(`Saved the slice ${saved.name} of ${dataset.name}: ${saved.query}${held}`)
    return 0
  })
}

function slicesText(runName: string, { before, all, allSince, slices }: Slices): string {
  const rows = slices.map((slice) => [
    slice.name,
    ...figures(slice.accuracy, slice.since),
    slice.floor === null ? '' : percent(slice.floor),
    slice.fails ? 'FAILS' : '',
    slice.query,
  ])
  const head = ['slice', 'images', 'right', '95 %', before === null ? '' : `since ${before.name}`]
  const whole = ['(all)', ...figures(all, allSince), '', '', '']
  const note =
    before === null
      ? ''
      : `\n\nsince ${before.name}: on the images that both evaluated, by the labels of ${runName}`
  return `${runName}\n\n${table([[...head, 'floor', '', 'query'], ...rows, whole], [1, 2, 3, 4, 5])}${note}`
}

function figures(accuracy: Slice['accuracy'], since: SinceBefore): string[] {
  if (accuracy === null) return ['0', '–', '', '']
  const { total, value, low, high } = accuracy
  const change = since === null ? '' : changeText(since.now.value - since.before.value)
  return [count(total), percent(value), `${(low * 100).toFixed(1)}–${percent(high)}`, change]
}

function changeText(change: number): string {
  const points = Math.abs(change * 100).toFixed(1)
  return points === '0.0' ? '±0' : `${change < 0 ? '−' : '+'}${points}`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
