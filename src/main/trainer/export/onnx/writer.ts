/** The nodes of an ONNX graph, opset 17. Images are NCHW inside. */
import { groupCount } from '../../../../domain/model/units'
import { oihwFromHwio } from '../../../weights/timm-names'
import type { Dimension, GraphWriter, NormParameters, Parameter } from '../graph-writer'
import { int, ints, onnxType } from './nodes'
import type { Initializer, OnnxAttribute, OnnxGraph, OnnxNode, OnnxPort } from './nodes'

type Value = string

/** Of float32; not −∞, which some runtimes handle badly. */
const lowest = -3.4028234663852886e38

export class OnnxWriter implements GraphWriter<Value> {
  private readonly nodes: OnnxNode[] = []
  private readonly initializers: Initializer[] = []
  private readonly outputs: OnnxPort[] = []
  private input: OnnxPort | null = null

  graph(): OnnxGraph {
    if (this.input === null) throw new Error('The graph has no input.')
    return {
      nodes: this.nodes,
      initializers: this.initializers,
      input: this.input,
      outputs: this.outputs,
    }
  }

  images(name: string): Value {
    this.input = { name, type: onnxType.uint8, shape: ['N', 'height', 'width', 3] }
    return name
  }

  output(name: string, value: Value, shape: readonly (number | 'N')[]): void {
    this.nodes.push({ opType: 'Identity', name, input: [value], output: [name], attribute: [] })
    this.outputs.push({ name, type: onnxType.float32, shape })
  }

  integers(values: readonly number[], shape: readonly number[]): Value {
    const data = (): BigInt64Array => BigInt64Array.from(values, BigInt)
    return this.initializer({ type: onnxType.int64, shape, data })
  }
  number(value: number): Value {
    return this.floats([], () => Float32Array.of(value))
  }
  size(x: Value, axis: number): Value {
    return this.node('Gather', [this.node('Shape', [x]), this.integers([axis], [])], [int('axis', 0)])
  }
  range(n: Value): Value {
    return this.node('Range', [this.integers([0], []), n, this.integers([1], [])])
  }
  toFloat(integers: Value): Value {
    return this.node('Cast', [integers], [int('to', onnxType.float32)])
  }
  add(a: Value, b: Value): Value {
    return this.node('Add', [a, b])
  }
  sub(a: Value, b: Value): Value {
    return this.node('Sub', [a, b])
  }
  mul(a: Value, b: Value): Value {
    return this.node('Mul', [a, b])
  }
  div(a: Value, b: Value): Value {
    return this.node('Div', [a, b])
  }
  max(a: Value, b: Value): Value {
    return this.node('Max', [a, b])
  }
  abs(x: Value): Value {
    return this.node('Abs', [x])
  }
  relu(x: Value): Value {
    return this.node('Relu', [x])
  }
  sumOfRows(x: Value): Value {
    return this.node('ReduceSum', [x, this.integers([-1], [1])], [int('keepdims', 1)])
  }
  matMul(a: Value, b: Value): Value {
    return this.node('MatMul', [a, b])
  }
  reshape(x: Value, shape: readonly Dimension<Value>[]): Value {
    const known = shape.filter((size) => typeof size === 'number')
    if (known.length === shape.length) return this.node('Reshape', [x, this.integers(known, [known.length])])
    const one = this.integers([1], [1])
    const sizes = shape.map((size) =>
      typeof size === 'number' ? this.integers([size], [1]) : this.node('Reshape', [size, one]),
    )
    return this.node('Reshape', [x, this.node('Concat', sizes, [int('axis', 0)])])
  }

  toLayout(x: Value): Value {
    return this.node('Transpose', [x], [ints('perm', [0, 3, 1, 2])])
  }
  conv(x: Value, { name, shape, data }: Parameter, stride: 1 | 2): Value {
    const [height = 1, width = 1, input = 1, output = 1] = shape
    const margin = (height - 1) / 2
    const kernel = this.initializer(
      {
        type: onnxType.float32,
        shape: [output, input, height, width],
        data: () => oihwFromHwio(data(), shape),
      },
      name,
    )
    return this.node(
      'Conv',
      [x, kernel],
      [
        ints('kernel_shape', [height, width]),
        ints('strides', [stride, stride]),
        ints('pads', [margin, margin, margin, margin]),
      ],
    )
  }
  /**
   * ONNX's own padding is −∞, and a Pad of zeros before it is folded into it all the same by ONNX Runtime's and onnxsim's optimizers. So the zeros come
   * afterwards: the maximum of a window that reaches over the edge is not below 0.
   */
  rootPool(x: Value, px: number): Value {
    const pooled = this.node(
      'MaxPool',
      [x],
      [ints('kernel_shape', [3, 3]), ints('strides', [2, 2]), ints('pads', [1, 1, 1, 1])],
    )
    const pooledPx = Math.floor((px - 1) / 2) + 1
    const isEdge = (place: number): boolean => place === 0 || 2 * place + 1 >= px
    const least = (): Float32Array =>
      Float32Array.from({ length: pooledPx ** 2 }, (_, index) =>
        isEdge(Math.floor(index / pooledPx)) || isEdge(index % pooledPx) ? 0 : lowest,
      )
    return this.max(pooled, this.floats([1, 1, pooledPx, pooledPx], least))
  }
  normRelu(x: Value, { kind, gamma, beta }: NormParameters): Value {
    const channels = gamma.shape[0] ?? 0
    const perChannel = ({ name, data }: Parameter): Value => this.floats([channels, 1, 1], data, name)
    const normalized = kind === 'affine' ? x : this.groupNormalized(x)
    return this.relu(this.add(this.mul(normalized, perChannel(gamma)), perChannel(beta)))
  }

  /** Mean 0 and variance 1 in each of the groups. */
  private groupNormalized(x: Value): Value {
    const perGroup = (value: number): Value =>
      this.floats([groupCount], () => new Float32Array(groupCount).fill(value))
    // the instances of the standard's norm are our groups; GroupNormalization itself came with opset 21
    const grouped = this.node('Reshape', [x, this.integers([0, groupCount, -1], [3])])
    const epsilon: OnnxAttribute = { name: 'epsilon', type: 1, f: 1e-5 }
    const normalized = this.node('InstanceNormalization', [grouped, perGroup(1), perGroup(0)], [epsilon])
    return this.node('Reshape', [normalized, this.node('Shape', [x])])
  }

  globalAverage(x: Value): Value {
    return this.node('Flatten', [this.node('GlobalAveragePool', [x])], [int('axis', 1)])
  }
  dense(x: Value, kernel: Parameter, bias: Parameter): Value {
    const table = this.floats(kernel.shape.slice(-2), () => kernel.data(), kernel.name)
    return this.node('Gemm', [x, table, this.floats(bias.shape, () => bias.data(), bias.name)])
  }
  softmax(x: Value): Value {
    return this.node('Softmax', [x], [int('axis', -1)])
  }
  sigmoid(x: Value): Value {
    return this.node('Sigmoid', [x])
  }

  private floats(shape: readonly number[], data: () => Float32Array, name?: string): Value {
    return this.initializer({ type: onnxType.float32, shape, data }, name)
  }

  private initializer(
    initializer: Omit<Initializer, 'name'>,
    name = `constant_${String(this.initializers.length)}`,
  ): Value {
    this.initializers.push({ ...initializer, name })
    return name
  }

  private node(opType: string, input: readonly string[], attribute: readonly OnnxAttribute[] = []): Value {
    const name = `${opType}_${String(this.nodes.length)}`
    this.nodes.push({ opType, name, input, output: [name], attribute })
    return name
  }
}
