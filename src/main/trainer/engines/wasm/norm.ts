import type { TensorInfo } from '@tensorflow/tfjs-core'
import { attribute, jobs } from './call'
import type { WasmCall } from './call'

/** Columns of a weight standardization that a thread takes at once. */
const columnsOfTask = 16
const floatBytes = 4

/**
 * GroupNorm with ReLU and weight standardization, and their gradients, on our kernels (src/wasm/assembly/norm.ts), under the names by which
 * the model calls them.
 */
export function registerWasmNorm(call: WasmCall): void {
  call.replaceKernel('GroupNormRelu', ({ inputs, attrs }) => {
    const { x, gamma, beta } = inputs as Record<'x' | 'gamma' | 'beta', TensorInfo>
    const groups = attribute<number>(attrs, 'groups')
    const { batch, places, channels } = sizes(x)
    const [y, mean, inverse] = [
      call.output(x.shape),
      call.output([batch, groups]),
      call.output([batch, groups]),
    ]
    call.threads.run(
      jobs.normalize,
      batch,
      [...[x, gamma, beta, mean, inverse, y].map(call.address), ...[0, 0, batch, places, channels, groups]],
      new Map([[12, attribute<number>(attrs, 'epsilon')]]),
    )
    return [y, mean, inverse]
  })

  call.replaceKernel('GroupNormReluGrad', ({ inputs, attrs }) => {
    type Name = 'dy' | 'x' | 'gamma' | 'beta' | 'mean' | 'inverse'
    const { dy, x, gamma, beta, mean, inverse } = inputs as Record<Name, TensorInfo>
    const groups = attribute<number>(attrs, 'groups')
    const { batch, places, channels } = sizes(x)
    const [dx, dGamma, dBeta] = [call.output(x.shape), call.output([channels]), call.output([channels])]
    return call.withRoom(2 * batch * channels * floatBytes, (sums) => {
      const parameters = [
        ...[x, gamma, beta, mean, inverse, dx, dy].map(call.address),
        ...[sums, batch, places, channels, groups, 0],
        ...[dGamma, dBeta].map(call.address),
      ]
      call.threads.run(jobs.normalizeBack, batch, parameters)
      call.threads.run(jobs.sumImages, channels / 4, parameters)
      return [dx, dGamma, dBeta]
    })
  })

  call.replaceKernel('Standardize', ({ inputs, attrs }) => {
    const { w } = inputs as { w: TensorInfo }
    const y = call.output(w.shape)
    standardize(call, jobs.standardize, w, y, attribute(attrs, 'epsilon'))
    return y
  })

  call.replaceKernel('StandardizeGrad', ({ inputs, attrs }) => {
    const { dy, w } = inputs as Record<'dy' | 'w', TensorInfo>
    const dw = call.output(w.shape)
    standardize(call, jobs.standardizeBack, w, dw, attribute(attrs, 'epsilon'), dy)
    return dw
  })
}

function standardize(
  call: WasmCall,
  job: number,
  w: TensorInfo,
  result: TensorInfo,
  epsilon: number,
  dy?: TensorInfo,
): void {
  const columns = w.shape.at(-1) ?? 1
  const rows = w.shape.reduce((product, size) => product * size, 1) / columns
  call.threads.run(
    job,
    Math.ceil(columns / columnsOfTask),
    [call.address(w), call.address(result), rows, columns, 0, dy === undefined ? 0 : call.address(dy)],
    new Map([[4, epsilon]]),
  )
}

/** Of [n,h,w,c]. */
function sizes({ shape }: TensorInfo): { batch: number; places: number; channels: number } {
  const [batch = 1, height = 1, width = 1, channels = 1] = shape
  return { batch, places: height * width, channels }
}
