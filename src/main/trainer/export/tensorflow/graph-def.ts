/** A GraphDef in its JSON form: TensorFlow.js keeps it so, and a SavedModel is made of it. */
import { elementCount } from '../../../../domain/model/spec'

export type TensorflowType = 'DT_FLOAT' | 'DT_INT32' | 'DT_UINT8' | 'DT_STRING'

/** As protobuf's JSON has it: 64-bit numbers as text, bytes in base64. */
export type AttributeValue =
  | { type: TensorflowType }
  | { b: boolean }
  | { i: string }
  | { s: string }
  | { list: { i: string[] } }
  | { shape: TensorShape }
  | {
      tensor: {
        dtype: TensorflowType
        tensorShape: TensorShape
        tensorContent?: Uint8Array
        stringVal?: string[]
      }
    }

export interface TensorShape {
  dim: { size: string }[]
}

export interface TensorflowNode {
  name: string
  op: string
  input: string[]
  attr: Record<string, AttributeValue>
}

/** A Const node's numbers, made when they are written. */
export interface Constant {
  readonly name: string
  readonly type: 'DT_FLOAT' | 'DT_INT32'
  readonly shape: readonly number[]
  data(): Float32Array | Int32Array
}

export interface TensorflowPort {
  readonly name: string
  readonly node: string
  readonly type: TensorflowType
  /** −1 where it is open. */
  readonly shape: readonly number[]
}

export interface TensorflowGraph {
  /** Const nodes have no value yet: it is in `constants`, by name. */
  readonly nodes: readonly TensorflowNode[]
  readonly constants: readonly Constant[]
  readonly input: TensorflowPort
  readonly outputs: readonly TensorflowPort[]
}

export function dims(shape: readonly number[]): TensorShape {
  return { dim: shape.map((size) => ({ size: String(size) })) }
}

export function byteCountOf({ shape }: Constant): number {
  return 4 * elementCount(shape)
}

export function type(value: TensorflowType): AttributeValue {
  return { type: value }
}

export function int(value: number): AttributeValue {
  return { i: String(value) }
}

export function ints(values: readonly number[]): AttributeValue {
  return { list: { i: values.map(String) } }
}

export function text(value: string): AttributeValue {
  return { s: Buffer.from(value).toString('base64') }
}
