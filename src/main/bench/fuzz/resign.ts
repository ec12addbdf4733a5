/** Sums and hashes of damaged files, made right again. */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { z } from 'zod'
import { maskedCrc } from '../../exchange/other/crc32c'
import { ratingKey } from '../../store/labels/ratings'
import { headLineSchema, imageLineSchema } from '../../ratings/rating-file'

/** The sum of each chunk, as far as their lengths hold. */
export function resignPng(bytes: Buffer): Buffer {
  const result = Buffer.from(bytes)
  for (let at = 8; at + 12 <= result.length;) {
    const length = result.readUInt32BE(at)
    const end = at + 8 + length
    if (end + 4 > result.length) break
    result.writeUInt32BE(crc32(result.subarray(at + 4, end)), end)
    at = end + 4
  }
  return result
}

/** Of each record of a TensorBoard file: the sum of its length and that of its content. */
export function resignEvents(bytes: Buffer): Buffer {
  const result = Buffer.from(bytes)
  for (let at = 0; at + 16 <= result.length;) {
    result.writeUInt32LE(maskedCrc(result.subarray(at, at + 8)), at + 8)
    const end = at + 12 + Number(result.readBigUInt64LE(at))
    if (end + 4 > result.length) break
    result.writeUInt32LE(maskedCrc(result.subarray(at + 12, end)), end)
    at = end + 4
  }
  return result
}

const wandbBlock = 32_768

/** Of each piece of a record of W&B. */
export function resignWandb(bytes: Buffer): Buffer {
  const result = Buffer.from(bytes)
  for (let at = 7; at + 7 <= result.length;) {
    const left = wandbBlock - (at % wandbBlock)
    const end = at + 7 + result.readUInt16LE(at + 4)
    if (left < 7) at += left
    else if (end > result.length) break
    else {
      result.writeUInt32LE(crc32(result.subarray(at + 7, end), crc32(result.subarray(at + 6, at + 7))), at)
      at = end
    }
  }
  return result
}

const tarBlock = 512

/** The sum of each block that may be a header. */
export function resignTar(bytes: Buffer): Buffer {
  const result = Buffer.from(bytes)
  for (let at = 0; at + tarBlock <= result.length; at += tarBlock) {
    const header = result.subarray(at, at + tarBlock)
    if (header.toString('latin1', 257, 262) !== 'ustar') continue
    header.write('        ', 148, 'latin1')
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  }
  return result
}

/** The hash of a rating's lines, and the key of what is frozen where that can still be read. */
export function resignRating(bytes: Buffer): Buffer {
  const lines = bytes.toString('utf8').split('\n').slice(0, -2)
  const [first = '', ...others] = lines
  const head = parsed(headLineSchema, first)
  if (head !== null) {
    const images = others
      .slice(0, head.imageCount)
      .flatMap((line) => parsed(imageLineSchema, line)?.image ?? [])
    if (images.length === head.imageCount) {
      const key = ratingKey({ createdAtMs: head.createdAtMs, spec: head.spec, images })
      lines[0] = JSON.stringify({ ...head, key })
    }
  }
  const text = lines.map((line) => `${line}\n`).join('')
  const end = { lines: lines.length, sha256: createHash('sha256').update(text).digest('hex') }
  return Buffer.from(`${text}${JSON.stringify({ end })}\n`)
}

function parsed<T>(schema: z.ZodType<T>, line: string): T | null {
  try {
    return schema.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null // a line that is no JSON any more
  }
}
