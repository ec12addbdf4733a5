/** The whole job on the sample dataset: drawn, imported, trained, evaluated; its figures, its mistakes, a report. */
import { join } from 'node:path'
import { unpackConfusion } from '../../../contract/entities/confusion'
import type { DatasetDetail } from '../../../contract/entities/dataset'
import { autoModel, type Run } from '../../../contract/entities/run'
import { formatRate } from '../../../domain/figures'
import type { Core } from '../../host/compose'
import type { CliContext } from '../context'
import { writeRunReport } from '../text/demo-report'
import { followRun } from '../runs/follow-run'
import { followTask } from '../follow-task'
import { count, percent, table } from '../text/format'
import { datasetText } from '../datasets/import'
import { measureMachine } from './measure-machine'
import { withCore } from './open'
import { mistakesText, planText } from '../text/run-text'

/** Of the training; drawing and importing the sample come before it. */
const budgetMs = 60_000
const tableMistakes = 12
const reportMistakes = 60

export async function runDemo(context: CliContext): Promise<number> {
  const { output } = context
  return withCore(context, 'demo', async (core) => {
    const dataset = await sampleDataset(context, core)
    output.record({ type: 'dataset', dataset })
    output.print(`${datasetText(dataset)}\n`)

    await measureMachine(context, core)
    const request = {
      datasetId: dataset.id,
      model: autoModel,
      rule: 'paper' as const,
      budgetMs,
      overrides: {},
      seed: 0,
      weights: null,
      name: '',
    }
    const plan = await core.call('training.plan', request)
    output.record({ type: 'plan', plan })
    if (plan.weights !== null) {
      const { model } = await core.call('models.get', { id: plan.weights })
      output.print(`Starting from ${model.name}. ${model.trainedOn}\n`)
    }
    output.print(`${planText(plan)}\n`)
    const run = await followRun(context, core, () => core.call('training.start', request))
    if (run.error !== null) output.error(run.error)
    if (run.state !== 'done' && run.state !== 'stopped') return 1

    output.print(`\n${figuresText(run)}`)
    await showMistakes(context, core, run, dataset)
    output.print(`To view it in the window, run: npm start`)
    return 0
  })
}

async function sampleDataset(context: CliContext, core: Core): Promise<DatasetDetail> {
  const known = (await core.call('datasets.list', {})).find(({ name }) => name === 'sample')
  const id =
    known?.id ?? (await followTask(context, core, (await core.call('datasets.importSample', {})).taskId))
  return core.call('datasets.get', { id })
}

function figuresText(run: Run): string {
  const { accuracy, engine } = run
  return table([
    [
      'Training images',
      'Classes',
      'Steps',
      'Final loss',
      'Accuracy on test images (95 % interval)',
      'Images/s',
      'Engine',
      'Device',
    ],
    [
      count(run.exampleCount),
      count(run.classCount),
      count(run.stepsDone),
      run.lastLoss?.toFixed(4) ?? '—',
      accuracy === null
        ? '—'
        : `${percent(accuracy.value)} (${(accuracy.low * 100).toFixed(1)}–${percent(accuracy.high)})`,
      run.imagesPerSecond === null ? '—' : formatRate(run.imagesPerSecond),
      engine === null ? '—' : `${engine.kind} ${engine.version}`,
      engine === null ? '—' : engine.deviceName,
    ],
  ])
}

async function showMistakes(
  { output, homePath }: CliContext,
  core: Core,
  run: Run,
  dataset: DatasetDetail,
): Promise<void> {
  const { total, predictions } = await core.call('predictions.list', {
    runId: run.id,
    filter: { which: 'wrong' },
    order: 'loss',
    offset: 0,
    limit: reportMistakes,
  })
  const confusion = unpackConfusion(await core.call('predictions.confusion', { runId: run.id }))
  for (const prediction of predictions) output.record({ type: 'mistake', runId: run.id, prediction })
  if (predictions.length > 0) {
    output.print(`\nThe worst of ${count(total)} mistakes, highest loss first:`)
    output.print(mistakesText(predictions.slice(0, tableMistakes), confusion.classNames))
  }
  const path = join(homePath, 'reports', `${run.name}.html`)
  await writeRunReport(core, { run, dataset, confusion, mistakes: predictions, wrongCount: total }, path)
  output.record({ type: 'report', runId: run.id, path })
  output.print(`\nReport with curves and mistakes: ${path}`)
}
