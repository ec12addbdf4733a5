/** The scans of a progressive JPEG (ITU-T T.81, G.2), as libjpeg's jdphuff.c goes through them. Of a coefficient it keeps whether it is zero. */
import { skip, takeValue } from './bits'
import { isWithin, takeSymbol } from './codes'
import { blocksAcross, blocksDown, componentCount, mcuAcross, mcuDown } from './frame'
import {
  acTableOf,
  bandFirst,
  bandLast,
  dcTableOf,
  highBit,
  lowBit,
  scanCount,
  scanFirst,
} from './scan-header'

/** Of each component's coefficients, the lowest bit that has come; `notYet` before the first. */
const lowest = memory.data(3 * 64)
const notYet: u8 = 255
/** u64 a block: a bit for each coefficient that is not zero. By component, in rows. */
let flagsAt: usize = 0
let endRun: i32 = 0

/** How many bytes it keeps of the frame. */
export function flagBytes(): usize {
  let blocks: usize = 0
  for (let index = 0; index < componentCount; index++)
    blocks += <usize>blocksAcross(index) * <usize>blocksDown(index)
  return blocks * 8
}

export function openCoefficients(at: usize): void {
  flagsAt = at
  memory.fill(at, 0, flagBytes())
  memory.fill(lowest, notYet, 3 * 64)
}

/** Whether every bit of every coefficient has come. */
export function isComplete(): bool {
  for (let index = 0; index < componentCount * 64; index++) if (load<u8>(lowest + index) !== 0) return false
  return true
}

/** Whether the scan adds what is still missing, in an order that libjpeg does not grumble about. */
export function beginScan(): bool {
  if (bandFirst === 0 ? bandLast !== 0 : bandLast > 63 || bandLast < bandFirst || scanCount !== 1)
    return false
  if (lowBit > 13 || (highBit !== 0 && lowBit !== highBit - 1)) return false
  for (let index = scanFirst; index < scanFirst + scanCount; index++) {
    if (bandFirst > 0 && load<u8>(lowest + index * 64) === notYet) return false
    for (let place = bandFirst; place <= bandLast; place++) {
      const found = load<u8>(lowest + index * 64 + place)
      if (found !== (highBit === 0 ? notYet : <u8>highBit)) return false
      store<u8>(lowest + index * 64 + place, <u8>lowBit)
    }
  }
  return true
}

export function beginInterval(): void {
  endRun = 0
}

/** Whether the last run of ends of blocks ended with the interval. */
export function isIntervalWhole(): bool {
  return endRun === 0
}

export function passDcMcu(): bool {
  for (let index = scanFirst; index < scanFirst + scanCount; index++) {
    const blocks = scanCount > 1 && index === 0 ? mcuAcross * mcuDown : 1
    for (let block = 0; block < blocks; block++) {
      if (highBit > 0) {
        skip(1)
        continue
      }
      const size = takeSymbol(dcTableOf(index))
      if (size < 0) return false
      skip(size)
    }
  }
  return isWithin()
}

/** `block`: its place in the scan, of one component. */
export function passAcBlock(block: i32): bool {
  let at = flagsAt + <usize>block * 8
  for (let index = 0; index < scanFirst; index++)
    at += <usize>blocksAcross(index) * <usize>blocksDown(index) * 8
  const passed = highBit === 0 ? passFirst(at) : passRefinement(at)
  return passed && isWithin()
}

function passFirst(at: usize): bool {
  if (endRun > 0) {
    endRun--
    return true
  }
  let flags = load<u64>(at)
  for (let place = bandFirst; place <= bandLast; place++) {
    const symbol = takeSymbol(acTableOf(scanFirst))
    if (symbol < 0) return false
    const run = symbol >> 4
    const size = symbol & 15
    if (size === 0 && run < 15) {
      endRun = (1 << run) + takeValue(run) - 1
      break
    }
    place += run
    if (place > bandLast) return false
    if (size === 0) continue
    skip(size)
    flags |= (<u64>1) << (<u64>place)
  }
  store<u64>(at, flags)
  return true
}

function passRefinement(at: usize): bool {
  let flags = load<u64>(at)
  let place = bandFirst
  if (endRun === 0) {
    for (; place <= bandLast; place++) {
      const symbol = takeSymbol(acTableOf(scanFirst))
      if (symbol < 0) return false
      let run = symbol >> 4
      const size = symbol & 15
      if (size > 1) return false
      if (size === 1) skip(1)
      else if (run < 15) {
        endRun = (1 << run) + takeValue(run)
        break
      }
      // each coefficient that is there has a bit more; those that are not are counted
      for (; place <= bandLast; place++) {
        if ((flags & ((<u64>1) << (<u64>place))) !== 0) skip(1)
        else if (--run < 0) break
      }
      if (size === 0) continue
      if (place > bandLast) return false
      flags |= (<u64>1) << (<u64>place)
    }
  }
  if (endRun > 0) {
    // the rest of the block: a bit for each that is there
    for (; place <= bandLast; place++) if ((flags & ((<u64>1) << (<u64>place))) !== 0) skip(1)
    endRun--
  }
  store<u64>(at, flags)
  return true
}
