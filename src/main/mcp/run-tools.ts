import { z } from 'zod'
import { comparisonGroupSchema } from '../../contract/entities/comparison'
import { queryTextSchema, splitPartSchema } from '../../contract/entities/dataset'
import { unpackUint32 } from '../../contract/packed'
import { unpackConfusion, type Confusion } from '../../contract/entities/confusion'
import { rateName, type Prediction, type Run } from '../../contract/entities/run'
import type { OtherRun } from '../../contract/entities/other-run'
import { WorkbenchError } from '../../contract/errors'
import { mostConfused } from '../../domain/statistics/confused-pairs'
import { classFigures } from '../../domain/statistics/per-class'
import type { ReadCall } from '../host/read-only-core'
import { pageFields, runField, tool, type Tool } from './tool'

const setField = z
  .int()
  .optional()
  .describe("Number of a prediction set of list_prediction_sets; else the run's own results.")

/** Throws 'bad-input' with the words that are not understood. */
async function foundIds(call: ReadCall, query: string): Promise<number[]> {
  try {
    return [...unpackUint32((await call('history.find', { query })).ids)]
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError) || thrown.span === undefined) throw thrown
    const place = query.slice(thrown.span.from, thrown.span.to)
    throw new WorkbenchError('bad-input', `${thrown.message} (at "${place}")`)
  }
}

/** null where it is no number of an imported run. */
async function importedRun(call: ReadCall, wanted: string): Promise<OtherRun | null> {
  const id = Number(wanted)
  if (!Number.isSafeInteger(id) || id < 1) return null
  const [row] = await call('history.rows', { ids: [id] })
  return row === undefined || row.imported === null ? null : call('exchange.other', { id })
}

export const runTools: readonly Tool[] = [
  tool(
    {
      name: 'find_runs',
      title: 'Find runs',
      description:
        "Runs that a query finds, e.g. 'state:done accuracy>90% sort:-accuracy'; an empty query finds all, the newest first.",
    },
    z.object({ query: queryTextSchema.default(''), ...pageFields }),
    async ({ call }, { query, offset, limit }) => {
      const found = await foundIds(call, query)
      const ids = found.slice(offset, offset + limit)
      const rows = await call('history.rows', { ids })
      const runs: unknown[] = []
      for (const id of ids) {
        const row = rows.find((one) => one.id === id)
        if (row?.imported === null) runs.push(shortRun(await call('runs.get', { id })))
        else if (row !== undefined) runs.push(await call('exchange.other', { id }))
      }
      return { total: found.length, runs }
    },
  ),
  tool(
    {
      name: 'get_run',
      title: 'Show a run',
      description:
        'One run: its recipe with the reason for each value, results with 95 % intervals, evaluations, checkpoints, machine, and the last lines of its log. ' +
        'Of an imported run, by number: its settings, and the last value of each metric.',
    },
    z.object({ run: runField }),
    async (home, { run: wanted }) => {
      const imported = await importedRun(home.call, wanted)
      if (imported !== null) return { imported }
      const run = await home.findRun(wanted)
      const { id } = run
      const [evaluations, checkpoints, withoutTwins, log] = await Promise.all([
        home.call('runs.evaluations', { id }),
        home.call('runs.checkpoints', { id }),
        home.call('runs.withoutTwins', { id }),
        home.call('runs.log', { id, limit: 20 }),
      ])
      return { run, evaluations, checkpoints, withoutTwins, log }
    },
  ),
  tool(
    {
      name: 'get_curve',
      title: 'Show how a run trained',
      description:
        'Loss, batch accuracy and learning rate over the steps, as means of equal stretches of steps. Of an imported run: the points of one metric, of each stretch the least and the greatest.',
    },
    z.object({
      run: runField,
      points: z.int().min(1).max(500).default(50).describe('How many stretches.'),
      metric: z
        .string()
        .max(500)
        .default('')
        .describe('Of an imported run: which of the metrics that get_run names; else the first.'),
    }),
    async (home, { run: wanted, points, metric }) => {
      const imported = await importedRun(home.call, wanted)
      if (imported !== null) {
        const name = metric === '' ? imported.metrics[0]?.name : metric
        if (name === undefined) return { metric: null, curve: [] }
        const asked = { id: imported.id, name, most: 2 * points }
        const { steps, values } = await home.call('exchange.otherCurve', asked)
        return { metric: name, curve: steps.map((step, at) => ({ step, value: values[at] })) }
      }
      const { id, stepsDone } = await home.findRun(wanted)
      const steps = await home.call('runs.steps', { id, fromStep: 0 })
      const stretch = Math.max(1, Math.ceil(steps.length / points))
      const curve = Array.from({ length: Math.ceil(steps.length / stretch) }, (_, at) => {
        const part = steps.slice(at * stretch, (at + 1) * stretch)
        const mean = (of: (step: (typeof part)[number]) => number): number =>
          part.reduce((sum, step) => sum + of(step), 0) / part.length
        return {
          fromStep: part[0]?.stepIndex,
          toStep: part.at(-1)?.stepIndex,
          loss: mean(({ loss }) => loss),
          batchAccuracy: mean(({ batchAccuracy }) => batchAccuracy),
          learningRate: mean(({ learningRate }) => learningRate),
        }
      })
      return { stepsDone, curve }
    },
  ),
  tool(
    {
      name: 'find_mistakes',
      title: 'Find mistakes',
      description:
        "Images that a run predicts wrongly, highest loss first; or the predictions that a query finds, e.g. 'label:Iris confidence>0.9 sort:-confidence', with is:right or is:any for others.",
    },
    z.object({ run: runField, query: queryTextSchema.default(''), setId: setField, ...pageFields }),
    async (home, { run: wanted, setId, ...asked }) => {
      const of = { runId: (await home.findRun(wanted)).id, ...(setId !== undefined && { setId }) }
      const found = await home.call('predictions.query', { ...of, ...asked })
      const classNames = await home.call('runs.classNames', { id: of.runId })
      return { total: found.total, predictions: found.predictions.map((one) => named(one, classNames)) }
    },
  ),
  tool(
    {
      name: 'get_confusion',
      title: 'Show what a run confuses',
      description:
        'Pairs of label and predicted class with how many images, most first, and how many images of each class are right.',
    },
    z.object({ run: runField, setId: setField, limit: pageFields.limit }),
    async (home, { run: wanted, setId, limit }) => {
      const runId = (await home.findRun(wanted)).id
      const of = { runId, ...(setId !== undefined && { setId }) }
      return confused(unpackConfusion(await home.call('predictions.confusion', of)), limit)
    },
  ),
  tool(
    {
      name: 'list_prediction_sets',
      title: 'List predictions of a run',
      description: 'All sets of predictions of a run: by checkpoint and part, and of its model elsewhere.',
    },
    z.object({ run: runField }),
    async (home, { run: wanted }) => ({
      sets: await home.call('predictions.sets', { runId: (await home.findRun(wanted)).id }),
    }),
  ),
  tool(
    {
      name: 'list_slices',
      title: 'Show the slices of a run',
      description:
        'How right a run is on each named query about its predictions, against the run before, and which are below their floor.',
    },
    z.object({ run: runField, setId: setField }),
    async (home, { run: wanted, setId }) =>
      home.call('slices.list', {
        runId: (await home.findRun(wanted)).id,
        ...(setId !== undefined && { setId }),
      }),
  ),
  tool(
    {
      name: 'compare_runs',
      title: 'Compare two runs image by image',
      description:
        "What the second run fixed and broke, with McNemar's exact test, by class. With a group, also images of that group.",
    },
    z.object({
      first: runField,
      second: runField,
      part: splitPartSchema.optional().describe("Else that of the second run's results."),
      group: comparisonGroupSchema.optional(),
      className: z.string().max(1000).optional().describe('Of the group: only images with this label.'),
      ...pageFields,
    }),
    async (home, { first, second, part, group, className, offset, limit }) => {
      const [one, other] = [await home.findRun(first), await home.findRun(second)]
      const asked = { first: one.id, second: other.id, ...(part !== undefined && { part }) }
      const comparison = await home.call('runs.compare', asked)
      if (group === undefined) return { comparison }
      const of = { ...asked, group, offset, limit, ...(className !== undefined && { className }) }
      return { comparison, ...(await home.call('runs.compared', of)) }
    },
  ),
]

function shortRun(run: Run): Readonly<Record<string, unknown>> {
  const { id, name, datasetName, state, model, weights, accuracy, evaluatedOn, wrongCount, lastLoss } = run
  const { stepsDone, recipe, departureCount, createdAtMs, error, imagesPerSecond } = run
  return {
    id,
    name,
    datasetName,
    state,
    model,
    weights,
    accuracy,
    evaluatedOn,
    wrongCount,
    lastLoss,
    stepsDone,
    stepCount: recipe.stepCount,
    departureCount,
    createdAt: new Date(createdAtMs).toISOString(),
    rate: imagesPerSecond === null ? null : { of: rateName(recipe), perSecond: imagesPerSecond },
    error: error?.message ?? null,
  }
}

function named(prediction: Prediction, classNames: readonly string[]): Readonly<Record<string, unknown>> {
  const { imageId, path, labelIndex, predictedIndex, loss, labelRank, labelProbability, top } = prediction
  return {
    imageId,
    path,
    label: classNames[labelIndex],
    predicted: classNames[predictedIndex],
    loss,
    labelRank,
    labelProbability,
    top: top.map(({ classIndex, probability }) => ({ className: classNames[classIndex], probability })),
  }
}

function confused(confusion: Confusion, limit: number): Readonly<Record<string, unknown>> {
  const { classNames } = confusion
  const { pairs, total } = mostConfused(confusion, limit)
  return {
    pairCount: total,
    pairs: pairs.map(({ labelIndex, predictedIndex, count }) => ({
      label: classNames[labelIndex],
      predicted: classNames[predictedIndex],
      count,
    })),
    classes: classFigures(confusion).map(({ classIndex, support, correct }) => ({
      ...{ name: classNames[classIndex], total: support, right: correct },
    })),
  }
}
