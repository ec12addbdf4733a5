/** Runs recorded programs over variables that stay on the engine. */
import { attributeType, dataType } from './graph-addon'
import type { GraphAddon, GraphHandle, NodeOutput, SessionHandle, TensorData } from './graph-addon'
import type { Program, RecordedFunction, Variable } from './program'
import { variableAttributes } from './program'

export interface RuntimeOptions {
  /** Threads of TensorFlow's own kernels. */
  readonly threadCount: number
  /** Compile what can be fused with XLA (GPU). */
  readonly xla: boolean
}

/** Feeds by the input's name; exactly as many numbers as its shape says. */
export type Feeds = Readonly<Record<string, Float32Array | Uint8Array>>

export interface LoadedProgram {
  /** Outputs by name, row-major. Writes to variables have happened when it resolves. Throws with TensorFlow's code in front. */
  call(functionName: string, feeds: Feeds): Promise<Record<string, Float32Array>>
  /** The same once, with TensorFlow's RunMetadata (time of every node). */
  trace(functionName: string, feeds: Feeds): Promise<Uint8Array>
}

interface VariableNodes {
  readonly placeholder: number
  readonly assign: number
  readonly read: number
  readonly shape: readonly number[]
}

export class GraphRuntime {
  private readonly graph: GraphHandle
  private readonly session: SessionHandle
  private readonly variables = new Map<string, VariableNodes>()
  private programCount = 0

  constructor(
    private readonly addon: GraphAddon,
    options: RuntimeOptions,
  ) {
    this.graph = addon.newGraph()
    this.session = addon.openSession(this.graph, configBytes(options))
  }

  /** A variable is made by its first `set`, or by a function that assigns it. */
  declare(variable: Variable): void {
    const node = (
      op: string,
      suffix: string,
      inputs: readonly NodeOutput[],
      attributes: Parameters<GraphAddon['addNode']>[1]['attributes'],
    ): number =>
      this.addon.addNode(this.graph, {
        op,
        name: `variables/${variable.name}/${suffix}`,
        inputs,
        controls: [],
        attributes,
      }).node
    const float = { name: 'dtype', type: attributeType.type, value: dataType.float32 }
    const handle = node('VarHandleOp', 'handle', [], variableAttributes(variable))
    const placeholder = node(
      'Placeholder',
      'value',
      [],
      [float, { name: 'shape', type: attributeType.shape, value: variable.shape }],
    )
    this.variables.set(variable.name, {
      placeholder,
      assign: node(
        'AssignVariableOp',
        'assign',
        [
          [handle, 0],
          [placeholder, 0],
        ],
        [float],
      ),
      read: node('ReadVariableOp', 'read', [[handle, 0]], [float]),
      shape: variable.shape,
    })
  }

  /** All at once: each set of variables that is written or read together costs TensorFlow a graph of its own. The values are copied. */
  async set(values: ReadonlyMap<string, Float32Array>): Promise<void> {
    const entries = [...values].map(([name, data]) => ({ ...this.variable(name), data }))
    await this.addon.run(this.session, {
      feeds: entries.map(({ placeholder, shape, data }) => ({
        at: [placeholder, 0],
        dtype: dataType.float32,
        shape,
        data,
      })),
      fetches: [],
      targets: entries.map(({ assign }) => assign),
      trace: false,
    })
  }

  /** Copies, in the order asked. */
  async get(names: readonly string[]): Promise<Float32Array[]> {
    const { outputs } = await this.addon.run(this.session, {
      feeds: [],
      fetches: names.map((name) => [this.variable(name).read, 0]),
      targets: [],
      trace: false,
    })
    return outputs.map(({ data }) => new Float32Array(data))
  }

  /**
   * Throws "RESOURCE_EXHAUSTED…" where the engine cannot have this many bytes more, which are given back at once. Where they run out in the
   * midst of a convolution on the CPU, the process ends.
   */
  async reserve(bytes: number): Promise<void> {
    const attributes = [{ name: 'bytes', type: attributeType.int, value: bytes }]
    const name = `reserve${String(this.reserveCount++)}`
    const { node } = this.addon.addNode(this.graph, {
      op: 'BitwReserve',
      name,
      inputs: [],
      controls: [],
      attributes,
    })
    await this.addon.run(this.session, { feeds: [], fetches: [[node, 0]], targets: [], trace: false })
  }

  private reserveCount = 0

  /** Throws where the program's graph is damaged, or made by another TensorFlow. */
  load(program: Program): LoadedProgram {
    const names = [...new Set(Object.values(program.functions).flatMap(nodesOf))]
    const prefix = `program${String(this.programCount++)}`
    const numbers = this.addon.importBytes(this.graph, program.graphDef, prefix, names)
    const numberOf = new Map(names.map((name, index) => [name, numbers[index] ?? 0]))
    const at = (node: string): number => numberOf.get(node) ?? 0

    const request = (functionName: string, feeds: Feeds, trace: boolean): ReturnType<GraphAddon['run']> => {
      const { inputs, outputs, targets } = functionOf(program, functionName)
      const given = Object.entries(inputs).map(
        ([name, { node, dtype, shape }]): TensorData & { at: NodeOutput } => {
          const data = feeds[name]
          if (data === undefined) throw new Error(`${functionName} needs the input ${name}.`)
          return { at: [at(node), 0], dtype, shape, data }
        },
      )
      const fetches = Object.values(outputs).map(({ node, output }): NodeOutput => [at(node), output])
      return this.addon.run(this.session, { feeds: given, fetches, targets: targets.map(at), trace })
    }
    return {
      call: async (functionName, feeds) => {
        const { outputs: asked, targets } = functionOf(program, functionName)
        if (targets.length + Object.keys(asked).length === 0) return {} // TensorFlow takes no request for nothing
        const { outputs } = await request(functionName, feeds, false)
        const names = Object.keys(functionOf(program, functionName).outputs)
        return Object.fromEntries(
          names.map((name, index) => [name, new Float32Array(outputs[index]?.data ?? new ArrayBuffer(0))]),
        )
      },
      trace: async (functionName, feeds) => (await request(functionName, feeds, true)).trace,
    }
  }

  close(): void {
    this.addon.closeSession(this.session)
    this.addon.closeGraph(this.graph)
  }

  private variable(name: string): VariableNodes {
    const nodes = this.variables.get(name)
    if (nodes === undefined) throw new Error(`There is no variable ${name}.`)
    return nodes
  }
}

function functionOf(program: Program, name: string): RecordedFunction {
  const found = program.functions[name]
  if (found === undefined) throw new Error(`The program has no function ${name}.`)
  return found
}

function nodesOf({ inputs, outputs, targets }: RecordedFunction): string[] {
  return [
    ...Object.values(inputs).map(({ node }) => node),
    ...Object.values(outputs).map(({ node }) => node),
    ...targets,
  ]
}

/**
 * A ConfigProto by hand: varint fields only (tensorflow/core/protobuf/config.proto). One operation at a time, each on all threads: convolutions fill
 * the machine alone, and the memory in use stays small.
 */
function configBytes({ threadCount, xla }: RuntimeOptions): Uint8Array {
  const gpuOptions = [0x20, 1] // allow_growth
  const optimizerOptions = xla ? [0x28, 2] : [] // global_jit_level: ON_2
  const graphOptions = [0x1a, optimizerOptions.length, ...optimizerOptions]
  return Uint8Array.from([
    ...[0x10, ...varint(threadCount)], // intra_op_parallelism_threads
    ...[0x28, 1], // inter_op_parallelism_threads
    ...[0x32, gpuOptions.length, ...gpuOptions],
    ...[0x38, 1], // allow_soft_placement
    ...[0x52, graphOptions.length, ...graphOptions],
  ])
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}
