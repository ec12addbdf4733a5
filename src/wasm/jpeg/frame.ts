/** The frame of a JPEG (ITU-T T.81, B.2.2): its size, components, and how many blocks they have. */

export let widthPx: i32 = 0
export let heightPx: i32 = 0
/** 1 or 3; 0 before there is a frame. */
export let componentCount: i32 = 0
export let isProgressive: bool = false
/** Blocks of the first component in an MCU, across and down; each other component has one. */
export let mcuAcross: i32 = 1
export let mcuDown: i32 = 1

const ids = memory.data(3)
const quantizers = memory.data(3)
/** Where tables of quantizers are, by bit. */
let defined: i32 = 0

export function forgetFrame(): void {
  componentCount = 0
  defined = 0
}

export function noteQuantizer(table: i32): void {
  defined |= 1 << table
}

/** What is at `at`, behind the length of its mark. False for what is not usual. */
export function readFrame(at: usize, byteCount: i32, progressive: bool): bool {
  if (componentCount !== 0 || byteCount < 6 || load<u8>(at) !== 8) return false
  isProgressive = progressive
  heightPx = word(at + 1)
  widthPx = word(at + 3)
  const count = <i32>load<u8>(at + 5)
  if (heightPx === 0 || widthPx === 0 || (count !== 1 && count !== 3) || byteCount !== 6 + 3 * count)
    return false
  for (let index = 0; index < count; index++) {
    const from = at + 6 + 3 * index
    const sampling = <i32>load<u8>(from + 1)
    if (index === 0) {
      mcuAcross = sampling >> 4
      mcuDown = sampling & 15
      if (!isUsual(mcuAcross) || !isUsual(mcuDown) || mcuAcross * mcuDown > 8) return false
    } else if (sampling !== 0x11) return false
    store<u8>(ids + index, load<u8>(from))
    store<u8>(quantizers + index, load<u8>(from + 2))
    for (let earlier = 0; earlier < index; earlier++)
      if (load<u8>(ids + earlier) === load<u8>(ids + index)) return false
  }
  componentCount = count
  // the blocks of a single component are in no MCUs
  if (count === 1) {
    mcuAcross = 1
    mcuDown = 1
  }
  return true
}

/** -1 for none. */
export function componentOf(id: i32): i32 {
  for (let index = 0; index < componentCount; index++) if (load<u8>(ids + index) === id) return index
  return -1
}

export function hasQuantizer(component: i32): bool {
  const table = <i32>load<u8>(quantizers + component)
  return table < 4 && (defined & (1 << table)) !== 0
}

export function mcusAcross(): i32 {
  return ceilDivide(widthPx, 8 * mcuAcross)
}

export function mcusDown(): i32 {
  return ceilDivide(heightPx, 8 * mcuDown)
}

/** In a scan of that component alone. */
export function blocksAcross(component: i32): i32 {
  return ceilDivide(component === 0 ? widthPx : ceilDivide(widthPx, mcuAcross), 8)
}

export function blocksDown(component: i32): i32 {
  return ceilDivide(component === 0 ? heightPx : ceilDivide(heightPx, mcuDown), 8)
}

export function word(at: usize): i32 {
  return ((<i32>load<u8>(at)) << 8) | (<i32>load<u8>(at + 1))
}

function isUsual(factor: i32): bool {
  return factor === 1 || factor === 2 || factor === 4
}

function ceilDivide(count: i32, by: i32): i32 {
  return (count + by - 1) / by
}
