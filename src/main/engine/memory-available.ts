import os from 'node:os'
import type { EngineReport } from '../../contract/entities/model'
import { processorShareCount } from './devices'

/** Bytes that a trainer may still take, no more than the settings (settings/settings.ts) let it: of the card where the engine computes on one, all that it has: what others hold of it changes, and a step that finds too little takes smaller pieces. Else what is free now of the machine or its container. */
export function memoryAvailable(engine: EngineReport | null): number {
  return Math.min(free(engine), Number(process.env['BITW_MEMORY_BYTES'] ?? Infinity))
}

function free(engine: EngineReport | null): number {
  if (engine?.device === 'gpu' && engine.memoryBytes > 0) return engine.memoryBytes
  // availableMemory() knows a container's limit, freemem() does not; before Node 22 there is only the second.
  const bytes =
    typeof process.availableMemory === 'function'
      ? Math.min(process.availableMemory(), os.totalmem())
      : os.freemem()
  return bytes / processorShareCount(process.env)
}
