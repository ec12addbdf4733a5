/** A recorded graph as data, and what the code that is recorded may do. record.ts makes it, graph-runtime.ts runs it. */
import type * as tf from '@tensorflow/tfjs-core'
import { attributeType, dataType } from './graph-addon'
import type { Attribute } from './graph-addon'

/** A tensor that stays on the engine between calls, by name. */
export interface Variable {
  readonly name: string
  readonly shape: readonly number[]
}

export interface RecordedFunction {
  /** Placeholders by the input's name. */
  readonly inputs: Readonly<Record<string, { node: string; dtype: number; shape: readonly number[] }>>
  /** Node and output index by the output's name. */
  readonly outputs: Readonly<Record<string, { node: string; output: number; shape: readonly number[] }>>
  /** Nodes that must run: the writes of variables. */
  readonly targets: readonly string[]
}

/** A graph with its functions: plain data, to be kept on disk. */
export interface Program {
  readonly graphDef: Uint8Array
  readonly functions: Readonly<Record<string, RecordedFunction>>
  readonly nodeCount: number
}

/** What a function's body may do besides computing. */
export interface Recording {
  /** An input of each call. uint8 becomes float32 (0 … 255) on the engine. */
  input(name: string, shape: readonly number[], dtype: 'float32' | 'uint8'): tf.Tensor
  read(variable: Variable): tf.Tensor
  /**
   * The same, and the variable holds nothing until it is assigned again: its memory goes when the value has been used, or becomes the memory of
   * what is computed from it.
   */
  take(variable: Variable): tf.Tensor
  /** What the variable holds after the call. */
  assign(variable: Variable, value: tf.Tensor): void
  add(variable: Variable, value: tf.Tensor): void
  output(name: string, value: tf.Tensor): void
  /** What is read from here on is read after all writes so far: one parameter after the other needs the memory of one. */
  barrier(): void
}

/** Of a VarHandleOp: handles with the same shared name, in one session, mean the same variable. */
export function variableAttributes({ name, shape }: Variable): Attribute[] {
  return [
    { name: 'dtype', type: attributeType.type, value: dataType.float32 },
    { name: 'shape', type: attributeType.shape, value: shape },
    { name: 'shared_name', type: attributeType.string, value: name },
    { name: 'container', type: attributeType.string, value: '' },
  ]
}
