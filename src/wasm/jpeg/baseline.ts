/** The only scan of a baseline JPEG (ITU-T T.81, F.2.2): DC and AC codes of all components. */
import { take } from './bits'
import { isWithin, nextCode, noCode, toEnd } from './codes'
import { componentCount, mcuAcross, mcuDown } from './frame'
import { acTableOf, dcTableOf } from './scan-header'

/** The codes of one MCU. */
export function passMcu(): bool {
  for (let component = 0; component < componentCount; component++) {
    const dcTable = dcTableOf(component)
    const acTable = acTableOf(component)
    const blocks = component === 0 ? mcuAcross * mcuDown : 1
    for (let block = 0; block < blocks; block++) if (!passBlock(dcTable, acTable)) return false
  }
  return isWithin()
}

// @ts-expect-error: a decorator of AssemblyScript's
@inline
function passBlock(dcTable: i32, acTable: i32): bool {
  const first = nextCode(dcTable)
  if (first === noCode) return false
  take((first >> 16) & 255)
  let place = 1
  while (place < 64) {
    const code = nextCode(acTable)
    if (code === noCode) return false
    take((code >> 16) & 255)
    place += code >> 24
  }
  // past the last coefficient without an end of block
  return place === 64 || place >= toEnd
}
