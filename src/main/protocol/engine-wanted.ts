/** Which engine the environment asks for. */
import { WorkbenchError } from '../../contract/errors'

/** 'webgpu-software' is WebGPU on an adapter without hardware, 'cpu' plain JavaScript: both are slow, for tests, and never chosen by 'auto'. */
export const engineNames = ['auto', 'tensorflow', 'wasm', 'webgpu', 'webgpu-software', 'cpu'] as const
export type EngineWanted = (typeof engineNames)[number]

/** `BITW_ENGINE`, or 'auto' where it is not set. Throws 'bad-input' on any other word. */
export function engineWanted(environment: NodeJS.ProcessEnv): EngineWanted {
  const asked = environment['BITW_ENGINE'] ?? ''
  if (asked === '') return 'auto'
  const found = engineNames.find((engine) => engine === asked)
  if (found === undefined) {
    throw new WorkbenchError(
      'bad-input',
      `BITW_ENGINE is "${asked}", which is not an engine.`,
      `Set it to one of ${engineNames.join(', ')}, or unset it.`,
    )
  }
  return found
}
