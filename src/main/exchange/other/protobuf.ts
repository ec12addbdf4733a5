/** As much of protobuf's wire format as logs need (protobuf.dev/programming-guides/encoding). */

export interface Field {
  readonly number: number
  /** Of a varint; one beyond 2⁵³ loses its last digits. */
  readonly int: number
  /** Of 4 or 8 bytes, or as long as it says; else empty. */
  readonly bytes: Buffer
}

export class BadMessage extends Error {}

/** Throws BadMessage where the bytes are no message. */
export function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0
  const varint = (): number => {
    let [value, factor] = [0, 1]
    for (let count = 0; count < 10; count++) {
      const byte = message[at++]
      if (byte === undefined) throw new BadMessage('a message is cut off')
      value += (byte & 0x7f) * factor
      factor *= 128
      if (byte < 0x80) return value
    }
    throw new BadMessage('a number is too long')
  }
  const take = (length: number): Buffer => {
    if (length > message.length - at) throw new BadMessage('a message is cut off')
    at += length
    return message.subarray(at - length, at)
  }
  while (at < message.length) {
    const key = varint()
    const [number, type] = [Math.floor(key / 8), key % 8]
    if (number === 0) throw new BadMessage('a field has no number')
    if (type === 0) yield { number, int: signed(varint()), bytes: none }
    else if (type === 1) yield { number, int: 0, bytes: take(8) }
    else if (type === 2) yield { number, int: 0, bytes: take(varint()) }
    else if (type === 5) yield { number, int: 0, bytes: take(4) }
    else throw new BadMessage('a field is of an unknown type')
  }
}

const none = Buffer.alloc(0)

/** int64 is written as two's complement. */
function signed(value: number): number {
  return value >= 2 ** 63 ? value - 2 ** 64 : value
}
