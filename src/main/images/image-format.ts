/** What a file is by its first bytes; names and extensions are not believed. */

export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'tiff' | 'bmp' | 'pnm'

/** For those who ask what can be read. */
export const readableFormats = 'JPEG, PNG, WebP, AVIF, GIF, TIFF, BMP, and PPM, PGM and PBM'

/** How many bytes of a file the decision needs. */
export const headByteCount = 64

/** The format of an image that the workbench can decode; null for everything else. */
export function imageFormat(head: Uint8Array): ImageFormat | null {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, headByteCount)).toString(
    'latin1',
  )
  // behind its mark F7 a JPEG is a JPEG-LS, which only shares the frame
  if (text.startsWith('\xff\xd8\xff')) return text.startsWith('\xf7', 3) ? null : 'jpeg'
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp'
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'gif'
  if (/^(II[*+]\0|MM\0[*+])/.test(text)) return 'tiff' // * is TIFF, + is BigTIFF
  if (text.slice(4, 8) === 'ftyp') return /avi[fs]/.test(brands(head, text)) ? 'avif' : null
  // "BM" alone could begin a text: a bitmap's second header has one of these lengths.
  if (text.startsWith('BM') && head.length >= 18 && [12, 40, 52, 56, 64, 108, 124].includes(head[14] ?? 0)) {
    return 'bmp'
  }
  // so could "P3": a size or a comment follows
  if (/^P[1-6]\s+(?:#|\d+\s)/.test(text)) return 'pnm'
  return null
}

/** An image format that is known but cannot be decoded, in words; null where the file is no image as far as one can see. */
export function undecodableFormat(head: Uint8Array): string | null {
  const text = Buffer.from(head).toString('latin1', 0, headByteCount)
  if (text.slice(4, 8) === 'ftyp' && /hei[cxsm]|hev[cx]|mif1|msf1/.test(brands(head, text))) return 'HEIC'
  if (text.startsWith('\xff\x0a') || text.startsWith('\0\0\0\x0cJXL ')) return 'JPEG XL'
  if (text.startsWith('\0\0\0\x0cjP  ') || text.startsWith('\xff\x4f\xff\x51')) return 'JPEG 2000'
  if (text.startsWith('8BPS')) return 'Photoshop'
  if (/^\s*(<\?xml[^>]*>\s*)?<svg/.test(text)) return 'SVG'
  if (text.startsWith('\xff\xd8\xff\xf7')) return 'JPEG-LS'
  if (text.startsWith('\x76\x2f\x31\x01')) return 'OpenEXR'
  if (/^#\?(RADIANCE|RGBE)\n/.test(text)) return 'Radiance HDR'
  if (text.startsWith('qoif')) return 'QOI'
  if (text.startsWith('DDS |\0\0\0')) return 'DDS'
  if (text.startsWith('SIMPLE  =')) return 'FITS'
  // one to 255 icons, the first with its byte that is always 0
  if (/^\0\0\x01\0[^\0]\0..[^]\0/s.test(text)) return 'ICO'
  if (/^P7\s+(?:#|WIDTH\s|HEIGHT\s|DEPTH\s)/.test(text)) return 'PAM'
  if (/^P[Ff]\s+\d+\s/.test(text)) return 'PFM'
  return null
}

/** The brands of an ISO media file: major, minor version, then the compatible ones up to the box's end. */
function brands(head: Uint8Array, text: string): string {
  const boxByteCount = ((head[2] ?? 0) << 8) | (head[3] ?? 0)
  return text.slice(8, Math.max(12, boxByteCount))
}
