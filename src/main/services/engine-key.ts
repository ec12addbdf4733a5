import type { EngineReport } from '../../contract/entities/model'

/** What must be the same for one time measurement to speak of another: engine, version, device and threads. */
export function engineKey(engine: EngineReport): string {
  return [engine.kind, engine.version, engine.device, engine.deviceName, engine.threadCount].join(' · ')
}
