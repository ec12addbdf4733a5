/** The nodes of a TensorFlow graph. Images are NHWC. */
import { groupCount } from '../../../../domain/model/units'
import type { Dimension, GraphWriter, NormParameters, Parameter } from '../graph-writer'
import { dims, int, ints, text, type } from './graph-def'
import type { Constant, TensorflowGraph, TensorflowNode, TensorflowPort } from './graph-def'

type Value = string

/** `imageType`: uint8 in TensorFlow; TensorFlow.js has no type shorter than int32. */
export class TensorflowWriter implements GraphWriter<Value> {
  private readonly nodes: TensorflowNode[] = []
  private readonly constants: Constant[] = []
  private readonly outputs: TensorflowPort[] = []
  private input: TensorflowPort | null = null

  constructor(private readonly imageType: 'DT_UINT8' | 'DT_INT32') {}

  graph(): TensorflowGraph {
    if (this.input === null) throw new Error('The graph has no input.')
    return { nodes: this.nodes, constants: this.constants, input: this.input, outputs: this.outputs }
  }

  images(name: string): Value {
    const shape = [-1, -1, -1, 3]
    this.input = { name, node: name, type: this.imageType, shape }
    return this.node('Placeholder', [], { dtype: type(this.imageType), shape: { shape: dims(shape) } }, name)
  }

  output(name: string, value: Value, shape: readonly (number | 'N')[]): void {
    const sizes = shape.map((size) => (size === 'N' ? -1 : size))
    const node = this.node('Identity', [value], { T: type('DT_FLOAT') }, name)
    this.outputs.push({ name, node, type: 'DT_FLOAT', shape: sizes })
  }

  integers(values: readonly number[], shape: readonly number[]): Value {
    return this.constant({ type: 'DT_INT32', shape, data: () => Int32Array.from(values) })
  }
  number(value: number): Value {
    return this.constant({ type: 'DT_FLOAT', shape: [], data: () => Float32Array.of(value) })
  }
  size(x: Value, axis: number): Value {
    const sizes = this.node('Shape', [x], {
      T: type(x === this.input?.node ? this.imageType : 'DT_FLOAT'),
      out_type: type('DT_INT32'),
    })
    const masks = {
      begin_mask: int(0),
      end_mask: int(0),
      ellipsis_mask: int(0),
      new_axis_mask: int(0),
      shrink_axis_mask: int(1),
    }
    const [from, to, by] = [axis, axis + 1, 1].map((place) => this.integers([place], [1]))
    return this.node('StridedSlice', [sizes, from ?? '', to ?? '', by ?? ''], {
      T: type('DT_INT32'),
      Index: type('DT_INT32'),
      ...masks,
    })
  }
  range(n: Value): Value {
    return this.node('Range', [this.integers([0], []), n, this.integers([1], [])], { Tidx: type('DT_INT32') })
  }
  toFloat(integers: Value): Value {
    const from = integers === this.input?.node ? this.imageType : 'DT_INT32'
    return this.node('Cast', [integers], { SrcT: type(from), DstT: type('DT_FLOAT'), Truncate: { b: false } })
  }
  add(a: Value, b: Value): Value {
    return this.node('AddV2', [a, b], { T: type('DT_FLOAT') })
  }
  sub(a: Value, b: Value, kind: 'integer' | 'float'): Value {
    return this.node('Sub', [a, b], { T: type(kindType[kind]) })
  }
  mul(a: Value, b: Value, kind: 'integer' | 'float'): Value {
    return this.node('Mul', [a, b], { T: type(kindType[kind]) })
  }
  div(a: Value, b: Value): Value {
    return this.node('RealDiv', [a, b], { T: type('DT_FLOAT') })
  }
  max(a: Value, b: Value): Value {
    return this.node('Maximum', [a, b], { T: type('DT_INT32') })
  }
  abs(x: Value): Value {
    return this.node('Abs', [x], { T: type('DT_INT32') })
  }
  relu(x: Value): Value {
    return this.node('Relu', [x], { T: type('DT_FLOAT') })
  }
  sumOfRows(x: Value): Value {
    return this.overAxes('Sum', x, [-1], true)
  }
  matMul(a: Value, b: Value): Value {
    return this.node('BatchMatMulV2', [a, b], {
      T: type('DT_FLOAT'),
      adj_x: { b: false },
      adj_y: { b: false },
    })
  }
  reshape(x: Value, shape: readonly Dimension<Value>[]): Value {
    const known = shape.filter((size) => typeof size === 'number')
    const sizes =
      known.length === shape.length
        ? this.integers(known, [shape.length])
        : this.node(
            'Pack',
            shape.map((size) => (typeof size === 'number' ? this.integers([size], []) : size)),
            { N: int(shape.length), T: type('DT_INT32'), axis: int(0) },
          )
    return this.node('Reshape', [x, sizes], { T: type('DT_FLOAT'), Tshape: type('DT_INT32') })
  }

  toLayout(x: Value): Value {
    return x
  }
  conv(x: Value, kernel: Parameter, stride: 1 | 2): Value {
    const margin = ((kernel.shape[0] ?? 1) - 1) / 2
    const framed = stride === 2 && margin > 0 ? this.frame(x, margin) : x
    return this.node('Conv2D', [framed, this.parameter(kernel)], {
      T: type('DT_FLOAT'),
      strides: ints([1, stride, stride, 1]),
      padding: text(margin > 0 && stride === 1 ? 'SAME' : 'VALID'),
      data_format: text('NHWC'),
      dilations: ints([1, 1, 1, 1]),
      explicit_paddings: ints([]),
      use_cudnn_on_gpu: { b: true },
    })
  }
  rootPool(x: Value): Value {
    return this.node('MaxPool', [this.frame(x, 1)], {
      T: type('DT_FLOAT'),
      ksize: ints([1, 3, 3, 1]),
      strides: ints([1, 2, 2, 1]),
      padding: text('VALID'),
      data_format: text('NHWC'),
      explicit_paddings: ints([]),
    })
  }
  normRelu(x: Value, { kind, gamma, beta }: NormParameters): Value {
    const scaled =
      kind === 'affine' ? this.mul(x, this.parameter(gamma), 'float') : this.groupNormalized(x, gamma)
    return this.relu(this.add(scaled, this.parameter(beta)))
  }

  /** Mean 0 and variance 1 in each of the groups, times gamma. */
  private groupNormalized(x: Value, gamma: Parameter): Value {
    const channels = gamma.shape[0] ?? 0
    const perGroup = channels / groupCount
    const ones = this.constant({
      type: 'DT_FLOAT',
      shape: [1, 1, perGroup],
      data: () => new Float32Array(perGroup).fill(1),
    })
    /** Of [n,h,w,c]: the mean over the image and the group, [n,32,1]. */
    const groupMean = (values: Value): Value => {
      const ofChannels = this.overAxes('Mean', values, [1, 2], false)
      return this.overAxes('Mean', this.reshape(ofChannels, [-1, groupCount, perGroup]), [2], true)
    }
    const perChannel = (groups: Value): Value => this.reshape(groups, [-1, 1, 1, channels])
    const mean = perChannel(this.mul(groupMean(x), ones, 'float'))
    const centred = this.sub(x, mean, 'float')
    const variance = groupMean(this.mul(centred, centred, 'float'))
    const inverse = this.node('Rsqrt', [this.add(variance, this.number(1e-5))], { T: type('DT_FLOAT') })
    const grouped = { ...gamma, shape: [1, groupCount, perGroup] }
    return this.mul(centred, perChannel(this.mul(inverse, this.parameter(grouped), 'float')), 'float')
  }

  globalAverage(x: Value): Value {
    return this.overAxes('Mean', x, [1, 2], false)
  }
  dense(x: Value, kernel: Parameter, bias: Parameter): Value {
    const flat = { ...kernel, shape: kernel.shape.slice(-2) }
    const product = this.node('MatMul', [x, this.parameter(flat)], {
      T: type('DT_FLOAT'),
      transpose_a: { b: false },
      transpose_b: { b: false },
    })
    return this.add(product, this.parameter(bias))
  }
  softmax(x: Value): Value {
    return this.node('Softmax', [x], { T: type('DT_FLOAT') })
  }
  sigmoid(x: Value): Value {
    return this.node('Sigmoid', [x], { T: type('DT_FLOAT') })
  }

  private frame(x: Value, margin: number): Value {
    const margins = this.integers([0, 0, margin, margin, margin, margin, 0, 0], [4, 2])
    return this.node('PadV2', [x, margins, this.number(0)], {
      T: type('DT_FLOAT'),
      Tpaddings: type('DT_INT32'),
    })
  }

  private overAxes(op: 'Sum' | 'Mean', x: Value, axes: readonly number[], keep: boolean): Value {
    return this.node(op, [x, this.integers(axes, [axes.length])], {
      T: type('DT_FLOAT'),
      Tidx: type('DT_INT32'),
      keep_dims: { b: keep },
    })
  }

  private parameter({ name, shape, data }: Parameter): Value {
    return this.constant({ type: 'DT_FLOAT', shape, data }, name)
  }

  private constant(constant: Omit<Constant, 'name'>, name?: string): Value {
    const dtype = constant.type
    const node = this.node('Const', [], { dtype: type(dtype) }, name)
    this.constants.push({ ...constant, name: node })
    return node
  }

  private node(
    op: string,
    input: string[],
    attr: TensorflowNode['attr'],
    name = `${op}_${String(this.nodes.length)}`,
  ): Value {
    this.nodes.push({ name, op, input, attr })
    return name
  }
}

const kindType = { integer: 'DT_INT32', float: 'DT_FLOAT' } as const
