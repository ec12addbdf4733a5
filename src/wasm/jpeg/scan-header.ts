/** The head of a scan (ITU-T T.81, B.2.3). */
import { hasTable } from './codes'
import { componentCount, componentOf, hasQuantizer, isProgressive } from './frame'

/** How many components are in it, and the first of them. */
export let scanCount: i32 = 0
export let scanFirst: i32 = 0
/** Coefficients from `bandFirst` to `bandLast`; of their bits, those above `lowBit`; `highBit` 0: the first of them. */
export let bandFirst: i32 = 0
export let bandLast: i32 = 63
export let highBit: i32 = 0
export let lowBit: i32 = 0

const dcTables = memory.data(3)
const acTables = memory.data(3)

/** What is at `at`, behind the length of its mark. False for what is not usual. */
export function readScanHeader(at: usize, byteCount: i32): bool {
  if (byteCount < 1) return false
  scanCount = load<u8>(at)
  if (scanCount < 1 || scanCount > componentCount || byteCount !== 4 + 2 * scanCount) return false
  const rest = at + 1 + 2 * scanCount
  bandFirst = load<u8>(rest)
  bandLast = load<u8>(rest + 1)
  highBit = load<u8>(rest + 2) >> 4
  lowBit = load<u8>(rest + 2) & 15
  let last = -1
  for (let index = 0; index < scanCount; index++) {
    const component = componentOf(load<u8>(at + 1 + 2 * index))
    const tables = <i32>load<u8>(at + 2 + 2 * index)
    if (
      component < 0 ||
      (index > 0 && component !== last + 1) ||
      tables >> 4 > 3 ||
      (tables & 15) > 3 ||
      !hasQuantizer(component)
    )
      return false
    if (index === 0) scanFirst = component
    last = component
    store<u8>(dcTables + component, tables >> 4)
    store<u8>(acTables + component, 4 + (tables & 15))
    if (!hasItsTables(component)) return false
  }
  return isProgressive || (scanCount === componentCount && isWholeBand())
}

export function dcTableOf(component: i32): i32 {
  return load<u8>(dcTables + component)
}

export function acTableOf(component: i32): i32 {
  return load<u8>(acTables + component)
}

function isWholeBand(): bool {
  return bandFirst === 0 && bandLast === 63 && highBit === 0 && lowBit === 0
}

function hasItsTables(component: i32): bool {
  const dc = hasTable(dcTableOf(component))
  const ac = hasTable(acTableOf(component))
  if (!isProgressive) return dc && ac
  return bandFirst > 0 ? ac : highBit > 0 || dc
}
