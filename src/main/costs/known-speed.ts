/** What is known of this machine's speed: its measurements, or a guess from the kind of engine and processor. */
import os from 'node:os'
import type { EngineReport } from '../../contract/entities/model'
import { findEngineStart, listMeasurements, type Measurement } from '../store/measurements'
import type { Db } from '../store/statement'
import { speedOf, type Speed } from '../../domain/estimate/speed'
import { optionsOf } from '../../domain/recipe/field'
import { recipeFields } from '../../domain/recipe/fields'
import { engineKey } from './engine-key'

export interface KnownSpeed {
  readonly speed: Speed
  /** Of this engine, newest first. */
  readonly measurements: readonly Measurement[]
}

export function knownSpeed(db: Db, engine: EngineReport | null): KnownSpeed {
  const tagged = listMeasurements(db).flatMap((measurement) =>
    optionsOf(recipeFields.precision)
      .filter((precision) => engine !== null && measurement.engineKey === engineKey(engine, precision))
      .map((precision) => ({ ...measurement, precision })),
  )
  const start = engine === null ? null : findEngineStart(db, engineKey(engine, 'float32'))
  const threadCount = Math.max(1, engine?.threadCount ?? os.availableParallelism())
  const speed = speedOf(tagged, {
    guess: guessedSlowness(engine, threadCount),
    start: start === null ? guessedStart : { engineMs: start.startMs, graphMs: start.graphMs },
    threadCount,
    preparesBeside: engine?.device === 'gpu',
  })
  return { speed, measurements: tagged }
}

/** Of the reference machine. */
const guessedStart = { engineMs: 3000, graphMs: 250 }

/**
 * How many times slower than two threads with AVX-512 under TensorFlow. WebAssembly reaches 35 GFLOP/s a core in convolutions where those
 * reach 100; a card is taken for a middling one. Only until the machine is measured.
 */
function guessedSlowness(engine: EngineReport | null, threadCount: number): number {
  if (engine?.device === 'gpu') return 1 / 40
  const byThreads = 2 / Math.max(1, threadCount)
  switch (engine?.kind) {
    case 'wasm':
      return 4 * byThreads
    case 'webgpu':
      return 1
    case 'cpu':
      return 500
    default:
      return (engine?.instructionSet === undefined || /512/.test(engine.instructionSet) ? 1 : 2) * byThreads
  }
}
