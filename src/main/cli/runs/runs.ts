import type { OtherRun } from '../../../contract/entities/other-run'
import type { Run } from '../../../contract/entities/run'
import type { RunRow } from '../../../contract/entities/run-list'
import { unpackUint32 } from '../../../contract/packed'
import { WorkbenchError } from '../../../contract/errors'
import type { ReadCall } from '../../host/read-only-core'
import type { CliContext } from '../context'
import { findRunRow } from '../datasets/find'
import { withReading } from '../machine/open'
import { withCaret } from '../text/query-caret'
import { plural } from '../text/format'
import { otherRunText } from '../text/other-run-text'
import {
  choicesText,
  departuresText,
  evaluationsText,
  marksText,
  resultText,
  runsText,
} from '../text/run-text'

/**
 * One run with its choices and evaluations where `wanted` names one; else those that it finds as a query, all where it is empty. Throws 'not-found' where
 * words alone find none.
 */
export async function runRuns(
  context: CliContext,
  wanted: string,
  options: { readonly count?: boolean },
): Promise<number> {
  const { output } = context
  return withReading(context, 'runs', async (call) => {
    const named = options.count === true || wanted.trim() === '' ? null : await namedRun(call, wanted)
    if (named !== null) return showRun(context, call, named)
    const found = await withCaret(wanted, () => call('history.find', { query: wanted }))
    const ids = [...unpackUint32(found.ids)]
    if (options.count === true) {
      output.record({ type: 'count', count: ids.length })
      output.print(String(ids.length))
      return 0
    }
    const runs: (Run | OtherRun)[] = []
    const rows = await rowsOf(call, ids)
    for (const row of rows) runs.push(await wholeRun(call, row))
    for (const run of runs) output.record({ type: 'program' in run ? 'other-run' : 'run', run })
    for (const { id, name, reason } of await call('runs.damaged', {}))
      output.note(
        `The run "${name}" (number ${String(id)}) is damaged: ${reason}. Other runs are not affected.`,
      )
    // Nobody who types a name wants to hear that a search found nothing.
    if (runs.length === 0 && isName(wanted)) await findRunRow(call, wanted)
    output.print(
      runs.length > 0
        ? runsText(runs, new Set(rows.filter(({ isInUse }) => isInUse).map(({ id }) => id)))
        : found.total + found.archivedCount === 0
          ? 'No runs yet. "bitw train --dataset NAME --budget 5m" starts one.'
          : `None of ${plural(found.total, 'run')} matches.`,
    )
    return 0
  })
}

/** One run with its choices and evaluations, also one in the trash. */
export function runShowRun(context: CliContext, wanted: string): Promise<number> {
  return withReading(context, 'runs', async (call) =>
    showRun(context, call, (await namedRun(call, wanted)) ?? (await findRunRow(call, wanted, true))),
  )
}

async function rowsOf(call: ReadCall, ids: readonly number[]): Promise<RunRow[]> {
  const rows = new Map<number, RunRow>()
  for (let from = 0; from < ids.length; from += rowsAtOnce)
    for (const row of await call('history.rows', { ids: ids.slice(from, from + rowsAtOnce) }))
      rows.set(row.id, row)
  return ids.flatMap((id) => rows.get(id) ?? [])
}
const rowsAtOnce = 2000

function wholeRun(call: ReadCall, { id, imported }: RunRow): Promise<Run | OtherRun> {
  return imported === null ? call('runs.get', { id }) : call('exchange.other', { id })
}

async function showRun({ output }: CliContext, call: ReadCall, row: RunRow): Promise<number> {
  const run = await wholeRun(call, row)
  if ('program' in run) {
    output.record({ type: 'other-run', run })
    output.print([otherRunText(run), marksText(run, row.isInUse)].filter((text) => text !== '').join('\n\n'))
    return 0
  }
  const evaluations = await call('runs.evaluations', { id: run.id })
  output.record({ type: 'run', run })
  for (const evaluation of evaluations) output.record({ type: 'evaluation', runId: run.id, evaluation })
  const withoutTwins = await call('runs.withoutTwins', { id: run.id })
  if (withoutTwins !== null) output.record({ type: 'without-twins', runId: run.id, ...withoutTwins })
  output.print(
    `${resultText(run, withoutTwins)}\n\n${choicesText(run.choices)}\n\n${departuresText(run.departureCount)}`,
  )
  if (evaluations.length > 0) output.print(`\n${evaluationsText(evaluations)}`)
  const marks = marksText(run, row.isInUse)
  if (marks !== '') output.print(`\n${marks}`)
  return 0
}

/** null where there is none, or the words are a query. Throws 'bad-input' where it names several. */
async function namedRun(call: ReadCall, wanted: string): Promise<RunRow | null> {
  try {
    return await findRunRow(call, wanted)
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && thrown.code === 'not-found') return null
    throw thrown
  }
}

/** Whether it asks for nothing but words that a name may have. */
function isName(wanted: string): boolean {
  return wanted.trim() !== '' && !/[:<>=()"]/.test(wanted)
}
