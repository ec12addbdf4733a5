/** What a recorded state and a recorded predictor share: their programs, and the way weights come into a session. */
import type { GraphEngine } from '../engines/tensorflow/graph-engine'
import type { GraphRuntime, LoadedProgram } from '../engines/tensorflow/graph-runtime'
import type { Variable } from '../engines/tensorflow/program'
import { recordProgram } from '../engines/tensorflow/record'
import { elementCount } from '../../../domain/model/spec'
import type { WeightSet } from '../../weights/weight-set'
import type { Precision } from '../../../contract/entities/run'
import type { Bodies } from './programs'
import { release, takeWeight } from './train-state'

export interface ProgramSet {
  /** From memory, from the disk, or recorded now. `key` beside the precision is all that determines it. Throws `NotRecordable`. */
  program(key: readonly unknown[], bodies: () => Bodies): LoadedProgram
  /** How many were recorded now. */
  readonly recordedCount: number
  /** Of all graphs together. */
  readonly nodeCount: number
}

export function openProgramSet(
  engine: Pick<GraphEngine, 'addon' | 'cache'>,
  runtime: Pick<GraphRuntime, 'load'>,
  precision: Precision,
): ProgramSet {
  const loaded = new Map<string, LoadedProgram>()
  let recordedCount = 0
  let nodeCount = 0
  return {
    program(parts, bodies) {
      const key = [...parts, precision]
      const text = JSON.stringify(key)
      const known = loaded.get(text)
      if (known !== undefined) return known
      const make = (): ReturnType<typeof recordProgram> => recordProgram(engine.addon, precision, bodies())
      const found = engine.cache.program(key, make)
      let ready: LoadedProgram
      try {
        ready = runtime.load(found.program)
      } catch (thrown) {
        // whole on the disk, but of no use to this TensorFlow: recorded anew
        if (!found.cached) throw thrown
        engine.cache.forget(key)
        ready = runtime.load(engine.cache.program(key, make).program)
      }
      if (!found.cached) recordedCount += 1
      nodeCount += found.program.nodeCount
      loaded.set(text, ready)
      return ready
    },
    get recordedCount() {
      return recordedCount
    },
    get nodeCount() {
      return nodeCount
    },
  }
}

/** Moves each weight to its variable; the set is empty afterwards, and no second copy of the model was held. */
export async function moveWeights(
  weights: WeightSet,
  places: readonly { readonly name: string; readonly variable: Variable }[],
  runtime: Pick<GraphRuntime, 'set'>,
): Promise<void> {
  for (const group of inGroups(places.map((place) => ({ ...place, shape: place.variable.shape })))) {
    const values = new Map(group.map(({ name, variable }) => [variable.name, takeWeight(weights, name)]))
    const written = runtime.set(values) // has its own copy when it returns
    for (const data of values.values()) release(data)
    await written
  }
}

/** Tensors that are read or written together: few groups, and none of more than 256 MB unless one tensor is. */
export function inGroups<T extends { readonly shape: readonly number[] }>(tensors: readonly T[]): T[][] {
  const groups: T[][] = []
  let groupBytes = Infinity
  for (const tensor of tensors) {
    const bytes = 4 * elementCount(tensor.shape)
    if (groupBytes + bytes > 256e6) {
      groups.push([])
      groupBytes = 0
    }
    groups.at(-1)?.push(tensor)
    groupBytes += bytes
  }
  return groups
}

/** With zeros behind where it is shorter. */
export function filledUp<T extends Float32Array | Uint8Array>(values: T, length: number): T {
  if (values.length === length) return values
  const filled = values instanceof Float32Array ? new Float32Array(length) : new Uint8Array(length)
  filled.set(values)
  return filled as T
}
