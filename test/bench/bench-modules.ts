/** The bench's own modules, which are plain JavaScript, with types for the tests. */
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

interface Bound {
  first: number
  later: number
}

interface Measured {
  rate: number
  peakMemoryBytes: number
}

interface Quartiles {
  low: number
  median: number
  high: number
  runs: number
}

type Contenders = Record<string, () => Promise<Measured>>

interface Result {
  rate: Quartiles
  peakMemoryBytes: number
  ratio: Quartiles | null
  memoryRatio: number | null
}

const load = createRequire(resolve('bench/run.mjs'))

export const { agreement } = load('./agreement.mjs') as {
  agreement(losses: number[], reference: number[], bound: Bound): { agrees: boolean; worst: number }
}
export const { compareInTurn } = load('./compare.mjs') as {
  compareInTurn(work: {
    contenders: Contenders
    runs: number
    first: string
    note(text: string): void
    watch(measure: () => Promise<Measured>): Promise<Measured & { disturbance: number | null }>
  }): Promise<{ results: Record<string, Result>; refusals: Record<string, string>; disturbedRounds: number }>
}
export const { convolutionShare } = load('./trainer.mjs') as {
  convolutionShare(operations: { operation: string; totalMs: number }[]): number | null
}
export const { slope } = load('./slope.mjs') as {
  slope(points: [number, number][]): { value: number; low: number; high: number }
}
export const { bounds, lossesOf } = load('./cases/gpu.mjs') as {
  bounds: Record<'float32' | 'bfloat16', Bound>
  lossesOf(precision: string, environment?: NodeJS.ProcessEnv): Promise<number[]>
}
export const { fuzzParsers } = load('./fuzz-parsers.mjs') as {
  fuzzParsers(work: { program: string; fileCount: number; seed: number; only?: string }): Promise<{
    parsers: string[]
    files: { parser: string; sample: string; isWhole: boolean; read: number; refused: number }[]
    faults: { again: string; what: string }[]
  }>
}
