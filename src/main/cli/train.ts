import type { Overrides, Precision, RuleName, TrainRequest } from '../../contract/entities/run'
import type { CliContext } from './context'
import { findDataset } from './find'
import { trainAndFollow } from './follow-run'
import { modelIdOf } from './model-id'
import { withCore } from './open'
import { planText, resultText } from './run-text'

export interface TrainOptions {
  readonly dataset: string
  readonly model: string
  readonly weights?: string
  readonly rule: RuleName
  readonly steps?: number
  readonly batch?: number
  readonly microBatch?: number
  readonly resize?: number
  readonly crop?: number
  readonly lr?: number
  readonly mixup?: number
  readonly precision?: Precision
  readonly flip?: boolean
  readonly randomCrop?: boolean
  readonly seed: number
  readonly name?: string
}

export async function runTrain(context: CliContext, options: TrainOptions): Promise<number> {
  const { output } = context
  return withCore(context, 'train', async (core) => {
    const dataset = await findDataset(core.call, options.dataset)
    const request = requestOf(options, dataset.id)
    const plan = await core.call('training.plan', request)
    output.record({ type: 'plan', plan })
    output.print(`${planText(plan)}\n`)
    const run = await trainAndFollow(context, core, request)
    output.print(resultText(run))
    if (run.error !== null) output.error(run.error)
    else if (run.state === 'interrupted')
      output.note(`"${run.name}" was interrupted; what was committed is kept.`)
    return run.state === 'done' || run.state === 'stopped' ? 0 : 1
  })
}

function requestOf(options: TrainOptions, datasetId: number): TrainRequest {
  return {
    datasetId,
    model: options.model,
    rule: options.rule,
    preset: 'small',
    overrides: overridesOf(options),
    seed: options.seed,
    weights: options.weights === undefined ? null : modelIdOf(options.weights),
    name: options.name ?? '',
  }
}

/** Only what was given: an absent key follows the rule. */
function overridesOf(options: TrainOptions): Overrides {
  return {
    ...(options.steps !== undefined && { stepCount: options.steps }),
    ...(options.batch !== undefined && { batchSize: options.batch }),
    ...(options.microBatch !== undefined && { microBatchSize: options.microBatch }),
    ...(options.resize !== undefined && { resizePx: options.resize }),
    ...(options.crop !== undefined && { cropPx: options.crop }),
    ...(options.lr !== undefined && { baseLearningRate: options.lr }),
    ...(options.mixup !== undefined && { mixupAlpha: options.mixup }),
    ...(options.precision !== undefined && { precision: options.precision }),
    ...(options.flip === false && { flip: false }),
    ...(options.randomCrop === false && { randomCrop: false }),
  }
}
