import type { Run } from '../../contract/entities/run'
import { readQuery } from '../../domain/query/bind'
import { foundRows } from '../../domain/query/match-row'
import { runRow } from '../../domain/query/run-row'
import type { CliContext } from './context'
import { findRun } from './find'
import { withReading } from './open'
import { caretError } from './query-caret'
import { choicesText, departuresText, evaluationsText, resultText, runsText } from './run-text'

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
    const all = await call('runs.list', {})
    const isNamed = all.some(({ id, name }) => name === wanted || String(id) === wanted)
    if (!isNamed || options.count === true) {
      const runs = foundRuns(all, wanted)
      if (options.count === true) {
        output.record({ type: 'count', count: runs.length })
        output.print(String(runs.length))
        return 0
      }
      for (const run of runs) output.record({ type: 'run', run })
      for (const { id, name, reason } of await call('runs.damaged', {}))
        output.note(
          `The run "${name}" (number ${String(id)}) is damaged: ${reason}. Other runs are not affected.`,
        )
      // Nobody who types a name wants to hear that a search found nothing.
      if (runs.length === 0 && isName(wanted)) await findRun(call, wanted)
      output.print(
        all.length === 0
          ? 'No runs yet. "bitw train --dataset NAME --budget 5m" starts one.'
          : runs.length === 0
            ? `None of ${all.length} runs matches.`
            : runsText(runs),
      )
      return 0
    }
    const run = await findRun(call, wanted)
    const evaluations = await call('runs.evaluations', { id: run.id })
    output.record({ type: 'run', run })
    for (const evaluation of evaluations) output.record({ type: 'evaluation', runId: run.id, evaluation })
    const withoutTwins = await call('runs.withoutTwins', { id: run.id })
    if (withoutTwins !== null) output.record({ type: 'without-twins', runId: run.id, ...withoutTwins })
    output.print(
      `${resultText(run, withoutTwins)}\n\n${choicesText(run.choices)}\n\n${departuresText(run.departureCount)}`,
    )
    if (evaluations.length > 0) output.print(`\n${evaluationsText(evaluations)}`)
    return 0
  })
}

/** Whether it asks for nothing but words that a name may have. */
function isName(wanted: string): boolean {
  return wanted.trim() !== '' && !/[:<>=()"]/.test(wanted)
}

/** Throws 'bad-input' at what is not understood. */
function foundRuns(runs: readonly Run[], query: string): Run[] {
  const { bound, faults } = readQuery(query, 'runs', { classNames: [] })
  const [first] = faults
  if (first !== undefined) throw caretError(query, first)
  return foundRows(runs, bound, runRow)
}
