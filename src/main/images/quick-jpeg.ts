/** Whether a JPEG is sound, told without decoding it: src/wasm/jpeg reads all of its codes. Damaged and unusual files are left to sharp. */
import walkerBase64 from 'virtual:wasm-jpeg'
import { exifOrientation } from './exif-orientation'
import type { ImageHeader } from './open-image'

export interface QuickJpeg {
  /** Room for a file, valid until the next call; null where there is no memory for it. */
  room(byteCount: number): Uint8Array | null
  /** Of the file in the room: what `imageHeader` says of it, where its pixels are whole and no decoder grumbles; else null. */
  header(byteCount: number): ImageHeader | null
}

interface Walker {
  readonly memory: WebAssembly.Memory
  room(byteCount: number): number
  isSound(byteCount: number): number
  width(): number
  height(): number
  channels(): number
}

export function openQuickJpeg(): QuickJpeg {
  const program = new WebAssembly.Module(Buffer.from(walkerBase64, 'base64'))
  const walker = new WebAssembly.Instance(program).exports as unknown as Walker
  const room = (byteCount: number): Uint8Array | null => {
    const at = walker.room(byteCount)
    return at === 0 ? null : new Uint8Array(walker.memory.buffer, at, byteCount)
  }
  return {
    room,
    header(byteCount) {
      const file = room(byteCount)
      const orientation = file === null ? null : plainOrientation(file)
      if (orientation === null || walker.isSound(byteCount) === 0) return null
      const sides = [walker.width(), walker.height()] as const
      const [widthPx, heightPx] = orientation < 5 ? sides : [sides[1], sides[0]]
      const colourSpace = walker.channels() === 1 ? 'b-w' : 'srgb'
      return {
        widthPx,
        heightPx,
        colourSpace,
        bitsPerSample: 8,
        hasAlpha: false,
        orientation,
        leftOutCount: 0,
      }
    },
  }
}

const [scan, jfif, exif, photoshop, adobe] = [0xffda, 0xffe0, 0xffe1, 0xffed, 0xffee] as const

/** How it is turned, where nothing else before its first scan says anything of its pixels, as a profile would; else null. */
function plainOrientation(file: Uint8Array): number | null {
  const word = (at: number): number => ((file[at] ?? 0) << 8) | (file[at + 1] ?? 0)
  let orientation: number | null = null
  for (let at = 2; at + 4 < file.length; at += 2 + word(at + 2)) {
    const mark = word(at)
    if (mark === scan) return orientation ?? 1
    if (mark < jfif || mark > 0xffef) continue
    const content = file.subarray(at + 4, at + 2 + word(at + 2))
    if (mark === exif && beginsWith(content, 'Exif\0\0')) {
      if (orientation !== null) return null
      orientation = exifOrientation(content.subarray(6))
      if (orientation === null) return null
    } else if (!saysNothing(mark, content)) return null
  }
  return null
}

function saysNothing(mark: number, content: Uint8Array): boolean {
  switch (mark) {
    case jfif: {
      const [, , , , , version = 0, , unit = 3] = content
      const thumbnailPixels = (content[12] ?? 0) * (content[13] ?? 0)
      const isWhole = content.length === 14 + 3 * thumbnailPixels
      return beginsWith(content, 'JFIF\0') && isWhole && version === 1 && unit < 3
    }
    case exif:
      return beginsWith(content, 'http://ns.adobe.com/xap/1.0/\0')
    case photoshop:
      return beginsWith(content, 'Photoshop 3.0\0')
    case adobe:
      return beginsWith(content, 'Adobe') && content.length === 12 && (content[11] ?? 2) < 2
    default:
      return false
  }
}

function beginsWith(content: Uint8Array, text: string): boolean {
  if (content.length < text.length) return false
  for (let index = 0; index < text.length; index++)
    if (content[index] !== text.charCodeAt(index)) return false
  return true
}
