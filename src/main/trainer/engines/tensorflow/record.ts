/**
 * Records what ordinary tfjs code computes as a TensorFlow graph, without computing it. The tensorflow backend of tfjs-node runs every
 * operation through `binding.executeOp` and makes every constant through `binding.createTensor`: while a function is recorded, another
 * binding stands there, which adds nodes to a graph and lets TensorFlow infer the shapes. The code that is recorded knows nothing of it.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { Precision } from '../../../../contract/entities/run'
import { hasTensorflowKernels } from './kernels'
import { ownConvolution } from './own-convolution'
import { attributeType, dataType } from './graph-addon'
import type { Attribute, GraphAddon, GraphHandle, NodeOutput } from './graph-addon'
import { variableAttributes } from './program'
import type { Program, RecordedFunction, Recording, Variable } from './program'

/** Names the operation that stands in the way. */
export class NotRecordable extends Error {
  constructor(
    readonly operation: string,
    reason: string,
  ) {
    super(`${operation} ${reason}`)
    this.name = 'NotRecordable'
  }
}

/**
 * Records each body as a function of one graph. Nothing is computed and no memory of the tensors' size is taken. With 'bfloat16' the
 * convolutions, their norms and the sums between them work on bfloat16; everything else, and every variable, stays float32. Throws `NotRecordable`
 * where an operation is unknown to TensorFlow's graphs, asks for a value, or has a shape that depends on data.
 */
export function recordProgram(
  addon: GraphAddon,
  precision: Precision,
  bodies: Readonly<Record<string, (recording: Recording) => void>>,
): Program {
  const graph = addon.newGraph()
  try {
    const recorder = new Recorder(addon, graph, precision)
    const functions: Record<string, RecordedFunction> = {}
    for (const [name, body] of Object.entries(bodies)) functions[name] = recorder.record(name, body)
    return { graphDef: addon.toBytes(graph), functions, nodeCount: recorder.nodeCount }
  } finally {
    addon.closeGraph(graph)
  }
}

/** The part of tfjs-node's backend that is used here; its own types leave `binding` open. */
interface NodeBackend {
  binding: Record<string, unknown>
  createOutputTensor(metadata: { id: number; shape: readonly number[]; dtype: number }): tf.Tensor
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[]
}

/** A value of the graph in one or both precisions; the other is made when it is asked for. */
interface Value {
  readonly dtype: number
  readonly shape: readonly number[]
  exact: NodeOutput | null
  half: NodeOutput | null
  /** Of a constant list of sizes. */
  readonly sizes?: readonly number[]
  /** Of a norm's output: what it is computed from. */
  norm?: { readonly attributes: readonly Attribute[]; readonly inputs: readonly Value[] }
}

/** Symbolic ids begin here, far from those of real tensors, so that neither is taken for the other. */
const firstId = 2 ** 30

/** Operations that take a list of tensors: how many inputs after the list stand alone. */
const listOperations: Readonly<Record<string, number>> = { AddN: 0, Pack: 0, ConcatV2: 1 }

/** Inputs that take part in bfloat16 (by position), where the precision asks for it; the first output comes in it. */
const halfOperations: Readonly<Record<string, readonly number[]>> = {
  Conv2D: [0, 1],
  Conv2DBackpropInput: [1, 2],
  Conv2DBackpropFilter: [0, 2],
  BitwGroupNorm: [0],
  BitwGroupNormAgain: [0],
  BitwGroupNormGrad: [0, 1],
  BitwGroupNormGradAdd: [0, 1, 6],
}
/** These follow their inputs: in bfloat16 where all of them already are. */
const halfWhereInputsAre = new Set(['AddV2', 'Reshape', 'MaxPool', 'MaxPoolGrad', 'PadV2', 'Slice'])

class Recorder {
  private readonly values: Value[] = []
  private readonly handles = new Map<string, NodeOutput>()
  private prefix = ''
  private pending: PendingNorm | null = null
  private readonly ownKernels = hasTensorflowKernels()
  nodeCount = 0

  constructor(
    private readonly addon: GraphAddon,
    private readonly graph: GraphHandle,
    private readonly precision: Precision,
  ) {}

  record(name: string, body: (recording: Recording) => void): RecordedFunction {
    const backend = tf.backend() as unknown as NodeBackend
    const real = backend.binding
    this.prefix = name
    this.handles.clear()
    this.again.clear()
    const inputs: Record<string, RecordedFunction['inputs'][string]> = {}
    const outputs: Record<string, RecordedFunction['outputs'][string]> = {}
    const targets: string[] = []
    const outputTensors: tf.Tensor[] = []
    let written: number[] = []
    let after: readonly number[] = []
    const valueOf = (tensor: tf.Tensor): Value =>
      this.value(backend.getInputTensorIds([tensor])[0] ?? -1, name)
    const write = (op: string, variable: Variable, tensor: tf.Tensor): void => {
      const handle = this.handle(variable)
      const node = this.node(
        op,
        [handle, this.exact(valueOf(tensor))],
        [this.type('dtype', dataType.float32)],
      )
      targets.push(this.nameOf(node.node))
      written.push(node.node)
    }
    backend.binding = this.symbolicBinding(real)
    try {
      tf.tidy(() => {
        body({
          input: (inputName, shape, dtype) => {
            const type = dataType[dtype]
            const { node } = this.node(
              'Placeholder',
              [],
              [this.type('dtype', type), this.shape('shape', shape)],
            )
            inputs[inputName] = { node: this.nameOf(node), dtype: type, shape }
            const at: NodeOutput =
              dtype === 'uint8' ? this.cast([node, 0], dataType.float32, type) : [node, 0]
            return this.tensor(backend, { dtype: dataType.float32, shape, exact: at, half: null })
          },
          read: (variable) => {
            const { node } = this.node(
              'ReadVariableOp',
              [this.handle(variable)],
              [this.type('dtype', dataType.float32)],
              after,
            )
            return this.tensor(backend, {
              dtype: dataType.float32,
              shape: variable.shape,
              exact: [node, 0],
              half: null,
            })
          },
          take: (variable) => {
            const handle = this.handle(variable)
            const { node } = this.node(
              'ReadVariableOp',
              [handle],
              [this.type('dtype', dataType.float32)],
              after,
            )
            const lenient = { name: 'ignore_lookup_error', type: attributeType.bool, value: true }
            const gone = this.node('DestroyResourceOp', [handle], [lenient], [node]).node
            targets.push(this.nameOf(gone))
            // used after the variable has let go of it: then nobody else holds the memory
            const alone = this.node('Identity', [[node, 0]], [this.type('T', dataType.float32)], [gone]).node
            return this.tensor(backend, {
              dtype: dataType.float32,
              shape: variable.shape,
              exact: [alone, 0],
              half: null,
            })
          },
          assign: (variable, tensor) => {
            write('AssignVariableOp', variable, tensor)
          },
          add: (variable, tensor) => {
            write('AssignAddVariableOp', variable, tensor)
          },
          barrier: () => {
            if (written.length > 0) after = written
            written = []
          },
          output: (outputName, tensor) => {
            const value = valueOf(tensor)
            const [node, output] = this.exact(value)
            outputTensors.push(tensor)
            outputs[outputName] = { node: this.nameOf(node), output, shape: value.shape }
          },
        })
      })
      // some are kept beyond the tidy, to come out of a gradient's
      tf.dispose(outputTensors)
    } finally {
      backend.binding = real
    }
    return { inputs, outputs, targets }
  }

  /** What tfjs-node calls instead of its binding. The real one has properties that cannot be redefined, so its constants are copied. */
  private symbolicBinding(real: Record<string, unknown>): Record<string, unknown> {
    const constants = Object.fromEntries(
      Object.getOwnPropertyNames(real).flatMap((name) =>
        typeof real[name] === 'function' ? [] : [[name, real[name]]],
      ),
    )
    return {
      ...constants,
      createTensor: (shape: readonly number[], dtype: number, data: ArrayBufferView) =>
        this.keep(this.constant(shape, dtype, data)),
      executeOp: (
        op: string,
        attributes: readonly Attribute[],
        ids: readonly number[],
        outputCount: number,
      ) => this.execute(op, attributes, ids, outputCount),
      deleteTensor: () => undefined,
      tensorDataSync: () => {
        throw new NotRecordable(
          this.lastOperation,
          'gives a value that the code looks at, which only a run has',
        )
      },
      isUsingGpuDevice: () => false,
    }
  }

  private lastOperation = 'a constant'

  private execute(
    op: string,
    attributes: readonly Attribute[],
    ids: readonly number[],
    outputCount: number,
  ): { id: number; shape: readonly number[]; dtype: number }[] {
    this.lastOperation = op
    if (op === 'AddV2' || op === 'Add') {
      const sum = this.addToPending(ids, op)
      if (sum !== null) return [sum]
    }
    const values = ids.map((id) => this.value(id, op))
    this.settlePending()
    if (op === 'BitwGroupNormGrad') return this.postpone(attributes, values)
    if (op === 'Conv2DBackpropFilter') this.computeAgain(values)
    const results = this.added(op, attributes, values, outputCount)
    const [y, mean, inverse] = results
    if (op === 'BitwGroupNorm' && y !== undefined && mean !== undefined && inverse !== undefined)
      y.norm = { attributes, inputs: [...values, mean, inverse] }
    return results.map((value) => this.metadata(value))
  }

  /**
   * A norm's output that a kernel's gradient needs is computed a second time there: one pass over the memory instead of half of all memory that is kept
   * for the backward pass. Only once that pass has come here (dy), or it would be computed at once and kept all the same.
   */
  private computeAgain(values: Value[]): void {
    const [x, , dy] = values
    if (x?.norm === undefined || dy === undefined) return
    const known = this.again.get(x)
    const arrived = (dy.half ?? this.exact(dy))[0]
    const made = known ?? this.added('BitwGroupNormAgain', x.norm.attributes, x.norm.inputs, 1, [arrived])[0]
    if (made === undefined) return
    this.again.set(x, made)
    values[0] = made
  }

  private readonly again = new Map<Value, Value>()

  /** Adds the node in the precision that its kind and its inputs ask for. */
  private added(
    op: string,
    attributes: readonly Attribute[],
    values: readonly Value[],
    outputCount: number,
    controls: readonly number[] = [],
  ): Value[] {
    const half = this.halfForm(op, values)
    const own = half === null && this.ownKernels ? ownConvolution(op, attributes, values) : null
    if (own !== null) {
      const taken = own.inputs.flatMap((index) => values[index] ?? [])
      return this.added(own.op, [this.type('T', dataType.float32)], taken, 1, controls)
    }
    const inputs = values.map((value, index) =>
      half?.includes(index) === true ? this.half(value) : this.exact(value),
    )
    const listed = listOperations[op]
    const single = listed === undefined ? inputs : inputs.slice(inputs.length - listed)
    const list = listed === undefined ? [] : [inputs.slice(0, inputs.length - listed)]
    const types =
      half === null
        ? attributes
        : attributes.map((one) => (one.name === 'T' ? { ...one, value: dataType.bfloat16 } : one))
    let found
    try {
      found = this.node(op, [...list, ...single], types, controls)
    } catch (thrown) {
      throw new NotRecordable(
        op,
        `cannot be recorded: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      )
    }
    if (found.outputs.length < outputCount)
      throw new NotRecordable(op, `gives ${String(found.outputs.length)} outputs, not ${String(outputCount)}`)
    return found.outputs.map(({ dtype, shape }, output) => {
      if (shape === null) throw new NotRecordable(op, 'has a shape that depends on data')
      const at: NodeOutput = [found.node, output]
      return dtype === dataType.bfloat16
        ? { dtype: dataType.float32, shape, exact: null, half: at }
        : { dtype, shape, exact: at, half: null }
    })
  }

  private halfForm(op: string, values: readonly Value[]): readonly number[] | null {
    if (this.precision !== 'bfloat16') return null
    const named = halfOperations[op]
    if (named !== undefined) return named
    if (!halfWhereInputsAre.has(op)) return null
    const floats = values.flatMap(({ dtype }, index) => (dtype === dataType.float32 ? [index] : []))
    return floats.every(
      (index) => values[index]?.half !== null || (values[index]?.shape.length ?? 0) === 0,
    ) && floats.some((index) => values[index]?.half !== null)
      ? floats
      : null
  }

  /**
   * The gradient of a norm waits for the next operation: where that adds the shortcut's gradient to dx, one kernel does both and a pass over
   * the memory is saved.
   */
  private postpone(
    attributes: readonly Attribute[],
    values: readonly Value[],
  ): { id: number; shape: readonly number[]; dtype: number }[] {
    const shapes = [values[1]?.shape ?? [], values[2]?.shape ?? [], values[3]?.shape ?? []]
    const results = shapes.map((shape): Value => ({
      dtype: dataType.float32,
      shape,
      exact: null,
      half: null,
    }))
    this.pending = { attributes, values, results }
    return results.map((value) => this.metadata(value))
  }

  private settlePending(): void {
    const { pending } = this
    if (pending === null) return
    this.pending = null
    const made = this.added('BitwGroupNormGrad', pending.attributes, pending.values, 3)
    for (const [index, value] of made.entries()) Object.assign(pending.results[index] ?? {}, value)
  }

  private addToPending(
    ids: readonly number[],
    op: string,
  ): { id: number; shape: readonly number[]; dtype: number } | null {
    const { pending } = this
    const dx = pending?.results[0]
    if (pending === null || dx === undefined) return null
    const operands = ids.map((id) => this.values[id - firstId])
    const more = operands.find((operand) => operand !== dx)
    if (!operands.includes(dx) || more === undefined || more.shape.join() !== dx.shape.join()) return null
    if (more.exact === null && more.half === null) return null
    this.pending = null
    this.lastOperation = op
    const made = this.added('BitwGroupNormGradAdd', pending.attributes, [...pending.values, more], 3)
    // dx alone is not to be had any more; tfjs has just put the sum in its place
    for (const [index, value] of made.entries())
      if (index > 0) Object.assign(pending.results[index] ?? {}, value)
    const [sum] = made
    return sum === undefined ? null : this.metadata(sum)
  }

  private value(id: number, op: string): Value {
    const value = this.values[id - firstId]
    if (value === undefined) throw new NotRecordable(op, 'takes a tensor from outside of the recording')
    return value
  }

  private exact(value: Value): NodeOutput {
    if (value.exact === null && value.half === null) this.settlePending()
    if (value.exact === null) {
      if (value.half === null)
        throw new NotRecordable(this.lastOperation, 'takes a gradient whose sum has taken its place')
      value.exact = this.cast(value.half, dataType.float32, dataType.bfloat16)
    }
    return value.exact
  }

  private half(value: Value): NodeOutput {
    if (value.half !== null) return value.half
    const exact = this.exact(value)
    value.half ??= this.cast(exact, dataType.bfloat16, dataType.float32)
    return value.half
  }

  private cast(from: NodeOutput, to: number, of: number): NodeOutput {
    const attributes = [this.type('SrcT', of), this.type('DstT', to)]
    return [this.node('Cast', [from], attributes).node, 0]
  }

  private constant(shape: readonly number[], dtype: number, data: ArrayBufferView): Value {
    const values = data as unknown as ArrayLike<number>
    const first = values[0]
    // a table of one number as a Fill: as a constant it would make the file hundreds of megabytes
    if (dtype === dataType.float32 && values.length > 16 && first !== undefined && isUniform(values, first)) {
      const size = this.constantNode([shape.length], dataType.int32, Int32Array.from(shape))
      const number = this.constantNode([], dtype, Float32Array.of(first))
      const attributes = [this.type('T', dtype), this.type('index_type', dataType.int32)]
      return { dtype, shape, exact: [this.node('Fill', [size, number], attributes).node, 0], half: null }
    }
    const made = { dtype, shape, exact: this.constantNode(shape, dtype, data), half: null }
    return data instanceof Int32Array && shape.length === 1 ? { ...made, sizes: [...data] } : made
  }

  private constantNode(shape: readonly number[], dtype: number, data: ArrayBufferView): NodeOutput {
    const value = { name: 'value', type: attributeType.tensor, value: { dtype, shape, data } }
    return [this.node('Const', [], [this.type('dtype', dtype), value]).node, 0]
  }

  /** One handle a function and variable; those of one name share what they hold. */
  private handle(variable: Variable): NodeOutput {
    const known = this.handles.get(variable.name)
    if (known !== undefined) return known
    const { node } = this.node('VarHandleOp', [], variableAttributes(variable))
    const handle: NodeOutput = [node, 0]
    this.handles.set(variable.name, handle)
    return handle
  }

  private node(
    op: string,
    inputs: readonly (NodeOutput | readonly NodeOutput[])[],
    attributes: readonly Attribute[],
    controls: readonly number[] = [],
  ): ReturnType<GraphAddon['addNode']> {
    const name = `${this.prefix}/n${String(this.nodeCount)}`
    const added = this.addon.addNode(this.graph, { op, name, inputs, controls, attributes })
    this.names.set(added.node, name)
    this.nodeCount += 1
    return added
  }

  private readonly names = new Map<number, string>()

  private nameOf(node: number): string {
    return this.names.get(node) ?? ''
  }

  private keep(value: Value): number {
    this.values.push(value)
    return firstId + this.values.length - 1
  }

  private metadata(value: Value): { id: number; shape: readonly number[]; dtype: number } {
    return { id: this.keep(value), shape: value.shape, dtype: value.dtype }
  }

  private tensor(backend: NodeBackend, value: Value): tf.Tensor {
    return backend.createOutputTensor(this.metadata(value))
  }

  private type(name: string, value: number): Attribute {
    return { name, type: attributeType.type, value }
  }

  private shape(name: string, value: readonly number[]): Attribute {
    return { name, type: attributeType.shape, value }
  }
}

interface PendingNorm {
  readonly attributes: readonly Attribute[]
  readonly values: readonly Value[]
  readonly results: readonly Value[]
}

function isUniform(values: ArrayLike<number>, first: number): boolean {
  for (let index = 1; index < values.length; index += 1) if (values[index] !== first) return false
  return true
}
