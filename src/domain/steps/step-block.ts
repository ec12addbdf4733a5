/**
 * The figures of many steps as one block of bytes: in the database, and on the wire as they lie there. No bit of a figure is lost.
 *
 * Header, 8 bytes: version u8, count of columns u8, 0 u16, count of rows u32. Then the columns in the order of `columnNames`, see packed-column.ts.
 * A later version may add columns at the end.
 */
import type { StepMetric } from '../../contract/entities/run'
import { packColumn, unpackColumn } from './packed-column'

/** In the order of their steps. NaN where a step has no such figure. */
export interface StepColumns {
  readonly stepIndices: Float64Array
  readonly losses: Float64Array
  readonly batchAccuracies: Float64Array
  readonly learningRates: Float64Array
  readonly stepMs: Float64Array
  readonly waitMs: Float64Array
  readonly atMs: Float64Array
  readonly memoryBytes: Float64Array
  readonly gpuUse: Float64Array
}

const columnNames = [
  'stepIndices',
  'losses',
  'batchAccuracies',
  'learningRates',
  'stepMs',
  'waitMs',
  'atMs',
  'memoryBytes',
  'gpuUse',
] as const satisfies readonly (keyof StepColumns)[]

/** How many steps a block has in the database, once there are as many. */
export const blockSteps = 1000

const formatVersion = 1
const headerBytes = 8
/** What these columns were before later ones came. */
const leastColumns = 9

export function packSteps(steps: readonly StepMetric[]): Uint8Array {
  const columns = columnsOf(steps)
  const bodies = columnNames.map((name) => packColumn(columns[name]))
  const bytes = new Uint8Array(bodies.reduce((sum, { length }) => sum + length, headerBytes))
  const header = new DataView(bytes.buffer)
  header.setUint8(0, formatVersion)
  header.setUint8(1, columnNames.length)
  header.setUint32(4, steps.length, true)
  let at = headerBytes
  for (const body of bodies) {
    bytes.set(body, at)
    at += body.length
  }
  return bytes
}

/** The steps of all blocks, one after another. Throws RangeError where one is no block of this version. */
export function unpackSteps(blocks: readonly Uint8Array[]): StepColumns {
  // Values are aligned from the block's own beginning; a view into a larger buffer may not be.
  const aligned = blocks.map((bytes) => (bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()))
  const counts = aligned.map(rowCount)
  const columns = emptyColumns(counts.reduce((sum, count) => sum + count, 0))
  let offset = 0
  for (const [place, bytes] of aligned.entries()) {
    const count = counts[place] ?? 0
    let at = headerBytes
    for (const name of columnNames) at = unpackColumn(bytes, at, count, columns[name], offset)
    offset += count
  }
  return columns
}

/** As the rows that they were. */
export function rowsOf(columns: StepColumns): StepMetric[] {
  return Array.from(columns.stepIndices, (stepIndex, row) => {
    const memoryBytes = columns.memoryBytes[row] ?? Number.NaN
    const gpuUse = columns.gpuUse[row] ?? Number.NaN
    return {
      stepIndex,
      loss: columns.losses[row] ?? Number.NaN,
      batchAccuracy: columns.batchAccuracies[row] ?? Number.NaN,
      learningRate: columns.learningRates[row] ?? Number.NaN,
      stepMs: columns.stepMs[row] ?? Number.NaN,
      waitMs: columns.waitMs[row] ?? Number.NaN,
      atMs: columns.atMs[row] ?? Number.NaN,
      ...(Number.isNaN(memoryBytes) ? {} : { memoryBytes }),
      ...(Number.isNaN(gpuUse) ? {} : { gpuUse }),
    }
  })
}

function columnsOf(steps: readonly StepMetric[]): StepColumns {
  return {
    stepIndices: Float64Array.from(steps, (step) => step.stepIndex),
    losses: Float64Array.from(steps, (step) => step.loss),
    batchAccuracies: Float64Array.from(steps, (step) => step.batchAccuracy),
    learningRates: Float64Array.from(steps, (step) => step.learningRate),
    stepMs: Float64Array.from(steps, (step) => step.stepMs),
    waitMs: Float64Array.from(steps, (step) => step.waitMs),
    atMs: Float64Array.from(steps, (step) => step.atMs),
    memoryBytes: Float64Array.from(steps, (step) => step.memoryBytes ?? Number.NaN),
    gpuUse: Float64Array.from(steps, (step) => step.gpuUse ?? Number.NaN),
  }
}

function emptyColumns(count: number): StepColumns {
  return {
    stepIndices: new Float64Array(count),
    losses: new Float64Array(count),
    batchAccuracies: new Float64Array(count),
    learningRates: new Float64Array(count),
    stepMs: new Float64Array(count),
    waitMs: new Float64Array(count),
    atMs: new Float64Array(count),
    memoryBytes: new Float64Array(count),
    gpuUse: new Float64Array(count),
  }
}

function rowCount(bytes: Uint8Array): number {
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < headerBytes || header.getUint8(0) !== formatVersion || header.getUint8(1) < leastColumns)
    throw new RangeError('These bytes are not a block of steps that this workbench can read.')
  return header.getUint32(4, true)
}
