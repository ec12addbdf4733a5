/** The only scan of a baseline JPEG (ITU-T T.81, F.2.2): DC and AC codes of all components. */
import { bitCount, bits, fill, setBits } from './bits'
import { codeIn, isWithin, noCode, toEnd } from './codes'
import { componentCount, mcuAcross, mcuDown } from './frame'
import { acTableOf, dcTableOf } from './scan-header'

/** The codes of one MCU. */
export function passMcu(): bool {
  for (let component = 0; component < componentCount; component++) {
    const blocks = component === 0 ? mcuAcross * mcuDown : 1
    if (!passBlocks(blocks, dcTableOf(component), acTableOf(component))) return false
  }
  return isWithin()
}

function passBlocks(blocks: i32, dcTable: i32, acTable: i32): bool {
  let window = bits
  let left = bitCount
  for (let block = 0; block < blocks; block++) {
    // a DC code goes on by one coefficient, as an AC code without a run
    let table = dcTable
    let place = 0
    do {
      if (left < 32) {
        setBits(window, left)
        fill()
        window = bits
        left = bitCount
      }
      const code = codeIn(window, table)
      if (code === noCode) return false
      const length = (code >> 16) & 255
      window <<= <u64>length
      left -= length
      place += code >> 24
      table = acTable
    } while (place < 64)
    // past the last coefficient without an end of block
    if (place !== 64 && place < toEnd) return false
  }
  setBits(window, left)
  return true
}
