/** A run, its plan and its mistakes as plain text. */
import {
  rateName,
  type Choice,
  type Confusion,
  type Evaluation,
  type Plan,
  type Prediction,
  type Run,
} from '../../contract/entities/run'
import { timeText } from '../training/rule-words'
import { accuracyText, bytes, count, duration, percent, rate, table, time } from './format'

/** Every choice with its reason; what departs from the rule says so, and what the rule would have taken. */
export function choicesText(choices: readonly Choice[]): string {
  return table(
    choices.map(({ label, value, because, departure }) => [
      departure === null ? ' ' : '*',
      label,
      value,
      departure === null
        ? because
        : `${departure.by === 'budget' ? 'for the budget, in place of the rule’s' : 'departs from the rule, which says'} ${departure.ruleValue}: ${because}`,
    ]),
  )
}

export function departuresText(departureCount: number): string {
  if (departureCount === 0) return 'Nothing departs from the rule.'
  return `${departureCount} ${departureCount === 1 ? 'value departs' : 'values depart'} from the rule, marked with *.`
}

export function planText(plan: Plan): string {
  const { estimate } = plan
  return [
    ...startLines(plan),
    choicesText(plan.choices),
    '',
    departuresText(plan.departureCount),
    `Time: about ${duration(estimate.durationMs)} to the last evaluation, ${rate(estimate.imagesPerSecond)} ${rateName(plan.recipe).toLowerCase()} while it trains. ${estimate.timeBasis}`,
    ...(plan.budget === null
      ? []
      : [
          `Budget: ${timeText(plan.budget.budgetMs)}. By the rule alone it would take ${duration(plan.byRule.durationMs)}.`,
        ]),
    `Memory: about ${bytes(estimate.memoryBytes)} of ${bytes(estimate.memoryAvailableBytes)}. Each checkpoint: ${bytes(estimate.checkpointBytes)}.`,
    ...plan.cautions.map(({ message, wayOut }) => `Note: ${message} ${wayOut}`.trim()),
  ].join('\n')
}

/** What it starts from, and why that where the budget chose it. */
function startLines({ weights, model, budget }: Plan): string[] {
  const reason = budget?.reasons.find(({ key }) => key === 'model')?.text
  const start = weights === null ? `${model} from random weights` : `${model} from ${weights}`
  return [`Start: ${start}${reason === undefined ? '' : `: ${reason}`}.`, '']
}

/** The figures of the end. */
export function resultText(run: Run): string {
  const rows: string[][] = [
    ['Run', `${run.name} (${run.id})`],
    ['State', run.state],
    ['Dataset', `${run.datasetName}, split ${run.splitHash}`],
    ['Model', `${run.model}, ${count(run.parameterCount)} parameters`],
    ['Start', run.weights ?? 'random weights (He normal), seeded'],
    ['Examples', count(run.exampleCount)],
    ['Classes', count(run.classCount)],
    ['Steps', `${count(run.stepsDone)} of ${count(run.recipe.stepCount)}`],
  ]
  if (run.lastLoss !== null) rows.push(['Final loss', run.lastLoss.toFixed(4)])
  if (run.accuracy !== null) rows.push([`Accuracy on ${run.evaluatedOn ?? '?'}`, accuracyText(run.accuracy)])
  if (run.evaluatedOn === 'train')
    rows.push(['', 'These are the images that it was trained on: no measure of how it does on others.'])
  if (run.wrongCount !== null) rows.push(['Wrong', `${count(run.wrongCount)}  (bitw mistakes ${run.id})`])
  if (run.imagesPerSecond !== null) rows.push([rateName(run.recipe), rate(run.imagesPerSecond)])
  if (run.waitFraction !== null) rows.push(['Waited for pictures', percent(run.waitFraction)])
  if (run.trainingMs !== null) rows.push(['Training time', duration(run.trainingMs)])
  if (run.endedAtMs !== null) rows.push(['In all', wholeTime(run, run.endedAtMs)])
  if (run.peakMemoryBytes !== null) rows.push(['Peak memory', bytes(run.peakMemoryBytes)])
  if (run.engine !== null) {
    const { kind, version, device, deviceName, threadCount } = run.engine
    const threads = threadCount === 1 ? '1 thread' : `${threadCount} threads`
    rows.push(['Engine', `${kind} ${version} on ${device} (${deviceName}), ${threads}`])
    rows.push(['Precision', run.recipe.precision])
  }
  if (run.checkpointStep !== null) rows.push(['Checkpoint', `after ${count(run.checkpointStep)} steps`])
  if (run.error !== null) rows.push(['Error', `${run.error.message} ${run.error.wayOut}`.trim()])
  return table(rows)
}

function wholeTime({ createdAtMs, budgetMs, expectedMs }: Run, endedAtMs: number): string {
  const expected = expectedMs === null ? '' : `, expected ${duration(expectedMs)}`
  const budget = budgetMs === null ? '' : `, budget ${timeText(budgetMs)}`
  return `${duration(endedAtMs - createdAtMs)}${expected}${budget}`
}

export function runsText(runs: readonly Run[]): string {
  const head = ['id', 'name', 'dataset', 'model', 'state', 'steps', 'accuracy', 'departures', 'started']
  const rows = runs.map((run) => [
    String(run.id),
    run.name,
    run.datasetName,
    run.model,
    run.state,
    `${run.stepsDone}/${run.recipe.stepCount}`,
    run.accuracy === null ? '—' : `${percent(run.accuracy.value)} ${run.evaluatedOn ?? ''}`.trim(),
    String(run.departureCount),
    time(run.createdAtMs),
  ])
  return table([head, ...rows], [0, 5])
}

export function evaluationsText(evaluations: readonly Evaluation[]): string {
  const rows = evaluations.map(({ stepIndex, part, loss, accuracy }) => [
    String(stepIndex),
    part,
    loss.toFixed(4),
    accuracyText(accuracy),
  ])
  return table([['steps', 'part', 'loss', 'accuracy'], ...rows], [0])
}

export function mistakesText(predictions: readonly Prediction[], { classNames }: Confusion): string {
  const name = (index: number): string => classNames[index] ?? `class ${index}`
  const rows = predictions.map(({ loss, predictedIndex, labelIndex, labelProbability, top, path }) => [
    loss.toFixed(3),
    name(predictedIndex),
    (top[0]?.probability ?? 0).toFixed(3),
    name(labelIndex),
    labelProbability.toFixed(3),
    path,
  ])
  return table([['loss', 'predicted', 'p', 'label', 'p', 'image'], ...rows], [0, 2, 4])
}
