import { earlierResultStep } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import type { CliContext } from './context'
import { findRun } from './find'
import { count } from './format'
import { withReading } from './open'
import { mistakesText } from './run-text'

/** The wrong images of a run, highest loss first. */
export async function runMistakes(context: CliContext, wanted: string, limit: number): Promise<number> {
  const { output } = context
  return withReading(context, 'mistakes', async (call) => {
    const run = await findRun(call, wanted)
    if (run.accuracy === null) {
      throw new WorkbenchError(
        'not-found',
        `The run "${run.name}" has not been evaluated: it is ${run.state}.`,
        'Mistakes are available once a run is done or was stopped with its evaluation.',
      )
    }
    const { total, predictions } = await call('predictions.list', {
      runId: run.id,
      filter: { which: 'wrong' },
      order: 'loss',
      offset: 0,
      limit,
    })
    const confusion = await call('predictions.confusion', { runId: run.id })
    for (const prediction of predictions) {
      const label = confusion.classNames[prediction.labelIndex] ?? null
      const predicted = confusion.classNames[prediction.predictedIndex] ?? null
      output.record({ type: 'mistake', runId: run.id, label, predicted, prediction })
    }
    const earlier = earlierResultStep(run)
    if (earlier !== null)
      output.print(`From before the resume, after ${count(earlier)} steps: there are no newer ones yet.\n`)
    if (total === 0)
      output.print(`None: all ${run.accuracy.total} ${run.evaluatedOn ?? ''} images are right.`)
    else {
      output.print(mistakesText(predictions, confusion))
      output.print(
        `\n${count(predictions.length)} of ${count(total)} wrong, out of ${count(run.accuracy.total)} ${run.evaluatedOn ?? ''} images.`,
      )
    }
    return 0
  })
}
