/** A run, its plan and its mistakes as plain text. */
import {
  earlierResultStep,
  rateName,
  type Accuracy,
  type Choice,
  type Evaluation,
  type Plan,
  type Prediction,
  type Run,
} from '../../../contract/entities/run'
import type { ImageLabel } from '../../../contract/entities/label'
import type { OtherRun } from '../../../contract/entities/other-run'
import type { Output } from '../../../contract/endpoints'
import { formatParameters, formatRate, formatSpeed } from '../../../domain/figures'
import { modelIdWords, sizeWords, startWords } from '../../../domain/model/model-names'
import { evaluatedCount, measureLines, notMeasured } from '../../../domain/rules/measure-words'
import { timeText } from '../../../domain/rules/rule-words'
import { otherRunCells } from './other-run-text'
import { accuracyText, bytes, count, duration, percent, plural, table, time } from './format'

const departedBy = {
  user: 'set by you, ',
  budget: 'for the budget, ',
  again: '',
} as const

/** Every choice with its reason; what departs from the rule says so, and what the rule would have taken. */
export function choicesText(choices: readonly Choice[]): string {
  return table(
    choices.map(({ label, value, because, departure }) => [
      departure === null ? ' ' : '*',
      label,
      value,
      departure === null
        ? because
        : `${departedBy[departure.by ?? 'user']}instead of the rule’s ${departure.ruleValue}: ${because}`,
    ]),
  )
}

export function departuresText(departureCount: number): string {
  if (departureCount === 0) return 'No value departs from the rule.'
  return `${departureCount} ${departureCount === 1 ? 'value departs' : 'values depart'} from the rule, marked with *.`
}

export function planText(plan: Plan): string {
  const { estimate } = plan
  return [
    ...startLines(plan),
    choicesText(plan.choices),
    '',
    departuresText(plan.departureCount),
    `Time: about ${duration(estimate.durationMs)} to the last evaluation, ${formatSpeed(estimate.imagesPerSecond, plan.recipe)} during training. ${estimate.timeBasis}`,
    ...(plan.budget === null
      ? []
      : [
          `Budget: ${timeText(plan.budget.budgetMs)}. By the rule it would take ${duration(plan.byRule.durationMs)}.`,
        ]),
    `Memory: about ${bytes(estimate.memoryBytes)} of ${bytes(estimate.memoryAvailableBytes)}. Each checkpoint: ${bytes(estimate.checkpointBytes)}.`,
    ...plan.cautions.map(({ message, wayOut }) => `Note: ${message} ${wayOut}`.trim()),
  ].join('\n')
}

/** What it starts from, and why that where the budget chose it. */
function startLines({ weights, model, budget }: Plan): string[] {
  const reason = budget?.reasons.find(({ key }) => key === 'model')?.text
  const start = weights === null ? `${sizeWords(model)} from random weights` : modelIdWords(weights)
  return [`Start: ${start}${reason === undefined ? '' : `: ${reason}`}.`, '']
}

/** The figures of the end. */
export function resultText(run: Run, withoutTwins: Output<'runs.withoutTwins'> = null): string {
  const rows: string[][] = [
    ['Run', `${run.name} (${run.id})`],
    ['State', run.state],
    ['Dataset', `${run.datasetName}${versionText(run)}, split ${run.splitHash}`],
    [
      'Model',
      `${startWords(run)}: ${sizeWords(run.model)}, ${formatParameters(run.parameterCount)} parameters`,
    ],
    [
      'Start',
      run.weights === null
        ? 'random weights (He normal), seeded'
        : `${modelIdWords(run.weights)} (${run.weights})`,
    ],
    ...(run.parent === null
      ? []
      : [['Goes on from', `run ${run.parent.runId}, after ${plural(run.parent.stepIndex, 'step')}`]]),
    ...(run.again === null
      ? []
      : [['Trains again', `${run.again.name ?? 'a deleted run'} (${run.again.id})`]]),
    ['Training images', count(run.exampleCount)],
    ['Classes', count(run.classCount)],
    ['Steps', `${count(run.stepsDone)} of ${count(run.recipe.stepCount)}`],
  ]
  if (run.lastLoss !== null) rows.push(['Final loss', run.lastLoss.toFixed(4)])
  if (run.accuracy !== null) {
    rows.push([`Accuracy on ${run.evaluatedOn ?? '?'}`, accuracyText(run.accuracy, run.measures)])
    rows.push(...measureLines(run.measures, 1).map(({ label, share, of }) => [label, `${share} (${of})`]))
    if (withoutTwins !== null)
      rows.push([
        'Without twins',
        `${accuracyText(withoutTwins.accuracy, null)}: ${plural(withoutTwins.twinCount, 'image')} left out that the train part has a twin of`,
      ])
  } else if (run.state === 'done') rows.push(['Accuracy', `${notMeasured}: no image was evaluated`])
  const earlier = earlierResultStep(run)
  if (earlier !== null) rows.push(['', `from before the resume, after ${plural(earlier, 'step')}`])
  if (run.evaluatedOn === 'train')
    rows.push(['', 'These are the training images: this does not show how the model does on new images.'])
  if (run.wrongCount !== null) rows.push(['Wrong', `${count(run.wrongCount)}  (bitw mistakes ${run.id})`])
  if (run.imagesPerSecond !== null) rows.push([rateName(run.recipe), formatRate(run.imagesPerSecond)])
  if (run.waitFraction !== null)
    rows.push(['Waited for images', `${percent(run.waitFraction)} of the training time`])
  if (run.trainingMs !== null) rows.push(['Training time', duration(run.trainingMs)])
  if (run.endedAtMs !== null) rows.push(['Total time', wholeTime(run, run.endedAtMs)])
  if (run.peakMemoryBytes !== null) rows.push(['Peak memory', bytes(run.peakMemoryBytes)])
  if (run.engine !== null) {
    const { kind, version, device, deviceName, threadCount } = run.engine
    const threads = threadCount === 1 ? '1 thread' : `${threadCount} threads`
    rows.push(['Engine', `${kind} ${version} on ${device} (${deviceName}), ${threads}`])
    rows.push(['Precision', run.recipe.precision])
  }
  if (run.checkpointStep !== null) rows.push(['Checkpoint', `after ${plural(run.checkpointStep, 'step')}`])
  const { count: unreadCount, first } = run.unreadable
  if (unreadCount > 0) {
    const names = first.map(({ path }) => path).join(', ')
    rows.push([
      'Unreadable',
      `${plural(unreadCount, 'image')}, left out: ${names}${unreadCount > first.length ? ', …' : ''}`,
    ])
  }
  if (run.changedCount > 0)
    rows.push([
      'Changed',
      `${plural(run.changedCount, 'image')} since the import, used as ${run.changedCount === 1 ? 'it was' : 'they were'} when the run started${changedNames(run)}`,
    ])
  if (run.error !== null) rows.push(['Error', `${run.error.message} ${run.error.wayOut}`.trim()])
  return table(rows)
}

/** What people said of it. */
export function marksText(
  {
    isStarred,
    isArchived,
    deletedAtMs,
    tags,
    note,
  }: Pick<Run, 'isStarred' | 'isArchived' | 'deletedAtMs' | 'tags' | 'note'>,
  isInUse: boolean,
): string {
  const marks = [
    ...(isStarred ? ['starred'] : []),
    ...(isInUse ? ['in use'] : []),
    ...(isArchived ? ['archived'] : []),
    ...(deletedAtMs === null ? [] : [`in the trash since ${time(deletedAtMs)}`]),
  ]
  const rows = [
    ...(marks.length === 0 ? [] : [['Marks', marks.join(', ')]]),
    ...(tags.length === 0 ? [] : [['Tags', tags.join(', ')]]),
  ]
  return [...(rows.length === 0 ? [] : [table(rows)]), ...(note === '' ? [] : [note])].join('\n\n')
}

/** ', version 1 of 2' where there is another. */
function versionText({ datasetVersion, currentVersion }: Run): string {
  if (datasetVersion === null) return ''
  return currentVersion === null || currentVersion === datasetVersion
    ? `, version ${datasetVersion}`
    : `, version ${datasetVersion} (the dataset is at version ${currentVersion} now)`
}

function changedNames({ changedCount, changedFirst }: Run): string {
  if (changedFirst.length === 0) return ''
  const names = changedFirst.map(({ path, fromStep }) =>
    fromStep === 0 ? path : `${path} (from step ${count(fromStep)} on)`,
  )
  return `: ${names.join(', ')}${changedCount > names.length ? ', …' : ''}`
}

function wholeTime({ createdAtMs, budgetMs, expectedMs }: Run, endedAtMs: number): string {
  const expected = expectedMs === null ? '' : `, expected ${duration(expectedMs)}`
  const budget = budgetMs === null ? '' : `, budget ${timeText(budgetMs)}`
  return `${duration(endedAtMs - createdAtMs)}${expected}${budget}`
}

/** `inUse`: the runs whose models are in use, by id. Stars and what is in use stand at the end. */
export function runsText(runs: readonly (Run | OtherRun)[], inUse: ReadonlySet<number> = new Set()): string {
  const head = ['id', 'name', 'dataset', 'model', 'state', 'steps', 'images right', 'departures', 'started']
  const rows = runs.map((run) => [
    ...('program' in run ? otherRunCells(run) : runCells(run)),
    [...(run.isStarred ? ['★'] : []), ...(inUse.has(run.id) ? ['in use'] : [])].join(' '),
  ])
  return table([head, ...rows], [0, 5])
}

function runCells(run: Run): string[] {
  return [
    String(run.id),
    run.name,
    run.datasetName,
    startWords(run),
    run.state,
    `${run.stepsDone}/${run.recipe.stepCount}`,
    run.accuracy === null ? (run.state === 'done' ? notMeasured : '—') : rightText(run, run.accuracy),
    String(run.departureCount),
    time(run.createdAtMs),
  ]
}

/** '75.0 % of 4 test', and after which step where the run went on since. */
function rightText(run: Run, accuracy: Accuracy): string {
  const earlier = earlierResultStep(run)
  const after = earlier === null ? '' : `, after ${plural(earlier, 'step')}`
  return (
    `${percent(accuracy.value)} of ${evaluatedCount(accuracy, run.measures)} ${run.evaluatedOn ?? ''}`.trim() +
    after
  )
}

export function evaluationsText(evaluations: readonly Evaluation[]): string {
  const share = (value: number | undefined): string => (value === undefined ? '—' : percent(value))
  const rows = evaluations.map(({ stepIndex, part, loss, accuracy, measures }) => [
    String(stepIndex),
    part,
    loss.toFixed(4),
    share(measures.topFive?.value),
    share(measures.balanced?.value),
    accuracyText(accuracy, measures),
  ])
  return table([['steps', 'part', 'loss', 'top 5', 'balanced', 'images right'], ...rows], [0, 3, 4])
}

/** `corrections`: what is said of some of the images since, by their ids; it stands beside the label. */
export function mistakesText(
  predictions: readonly Prediction[],
  classNames: readonly string[],
  corrections: ReadonlyMap<number, ImageLabel> = new Map(),
): string {
  const name = (index: number): string => classNames[index] ?? `class ${index}`
  const rows = predictions.map(
    ({ imageId, loss, predictedIndex, labelIndex, labelProbability, top, path }) => [
      loss.toFixed(3),
      name(predictedIndex),
      (top[0]?.probability ?? 0).toFixed(3),
      name(labelIndex),
      labelProbability.toFixed(3),
      correctionText(name(labelIndex), corrections.get(imageId)),
      path,
    ],
  )
  const some = rows.some(([, , , , , correction]) => correction !== '')
  const shown = [['loss', 'predicted', 'p', 'label', 'p', '', 'image'], ...rows]
  return table(some ? shown : shown.map((row) => row.toSpliced(5, 1)), [0, 2, 4])
}

/** 'excluded', 'now Iris'; '' where it has the label that the run knew. */
function correctionText(label: string, said: ImageLabel | undefined): string {
  if (said?.excluded === true) return 'excluded'
  return (said?.className ?? label) === label ? '' : `now ${said?.className ?? ''}`
}
