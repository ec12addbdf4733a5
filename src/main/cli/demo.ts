/** The whole job on the sample dataset: drawn, imported, trained, evaluated, its mistakes shown. */
import type { CliContext } from './context'
import { followTask } from './follow-task'
import { trainAndFollow } from './follow-run'
import { datasetText } from './import'
import { withCore } from './open'
import { mistakesText, planText, resultText } from './run-text'

/** Small enough for two cores in a few minutes. */
const model = 'units:1-1-1-1,width:0.5'
const overrides = { stepCount: 60, batchSize: 32, resizePx: 40, cropPx: 32 }
const shownMistakes = 12

export async function runDemo(context: CliContext): Promise<number> {
  const { output } = context
  return withCore(context, 'demo', async (core) => {
    const known = (await core.call('datasets.list', {})).find(({ name }) => name === 'sample')
    const id =
      known?.id ?? (await followTask(context, core, (await core.call('datasets.importSample', {})).taskId))
    const dataset = await core.call('datasets.get', { id })
    output.record({ type: 'dataset', dataset })
    output.print(`${datasetText(dataset)}\n`)

    const request = {
      datasetId: id,
      model,
      rule: 'paper' as const,
      overrides,
      seed: 0,
      weightsPath: null,
      name: '',
    }
    const plan = await core.call('training.plan', request)
    output.record({ type: 'plan', plan })
    output.print(`${planText(plan)}\n`)
    const run = await trainAndFollow(context, core, request)
    output.print(resultText(run))
    if (run.error !== null) output.error(run.error)
    if (run.state !== 'done' && run.state !== 'stopped') return 1

    const { predictions } = await core.call('predictions.list', {
      runId: run.id,
      filter: { which: 'wrong' },
      order: 'loss',
      offset: 0,
      limit: shownMistakes,
    })
    const confusion = await core.call('predictions.confusion', { runId: run.id })
    for (const prediction of predictions) output.record({ type: 'mistake', runId: run.id, prediction })
    if (predictions.length > 0) output.print(`\n${mistakesText(predictions, confusion)}`)
    return 0
  })
}
