/** The models: the zoo, and the sizes that can be trained from zero. */
import type { ModelSpec } from '../../contract/entities/model'
import { convGmac, namedModels, parameterCount } from '../../domain/model/spec'
import type { ServiceContext } from '../app/context'
import type { EngineService } from '../engine/engine'
import type { DomainHandlers } from '../app/handlers'
import { zooHandlers } from './zoo'

export function modelsHandlers(
  context: ServiceContext,
  engine: Pick<EngineService, 'known'>,
): DomainHandlers<'models'> {
  return {
    ...zooHandlers(context, engine),
    'models.architectures': async ({ classCount, cropPx }) =>
      namedModels.map(({ name, spec }) => ({
        name,
        spec,
        parameterCount: parameterCount(spec, classCount),
        convGmac: convGmac(spec, cropPx),
        classCount,
        cropPx,
        note: noteOf(spec, classCount),
      })),
  }
}

function noteOf(spec: ModelSpec, classCount: number): string {
  // Three float32 copies are kept: the parameters, their gradients, their momenta.
  const gigabytes = (parameterCount(spec, classCount) * 4 * 3) / 1e9
  const size = gigabytes < 0.1 ? `${Math.ceil(gigabytes * 1000)} MB` : `${gigabytes.toFixed(1)} GB`
  return `${size} for parameters, gradients and momenta; images need more.`
}
