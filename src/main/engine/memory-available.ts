import os from 'node:os'
import type { EngineReport } from '../../contract/entities/model'

/** Bytes that a trainer may still take: of the card where the engine computes on one, else of the machine or its container. */
export function memoryAvailable(engine: EngineReport | null): number {
  if (engine?.device === 'gpu' && engine.memoryBytes > 0) return engine.memoryBytes
  // availableMemory() knows a container's limit, freemem() does not; before Node 22 there is only the second.
  const free = os.freemem()
  return typeof process.availableMemory === 'function'
    ? Math.min(process.availableMemory(), os.totalmem())
    : free
}
