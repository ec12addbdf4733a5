/** The elements of the arrays in a large JSON object, one by one: only one of them is held at a time. Objects that are named come whole. */

export interface JsonElement {
  /** Of the array in the object, or of an object that was asked for. */
  readonly key: string
  readonly value: unknown
}

/** More is no description of an image. */
const mostElementBytes = 64 << 20

const quote = 0x22
const backslash = 0x5c
const curlyOpen = 0x7b
const curlyClose = 0x7d
const squareClose = 0x5d
const comma = 0x2c
const squareOpen = 0x5b

/**
 * `pieces`: UTF-8, with or without a byte-order mark. Elements of the arrays that are values of the outermost object; other values are passed over, except
 * an object with the key `whole`.
 * Throws an Error that says where it is no JSON.
 */
export async function* jsonElements(
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
  whole?: string,
): AsyncGenerator<JsonElement, void, undefined> {
  /** What is not read yet of the text, from `textAt` in the file on. */
  let text: Buffer = Buffer.alloc(0)
  let textAt = 0
  let at = 0
  let depth = 0
  let inString = false
  /** Where the present element, key or value begins; -1 between them. */
  let start = -1
  let key = ''
  let isArray = false
  let isEnded = false

  const parse = (from: number, to: number): unknown => {
    try {
      return JSON.parse(text.toString('utf8', from, to)) as unknown
    } catch (cause) {
      throw new Error(`it is not valid JSON near byte ${String(textAt + from)}`, { cause })
    }
  }

  for await (const piece of pieces) {
    const kept = start >= 0 ? start : at
    text = Buffer.concat([text.subarray(kept), piece])
    textAt += kept
    at -= kept
    if (start >= 0) start = 0
    if (text.length - at > mostElementBytes + piece.length || (start >= 0 && at - start > mostElementBytes))
      throw new Error(
        `something at byte ${String(textAt)} is longer than ${String(mostElementBytes >> 20)} MB`,
      )
    if (textAt === 0 && at === 0 && text.subarray(0, 3).equals(Buffer.from('\ufeff'))) at = 3
    for (; at < text.length; at++) {
      const byte = text[at] ?? 0
      if (inString) {
        if (byte === backslash) {
          if (at + 1 >= text.length) break // the next piece has the rest
          at++
        } else if (byte === quote) {
          inString = false
          if (depth === 1 && !isArray && key === '') {
            key = String(parse(start, at + 1))
            start = -1
          }
        }
        continue
      }
      if (byte <= 0x20) continue
      if (isEnded) throw new Error(`something follows its end at byte ${String(textAt + at)}`)
      if (depth === 0) {
        if (byte !== curlyOpen) throw new Error('it does not begin with an object { … }')
        depth = 1
        continue
      }
      const isBetween = start < 0
      if (byte === quote) {
        inString = true
        if (isBetween) start = at
      } else if (byte === curlyOpen || byte === squareOpen) {
        if (depth === 1 && key !== '' && isBetween && byte === squareOpen) isArray = true
        else if (isBetween) start = at
        depth++
      } else if (byte === curlyClose || byte === squareClose) {
        depth--
        if (isArray && depth === 1) {
          if (start >= 0) yield { key, value: parse(start, at) }
          start = -1
          isArray = false
          key = ''
        } else if (depth === 0) {
          isEnded = true
          start = -1
        } else if (depth === 1 && key === whole && start >= 0) {
          yield { key, value: parse(start, at + 1) }
          start = -1
        }
      } else if (byte === comma) {
        if (isArray && depth === 2) {
          if (start < 0) throw new Error(`a value is missing at byte ${String(textAt + at)}`)
          yield { key, value: parse(start, at) }
          start = -1
        } else if (!isArray && depth === 1) {
          key = ''
          start = -1
        }
      } else if (isBetween && (isArray || key !== '') && byte !== 0x3a) start = at
    }
  }
  if (!isEnded) throw new Error('it is cut off')
}
