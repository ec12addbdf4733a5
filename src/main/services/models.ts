/** The models by name, with what they cost. */
import type { ModelSpec } from '../../contract/entities/model'
import { WorkbenchError } from '../../contract/errors'
import { convGmac, namedModels, parameterCount } from '../model/spec'
import type { DomainHandlers } from './handlers'

export function modelsHandlers(): DomainHandlers<'models'> {
  const later = async (): Promise<never> => {
    throw new WorkbenchError('unsupported', 'Not yet.')
  }
  return {
    'models.list': later,
    'models.get': later,
    'models.add': later,
    'models.remove': later,
    'models.download': later,
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
  return `${size} for parameters, gradients and momenta; the pictures come on top.`
}
