import type { ImageLabel } from '../../../contract/entities/label'
import { earlierResultStep, type Prediction } from '../../../contract/entities/run'
import { WorkbenchError } from '../../../contract/errors'
import type { ReadCall } from '../../host/read-only-core'
import type { CliContext } from '../context'
import { findRun } from '../datasets/find'
import { count, plural } from '../text/format'
import type { QueryOptions } from '../datasets/images'
import { withReading } from '../machine/open'
import { withCaret } from '../text/query-caret'
import { mistakesText } from '../text/run-text'
import { wholeList } from './whole-list'

/** The wrong images of a run, highest loss first; with a query, what it finds. */
export async function runMistakes(
  context: CliContext,
  wanted: string,
  query: string,
  options: QueryOptions,
): Promise<number> {
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
    const limit = options.count === true ? 1 : options.limit
    const { total, items: predictions } = await withCaret(query, () =>
      wholeList(limit, async (range) => {
        const page = await call('predictions.query', { runId: run.id, query, ...range })
        return { total: page.total, items: page.predictions }
      }),
    )
    if (options.count === true) {
      output.record({ type: 'count', count: total })
      output.print(String(total))
      return 0
    }
    const classNames = await call('runs.classNames', { id: run.id })
    for (const prediction of predictions) {
      const label = classNames[prediction.labelIndex] ?? null
      const predicted = classNames[prediction.predictedIndex] ?? null
      output.record({ type: 'mistake', runId: run.id, label, predicted, prediction })
    }
    const earlier = earlierResultStep(run)
    if (earlier !== null)
      output.print(`From before the resume, after ${plural(earlier, 'step')}: there are no newer ones yet.\n`)
    const evaluated = `${count(run.accuracy.total)} ${run.evaluatedOn ?? ''} images`
    if (total === 0)
      output.print(query === '' ? `None: all ${evaluated} are right.` : `None of ${evaluated} matches.`)
    else {
      output.print(mistakesText(predictions, classNames, await correctionsOf(call, predictions)))
      const what = query === '' ? 'wrong' : 'that match'
      output.print(`\n${count(predictions.length)} of ${count(total)} ${what}, out of ${evaluated}.`)
    }
    return 0
  })
}

/** What is said of these images since, by their ids. */
async function correctionsOf(
  call: ReadCall,
  predictions: readonly Prediction[],
): Promise<ReadonlyMap<number, ImageLabel>> {
  const said = new Map<number, ImageLabel>()
  for (let from = 0; from < predictions.length; from += imagesAtOnce) {
    const imageIds = predictions.slice(from, from + imagesAtOnce).map(({ imageId }) => imageId)
    for (const label of await call('labels.ofImages', { imageIds })) said.set(label.imageId, label)
  }
  return said
}
const imagesAtOnce = 5000
