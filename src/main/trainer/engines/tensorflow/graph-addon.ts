/** Our native addon (src/native): TensorFlow graphs, sessions and kernels that the package's binding does not offer. */

/** Opaque handles. */
export interface GraphHandle {
  readonly graph: unique symbol
}
export interface SessionHandle {
  readonly session: unique symbol
}

/** One output of a node: [node, output index]. */
export type NodeOutput = readonly [node: number, output: number]

/** As the package's backend gives attributes: TF_AttrType's numbers. A tensor's value is a `TensorData`. */
export interface Attribute {
  readonly name: string
  readonly type: number
  readonly value: unknown
}

export interface TensorData {
  /** TF_DataType's number. */
  readonly dtype: number
  readonly shape: readonly number[]
  readonly data: ArrayBufferView
}

export interface NodeDefinition {
  readonly op: string
  readonly name: string
  /** A list where the operation takes a list of tensors. */
  readonly inputs: readonly (NodeOutput | readonly NodeOutput[])[]
  /** Nodes that must have run before. */
  readonly controls: readonly number[]
  readonly attributes: readonly Attribute[]
}

export interface AddedNode {
  readonly node: number
  /** `shape` null where TensorFlow cannot tell it before the run. */
  readonly outputs: readonly { readonly dtype: number; readonly shape: readonly number[] | null }[]
}

export interface RunRequest {
  readonly feeds: readonly (TensorData & { readonly at: NodeOutput })[]
  readonly fetches: readonly NodeOutput[]
  readonly targets: readonly number[]
  /** Whether `trace` of the result holds a RunMetadata with the time of every node. */
  readonly trace: boolean
}

export interface RunResult {
  readonly outputs: readonly {
    readonly dtype: number
    readonly shape: readonly number[]
    readonly data: ArrayBuffer
  }[]
  readonly trace: Uint8Array
}

/** Every function throws an Error whose message begins with TensorFlow's code, e.g. "RESOURCE_EXHAUSTED: …". */
export interface GraphAddon {
  /** Registers our kernels, once a process; the name of the instruction set that they use. */
  start(threadCount: number): string
  newGraph(): GraphHandle
  addNode(graph: GraphHandle, definition: NodeDefinition): AddedNode
  /** As a GraphDef. */
  toBytes(graph: GraphHandle): Uint8Array
  /** Adds a GraphDef's nodes under `prefix/`; the numbers of those named. */
  importBytes(graph: GraphHandle, bytes: Uint8Array, prefix: string, names: readonly string[]): number[]
  /** `config` is a ConfigProto. The graph may still grow. */
  openSession(graph: GraphHandle, config: Uint8Array): SessionHandle
  /** On a thread of its own; the inputs are copied before it returns. Runs of one session follow each other. */
  run(session: SessionHandle, request: RunRequest): Promise<RunResult>
  /** Frees its variables, once the runs under way have ended. */
  closeSession(session: SessionHandle): void
  closeGraph(graph: GraphHandle): void
  /**
   * uint8 RGB [heightPx, widthPx, 3] brought to [newHeightPx, newWidthPx, 3], bilinear with antialias, on a thread of Node's pool. Do not write
   * to `pixels` meanwhile. Throws where a new size is greater than the old, or the pixels are not as many as the sizes say.
   */
  resize(
    pixels: Uint8Array,
    widthPx: number,
    heightPx: number,
    newWidthPx: number,
    newHeightPx: number,
  ): Promise<Uint8Array>
  /**
   * The same from a JPEG whose head says widthPx × heightPx, decoded as libjpeg-turbo does by default, grey as RGB; where it shrinks to a sixth
   * or less, from a half, quarter or eighth taken from the DCT (images/dct-shrink.ts). Takes memory for as much as the file's head says: read it first.
   * Rejects where the file is damaged (not where libjpeg only warns), has other sizes or over 100 scans.
   */
  resizeJpeg(
    file: Uint8Array,
    widthPx: number,
    heightPx: number,
    newWidthPx: number,
    newHeightPx: number,
  ): Promise<Uint8Array>
  /**
   * A part of uint8 RGB [heightPx, widthPx, 3] brought to [cropPx, cropPx, 3], mirrored left to right where `flip`, written to `target` at once. `frame`:
   * widthPx and heightPx, then x, y, width and height of the part, not whole numbers. Throws where the part is not inside the pixels, and where
   * `pixels` or `target` is not as long as the sizes say.
   */
  resizePart(pixels: Uint8Array, frame: Float64Array, cropPx: number, flip: boolean, target: Uint8Array): void
}

/** TF_DataType and TF_AttrType (tensorflow/c/tf_datatype.h, tf_attrtype.h). */
export const dataType = { float32: 1, uint8: 4, int32: 3, bool: 10, bfloat16: 14, resource: 20 } as const
export const attributeType = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5, tensor: 6 } as const

/** Loads the addon that the set-up compiled; throws what the loader throws. */
export function loadGraphAddon(path: string): GraphAddon {
  const loaded = { exports: {} }
  process.dlopen(loaded, path)
  // Built together with this file: the interface is the check.
  return loaded.exports as GraphAddon
}
