/** ONNX's graphs as data, in the words of its schema (schema.ts). */

/** Range, InstanceNormalization and all else that is used are in it; ONNX Runtime knows it since 1.12. */
export const opset = 17
/** Of ONNX 1.12, which brought opset 17. */
export const irVersion = 8

/** TensorProto.DataType */
export const onnxType = { float32: 1, uint8: 2, int64: 7 } as const

export interface OnnxAttribute {
  readonly name: string
  /** AttributeProto.AttributeType: 1 FLOAT, 2 INT, 7 INTS. */
  readonly type: 1 | 2 | 7
  readonly f?: number
  readonly i?: number
  readonly ints?: readonly number[]
}

export interface OnnxNode {
  readonly opType: string
  readonly name: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly attribute: readonly OnnxAttribute[]
}

/** Its numbers are made when they are written. */
export interface Initializer {
  readonly name: string
  readonly type: 1 | 7
  readonly shape: readonly number[]
  data(): Float32Array | BigInt64Array
}

export interface OnnxPort {
  readonly name: string
  readonly type: number
  /** Text where it is open. */
  readonly shape: readonly (number | string)[]
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[]
  readonly initializers: readonly Initializer[]
  readonly input: OnnxPort
  readonly outputs: readonly OnnxPort[]
}

export function int(name: string, value: number): OnnxAttribute {
  return { name, type: 2, i: value }
}

export function ints(name: string, values: readonly number[]): OnnxAttribute {
  return { name, type: 7, ints: values }
}
