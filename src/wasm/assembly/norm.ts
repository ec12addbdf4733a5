/**
 * ReLU(GroupNorm(x)) and its gradient, and weight standardization and its gradient. What is summed over many places is summed in float32
 * over 64 of them and then in float64. Groups and channels are multiples of four channels in sum: channels % 4 = 0.
 */
import { floatParameter, parameter, scratch } from './job'

// GroupNorm: x [n,places,c], gamma and beta [c], y, mean and inverse [n,groups]; of the gradient dy, dx, and the images' own sums [n,2,c].
const xAt: i32 = 0
const gammaAt: i32 = 1
const betaAt: i32 = 2
const meanAt: i32 = 3
const inverseAt: i32 = 4
const yAt: i32 = 5
const dyAt: i32 = 6
const sumsAt: i32 = 7
const batchAt: i32 = 8
const placesAt: i32 = 9
const channelsAt: i32 = 10
const groupsAt: i32 = 11
const epsilonAt: i32 = 12
const dGammaAt: i32 = 13
const dBetaAt: i32 = 14

const sumBlock: i32 = 64

/** y, mean and inverse of one image. */
export function normalize(image: i32): void {
  const places = parameter(placesAt)
  const channels = parameter(channelsAt)
  const groups = parameter(groupsAt)
  const bytes = (<usize>channels) << 2
  const imageBytes = <usize>places * bytes
  const x = <usize>parameter(xAt) + <usize>image * imageBytes
  const y = <usize>parameter(yAt) + <usize>image * imageBytes
  const gamma = <usize>parameter(gammaAt)
  const beta = <usize>parameter(betaAt)
  const mean = <usize>parameter(meanAt) + ((<usize>(image * groups)) << 2)
  const inverse = <usize>parameter(inverseAt) + ((<usize>(image * groups)) << 2)
  const perGroup = channels / groups
  const count = <f64>places * <f64>perGroup
  // tables of the channels: mean, scale; sums as float64
  const means = scratch()
  const scales = means + bytes
  const sums = scales + bytes

  sumChannels(x, places, channels, sums)
  for (let group = 0; group < groups; group++) {
    const value = <f32>(groupSum(sums, group * perGroup, perGroup) / count)
    store<f32>(mean + ((<usize>group) << 2), value)
    for (let c = 0; c < perGroup; c++) store<f32>(means + ((<usize>(group * perGroup + c)) << 2), value)
  }
  // centred first: E[x²] − μ² loses digits where the mean is far from 0
  sumCentredSquares(x, places, channels, means, sums)
  for (let group = 0; group < groups; group++) {
    const variance = groupSum(sums, group * perGroup, perGroup) / count
    const value = <f32>(1 / Math.sqrt(variance + <f64>floatParameter(epsilonAt)))
    store<f32>(inverse + ((<usize>group) << 2), value)
    for (let c = group * perGroup; c < (group + 1) * perGroup; c++) {
      const at = (<usize>c) << 2
      store<f32>(scales + at, value * load<f32>(gamma + at))
    }
  }
  const zero = f32x4.splat(0)
  for (let place = 0; place < places; place++) {
    const row = <usize>place * bytes
    for (let c: usize = 0; c < bytes; c += 16) {
      const centred = f32x4.sub(v128.load(x + row + c), v128.load(means + c))
      const z = f32x4.add(f32x4.mul(centred, v128.load(scales + c)), v128.load(beta + c))
      v128.store(y + row + c, f32x4.max(z, zero))
    }
  }
}

/** dx of one image, and its part of the sums for gamma's and beta's gradients. */
export function normalizeBack(image: i32): void {
  const places = parameter(placesAt)
  const channels = parameter(channelsAt)
  const groups = parameter(groupsAt)
  const bytes = (<usize>channels) << 2
  const imageBytes = <usize>places * bytes
  const x = <usize>parameter(xAt) + <usize>image * imageBytes
  const dy = <usize>parameter(dyAt) + <usize>image * imageBytes
  const dx = <usize>parameter(yAt) + <usize>image * imageBytes
  const gamma = <usize>parameter(gammaAt)
  const beta = <usize>parameter(betaAt)
  const mean = <usize>parameter(meanAt) + ((<usize>(image * groups)) << 2)
  const inverse = <usize>parameter(inverseAt) + ((<usize>(image * groups)) << 2)
  const dGamma = <usize>parameter(sumsAt) + <usize>(2 * image) * bytes
  const dBeta = dGamma + bytes
  const perGroup = channels / groups
  const count = <f64>places * <f64>perGroup
  const means = scratch()
  const scales = means + bytes
  const slopes = scales + bytes
  const shifts = slopes + bytes
  const sums = shifts + bytes // [c] float64 of dz·(x − μ), then of dz
  const dzSums = sums + 2 * bytes

  for (let group = 0; group < groups; group++) {
    for (let c = group * perGroup; c < (group + 1) * perGroup; c++) {
      const at = (<usize>c) << 2
      store<f32>(means + at, load<f32>(mean + ((<usize>group) << 2)))
      store<f32>(scales + at, load<f32>(inverse + ((<usize>group) << 2)) * load<f32>(gamma + at))
    }
  }
  sumGradients(x, dy, places, channels, means, scales, beta, sums, dzSums)
  for (let group = 0; group < groups; group++) {
    const inv = <f64>load<f32>(inverse + ((<usize>group) << 2))
    let groupDz: f64 = 0
    let groupDzNorm: f64 = 0
    for (let c = group * perGroup; c < (group + 1) * perGroup; c++) {
      const at = (<usize>c) << 2
      const dz = load<f64>(dzSums + 2 * at)
      const dzNorm = load<f64>(sums + 2 * at) * inv
      store<f32>(dGamma + at, <f32>dzNorm)
      store<f32>(dBeta + at, <f32>dz)
      groupDz += dz * <f64>load<f32>(gamma + at)
      groupDzNorm += dzNorm * <f64>load<f32>(gamma + at)
    }
    // dx = scale·dz − inverse·Σγdz/N − (x − μ)·inverse²·Σγdz·x̂/N
    const slope = <f32>((-inv * inv * groupDzNorm) / count)
    const shift = <f32>((-inv * groupDz) / count)
    for (let c = group * perGroup; c < (group + 1) * perGroup; c++) {
      store<f32>(slopes + ((<usize>c) << 2), slope)
      store<f32>(shifts + ((<usize>c) << 2), shift)
    }
  }
  const zero = f32x4.splat(0)
  for (let place = 0; place < places; place++) {
    const row = <usize>place * bytes
    for (let c: usize = 0; c < bytes; c += 16) {
      const centred = f32x4.sub(v128.load(x + row + c), v128.load(means + c))
      const scale = v128.load(scales + c)
      const z = f32x4.add(f32x4.mul(centred, scale), v128.load(beta + c))
      const dz = v128.and(v128.load(dy + row + c), f32x4.gt(z, zero))
      const rest = f32x4.add(f32x4.mul(centred, v128.load(slopes + c)), v128.load(shifts + c))
      v128.store(dx + row + c, f32x4.add(f32x4.mul(dz, scale), rest))
    }
  }
}

/** gamma's and beta's gradients, the sums over the images; a task is four channels. */
export function sumImages(task: i32): void {
  const batch = parameter(batchAt)
  const bytes = (<usize>parameter(channelsAt)) << 2
  const at = (<usize>task) << 4
  let from = <usize>parameter(sumsAt) + at
  let gammaSum = f32x4.splat(0)
  let betaSum = f32x4.splat(0)
  for (let image = 0; image < batch; image++) {
    gammaSum = f32x4.add(gammaSum, v128.load(from))
    betaSum = f32x4.add(betaSum, v128.load(from + bytes))
    from += 2 * bytes
  }
  v128.store(<usize>parameter(dGammaAt) + at, gammaSum)
  v128.store(<usize>parameter(dBetaAt) + at, betaSum)
}

/** float64 sums of each channel. */
function sumChannels(x: usize, places: i32, channels: i32, sums: usize): void {
  const bytes = (<usize>channels) << 2
  memory.fill(sums, 0, 2 * bytes)
  for (let first = 0; first < places; first += sumBlock) {
    const end = min(first + sumBlock, places)
    for (let c: usize = 0; c < bytes; c += 16) {
      let sum = f32x4.splat(0)
      for (let place = first; place < end; place++)
        sum = f32x4.add(sum, v128.load(x + <usize>place * bytes + c))
      addWide(sums + 2 * c, sum)
    }
  }
}

function sumCentredSquares(x: usize, places: i32, channels: i32, means: usize, sums: usize): void {
  const bytes = (<usize>channels) << 2
  memory.fill(sums, 0, 2 * bytes)
  for (let first = 0; first < places; first += sumBlock) {
    const end = min(first + sumBlock, places)
    for (let c: usize = 0; c < bytes; c += 16) {
      const mean = v128.load(means + c)
      let sum = f32x4.splat(0)
      for (let place = first; place < end; place++) {
        const centred = f32x4.sub(v128.load(x + <usize>place * bytes + c), mean)
        sum = f32x4.add(sum, f32x4.mul(centred, centred))
      }
      addWide(sums + 2 * c, sum)
    }
  }
}

function sumGradients(
  x: usize,
  dy: usize,
  places: i32,
  channels: i32,
  means: usize,
  scales: usize,
  beta: usize,
  sums: usize,
  dzSums: usize,
): void {
  const bytes = (<usize>channels) << 2
  const zero = f32x4.splat(0)
  memory.fill(sums, 0, 2 * bytes)
  memory.fill(dzSums, 0, 2 * bytes)
  for (let first = 0; first < places; first += sumBlock) {
    const end = min(first + sumBlock, places)
    for (let c: usize = 0; c < bytes; c += 16) {
      const mean = v128.load(means + c)
      const scale = v128.load(scales + c)
      const shift = v128.load(beta + c)
      let sum = zero
      let dzSum = zero
      for (let place = first; place < end; place++) {
        const at = <usize>place * bytes + c
        const centred = f32x4.sub(v128.load(x + at), mean)
        const z = f32x4.add(f32x4.mul(centred, scale), shift)
        const dz = v128.and(v128.load(dy + at), f32x4.gt(z, zero))
        dzSum = f32x4.add(dzSum, dz)
        sum = f32x4.add(sum, f32x4.mul(dz, centred))
      }
      addWide(sums + 2 * c, sum)
      addWide(dzSums + 2 * c, dzSum)
    }
  }
}

function addWide(to: usize, values: v128): void {
  v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(values)))
  const high = v128.shuffle<i32>(values, values, 2, 3, 2, 3)
  v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(high)), 16)
}

function groupSum(sums: usize, first: i32, count: i32): f64 {
  let sum: f64 = 0
  for (let c = first; c < first + count; c++) sum += load<f64>(sums + ((<usize>c) << 3))
  return sum
}

// Weight standardization of a kernel [rows, columns]: w, y, rows, columns, ε; of the gradient dy too. A task is sixteen columns.
const wAt: i32 = 0
const standardAt: i32 = 1
const rowsAt: i32 = 2
const columnsAt: i32 = 3
const kernelEpsilonAt: i32 = 4
const dStandardAt: i32 = 5
const taskColumns: i32 = 16

/** y = (w − μ)/√(var + ε) of each column. */
export function standardize(task: i32): void {
  const rows = parameter(rowsAt)
  const columns = parameter(columnsAt)
  const end = min((task + 1) * taskColumns, columns)
  for (let column = task * taskColumns; column < end; column += 4) {
    const w = <usize>parameter(wAt) + ((<usize>column) << 2)
    const y = <usize>parameter(standardAt) + ((<usize>column) << 2)
    const sums = scratch()
    sumChannels4(w, rows, columns, sums)
    const mean = narrow(sums, 1 / <f64>rows)
    sumSquares4(w, rows, columns, mean, sums)
    const inverse = inverseRoot(sums, rows)
    const distance = (<usize>columns) << 2
    for (let row: usize = 0; row < <usize>rows; row++) {
      const at = row * distance
      v128.store(y + at, f32x4.mul(f32x4.sub(v128.load(w + at), mean), inverse))
    }
  }
}

/** dw from dy: inverse·(dy − mean(dy) − y·mean(dy·y)) of each column. */
export function standardizeBack(task: i32): void {
  const rows = parameter(rowsAt)
  const columns = parameter(columnsAt)
  const distance = (<usize>columns) << 2
  const end = min((task + 1) * taskColumns, columns)
  for (let column = task * taskColumns; column < end; column += 4) {
    const w = <usize>parameter(wAt) + ((<usize>column) << 2)
    const dw = <usize>parameter(standardAt) + ((<usize>column) << 2)
    const dy = <usize>parameter(dStandardAt) + ((<usize>column) << 2)
    const sums = scratch()
    const along = sums + 64
    sumChannels4(w, rows, columns, sums)
    const mean = narrow(sums, 1 / <f64>rows)
    sumSquares4(w, rows, columns, mean, sums)
    const inverse = inverseRoot(sums, rows)
    memory.fill(sums, 0, 128)
    for (let first = 0; first < rows; first += sumBlock) {
      let sum = f32x4.splat(0)
      let product = sum
      for (let row = first; row < min(first + sumBlock, rows); row++) {
        const at = <usize>row * distance
        const d = v128.load(dy + at)
        sum = f32x4.add(sum, d)
        product = f32x4.add(product, f32x4.mul(d, f32x4.mul(f32x4.sub(v128.load(w + at), mean), inverse)))
      }
      addWide(sums, sum)
      addWide(along, product)
    }
    const meanDy = narrow(sums, 1 / <f64>rows)
    const meanProduct = narrow(along, 1 / <f64>rows)
    for (let row: usize = 0; row < <usize>rows; row++) {
      const at = row * distance
      const y = f32x4.mul(f32x4.sub(v128.load(w + at), mean), inverse)
      const centred = f32x4.sub(f32x4.sub(v128.load(dy + at), meanDy), f32x4.mul(y, meanProduct))
      v128.store(dw + at, f32x4.mul(centred, inverse))
    }
  }
}

function sumChannels4(w: usize, rows: i32, columns: i32, sums: usize): void {
  memory.fill(sums, 0, 32)
  for (let first = 0; first < rows; first += sumBlock) {
    let sum = f32x4.splat(0)
    for (let row = first; row < min(first + sumBlock, rows); row++) {
      sum = f32x4.add(sum, v128.load(w + ((<usize>(row * columns)) << 2)))
    }
    addWide(sums, sum)
  }
}

function sumSquares4(w: usize, rows: i32, columns: i32, mean: v128, sums: usize): void {
  memory.fill(sums, 0, 32)
  for (let first = 0; first < rows; first += sumBlock) {
    let sum = f32x4.splat(0)
    for (let row = first; row < min(first + sumBlock, rows); row++) {
      const centred = f32x4.sub(v128.load(w + ((<usize>(row * columns)) << 2)), mean)
      sum = f32x4.add(sum, f32x4.mul(centred, centred))
    }
    addWide(sums, sum)
  }
}

/** Four float64 times a factor, as float32. */
function narrow(sums: usize, factor: f64): v128 {
  const by = f64x2.splat(factor)
  const low = f32x4.demote_f64x2_zero(f64x2.mul(v128.load(sums), by))
  const high = f32x4.demote_f64x2_zero(f64x2.mul(v128.load(sums, 16), by))
  return v128.shuffle<i32>(low, high, 0, 1, 4, 5)
}

function inverseRoot(sums: usize, rows: i32): v128 {
  const epsilon = <f64>floatParameter(kernelEpsilonAt)
  for (let i: usize = 0; i < 32; i += 8) {
    store<f64>(sums + i, 1 / Math.sqrt(load<f64>(sums + i) / <f64>rows + epsilon))
  }
  return narrow(sums, 1)
}
