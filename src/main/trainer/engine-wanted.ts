/** Which engine the environment asks for. */
import { WorkbenchError } from '../../contract/errors'

const engines = ['auto', 'tensorflow', 'wasm', 'webgpu', 'cpu'] as const
export type EngineWanted = (typeof engines)[number]

/** `BITW_ENGINE`, or 'auto' where it is not set. Throws 'bad-input' on any other word. */
export function engineWanted(environment: NodeJS.ProcessEnv): EngineWanted {
  const asked = environment['BITW_ENGINE'] ?? ''
  if (asked === '') return 'auto'
  const found = engines.find((engine) => engine === asked)
  if (found === undefined) {
    throw new WorkbenchError(
      'bad-input',
      `BITW_ENGINE is "${asked}", which is no engine.`,
      `Set it to one of ${engines.join(', ')}, or leave it out.`,
    )
  }
  return found
}
