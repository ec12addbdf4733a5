import type { EngineReport } from '../../contract/entities/model'
import type { Precision } from '../../contract/entities/run'

/** What must be the same for one time measurement to speak of another: engine, version, device, threads, how a step runs, and precision. */
export function engineKey(engine: EngineReport, precision: Precision): string {
  const { kind, version, device, deviceName, threadCount, recordedGraphs } = engine
  const how = recordedGraphs === true ? 'recorded' : 'op by op'
  return [kind, version, device, deviceName, threadCount, how, precision].join(' · ')
}
