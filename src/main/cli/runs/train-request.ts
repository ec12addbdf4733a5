/** From the options of a training to its request. */
import { autoModel } from '../../../contract/entities/run'
import type { Overrides, RuleName, TrainRequest, UpstreamPreset } from '../../../contract/entities/run'
import type { Core } from '../../host/compose'
import { findModelId } from '../models/model-id'
import { overridesOf } from './recipe-options'

/** The fields of the recipe under their own names. */
export interface TrainOptions extends Overrides {
  readonly dataset: string
  /** May be left out where weights say it, or the workbench chooses both. */
  readonly model?: string
  readonly weights?: string
  readonly rule: RuleName
  readonly budget?: number
  readonly preset?: UpstreamPreset
  readonly seed: number
  readonly name?: string
  /** So many runs with seeds from `seed` on. */
  readonly seeds?: number
  readonly queue?: true
}

export async function requestOf(
  core: Pick<Core, 'call'>,
  options: TrainOptions,
  datasetId: number,
): Promise<TrainRequest> {
  const weights = options.weights === undefined ? null : await findModelId(core.call, options.weights)
  return {
    datasetId,
    model: options.model ?? (await modelOf(core, weights)),
    rule: options.rule,
    budgetMs: options.budget ?? null,
    preset: options.preset ?? 'small',
    overrides: overridesOf({ ...options }),
    seed: options.seed,
    weights,
    name: options.name ?? '',
  }
}

/** The size that the weights are of. */
async function modelOf(core: Pick<Core, 'call'>, weights: string | null): Promise<string> {
  return weights === null ? autoModel : (await core.call('models.get', { id: weights })).model.architecture
}
