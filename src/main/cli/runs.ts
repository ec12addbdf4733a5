import type { CliContext } from './context'
import { findRun } from './find'
import { withReading } from './open'
import { choicesText, departuresText, evaluationsText, resultText, runsText } from './run-text'

/** All runs, or one with its choices and evaluations. */
export async function runRuns(context: CliContext, wanted: string | undefined): Promise<number> {
  const { output } = context
  return withReading(context, 'runs', async (call) => {
    if (wanted === undefined) {
      const runs = await call('runs.list', {})
      for (const run of runs) output.record({ type: 'run', run })
      for (const { id, name, reason } of await call('runs.damaged', {}))
        output.note(
          `The run "${name}" (number ${String(id)}) is damaged: ${reason}. Other runs are not affected.`,
        )
      output.print(
        runs.length === 0
          ? 'No runs yet. "bitw train --dataset NAME --budget 5m" starts one.'
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
