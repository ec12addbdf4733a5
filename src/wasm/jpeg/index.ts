/**
 * Whether a JPEG is as its encoder wrote it: every code of every block is read, none is decoded. What this calls sound, libjpeg decodes without
 * a warning; of all else (an unusual structure, too) it only says that it cannot tell.
 */
import { passMcu } from './baseline'
import { at as bitsAt, end as bitsEnd, isAtMark, openBits } from './bits'
import { defineTable, forgetTables } from './codes'
import {
  blocksAcross,
  blocksDown,
  componentCount,
  forgetFrame,
  heightPx,
  isProgressive,
  mcusAcross,
  mcusDown,
  noteQuantizer,
  readFrame,
  widthPx,
  word,
} from './frame'
import {
  beginInterval,
  beginScan,
  flagBytes,
  isComplete,
  isIntervalWhole,
  openCoefficients,
  passAcBlock,
  passDcMcu,
} from './progressive'
import { bandFirst, readScanHeader, scanCount, scanFirst } from './scan-header'

/** Coefficients of so many pixels are kept at most. */
const mostPixels: i64 = 50_000_000
const mostScans: i32 = 100

let restartInterval: i32 = 0

/** Where a file of so many bytes goes; 0 where there is no memory for it. */
export function room(byteCount: i32): usize {
  return grow(__heap_base + <usize>byteCount) ? __heap_base : 0
}

export function width(): i32 {
  return widthPx
}

export function height(): i32 {
  return heightPx
}

export function channels(): i32 {
  return componentCount
}

/** Of the file in the room: from its first mark to its last, which is its end. */
export function isSound(byteCount: i32): bool {
  const start = __heap_base
  const end = start + <usize>byteCount
  forgetTables()
  forgetFrame()
  restartInterval = 0
  let scans = 0
  let from = start + 2
  while (from + 4 <= end) {
    const mark = word(from)
    const length = word(from + 2)
    const at = from + 4
    if (mark >> 8 !== 0xff || length < 2 || from + 2 + <usize>length > end) return false
    // between scans, nothing but what they need
    if (scans > 0 && mark !== 0xffc4 && mark !== 0xffda && mark !== 0xffdd) return false
    const rest = length - 2
    if (mark === 0xffc4) {
      if (!readTables(at, rest)) return false
    } else if (mark === 0xffdb) {
      if (!readQuantizers(at, rest)) return false
    } else if (mark === 0xffc0 || mark === 0xffc2) {
      if (!readFrame(at, rest, mark === 0xffc2)) return false
      if (<i64>widthPx * <i64>heightPx > mostPixels) return false
    } else if (mark === 0xffdd) {
      if (rest !== 2) return false
      restartInterval = word(at)
    } else if (mark === 0xffda) {
      if (componentCount === 0 || ++scans > mostScans || !readScanHeader(at, rest)) return false
      if (isProgressive && scans === 1) {
        const flags = (end + 15) & ~15
        if (!grow(flags + flagBytes())) return false
        openCoefficients(flags)
      }
      openBits(at + <usize>rest, end)
      if (!(isProgressive ? passProgressiveScan() : passScan())) return false
      from = bitsAt
      // the last mark ends the file
      if (word(from) === 0xffd9) return from + 2 === end && (!isProgressive || isComplete())
      if (!isProgressive) return false
      continue
    } else if (mark !== 0xfffe && (mark < 0xffe0 || mark > 0xffef)) return false
    from = at + <usize>rest
  }
  return false
}

function passScan(): bool {
  const count = mcusAcross() * mcusDown()
  for (let mcu = 0; mcu < count; mcu++) {
    if (isRestart(mcu) && !passRestart(mcu)) return false
    if (!passMcu()) return false
  }
  return isAtMark()
}

function passProgressiveScan(): bool {
  if (!beginScan()) return false
  const alone = scanCount === 1
  const count = alone ? blocksAcross(scanFirst) * blocksDown(scanFirst) : mcusAcross() * mcusDown()
  beginInterval()
  for (let mcu = 0; mcu < count; mcu++) {
    if (isRestart(mcu)) {
      if (!isIntervalWhole() || !passRestart(mcu)) return false
      beginInterval()
    }
    if (!(bandFirst === 0 ? passDcMcu() : passAcBlock(mcu))) return false
  }
  return isIntervalWhole() && isAtMark()
}

function isRestart(mcu: i32): bool {
  return restartInterval > 0 && mcu > 0 && mcu % restartInterval === 0
}

/** The marks are numbered from 0 to 7, and again. */
function passRestart(mcu: i32): bool {
  if (!isAtMark()) return false
  if (word(bitsAt) !== 0xffd0 + ((mcu / restartInterval - 1) & 7)) return false
  openBits(bitsAt + 2, bitsEnd)
  return true
}

function readTables(at: usize, byteCount: i32): bool {
  while (byteCount > 17) {
    const id = <i32>load<u8>(at)
    let symbolCount = 0
    for (let length = 1; length <= 16; length++) symbolCount += load<u8>(at + length)
    if ((id & 0xef) > 3 || symbolCount > 256 || byteCount < 17 + symbolCount) return false
    if (!defineTable((id >> 2) | (id & 3), at + 1, symbolCount)) return false
    at += 17 + symbolCount
    byteCount -= 17 + symbolCount
  }
  return byteCount === 0
}

/** Of 8 bits a value. */
function readQuantizers(at: usize, byteCount: i32): bool {
  for (; byteCount >= 65; byteCount -= 65, at += 65) {
    const id = <i32>load<u8>(at)
    if (id > 3) return false
    noteQuantizer(id)
  }
  return byteCount === 0
}

function grow(byteCount: usize): bool {
  const pages = <i32>((byteCount + 0xffff) >> 16)
  const missing = pages - memory.size()
  return missing <= 0 || memory.grow(missing) >= 0
}
