/** Reads the times of a traced run out of TensorFlow's RunMetadata (tensorflow/core/framework/step_stats.proto), field by field. */
import type { OperationTime } from '../../../protocol/messages'

/** Time of each kind of operation, longest first. Nodes that are copies between devices or have no label count as "other". */
export function operationTimes(runMetadata: Uint8Array): OperationTime[] {
  const times = new Map<string, { count: number; totalMicros: number }>()
  for (const stepStats of submessages(runMetadata, 1)) {
    for (const device of submessages(stepStats, 1)) {
      for (const node of submessages(device, 2)) {
        const fields = readFields(node)
        const micros = fields.filter(({ field }) => field === 4).map(({ value }) => Number(value))[0] ?? 0 // op_end_rel_micros
        const label = fields.find(({ field }) => field === 8)?.bytes // timeline_label: "name = Op(inputs)"
        const operation =
          /= (\w+)\(/.exec(label === undefined ? '' : new TextDecoder().decode(label))?.[1] ?? 'other'
        const known = times.get(operation) ?? { count: 0, totalMicros: 0 }
        times.set(operation, { count: known.count + 1, totalMicros: known.totalMicros + micros })
      }
    }
  }
  return [...times]
    .map(([operation, { count, totalMicros }]) => ({ operation, count, totalMs: totalMicros / 1000 }))
    .sort((a, b) => b.totalMs - a.totalMs)
}

interface Field {
  readonly field: number
  /** Of a varint. */
  readonly value: bigint
  /** Of a length-delimited field. */
  readonly bytes: Uint8Array
}

const nothing = new Uint8Array(0)

function submessages(message: Uint8Array, field: number): Uint8Array[] {
  return readFields(message).flatMap((one) => (one.field === field ? [one.bytes] : []))
}

/** Protocol buffers' wire format: varints, 8 bytes, lengths, 4 bytes. */
function readFields(message: Uint8Array): Field[] {
  const fields: Field[] = []
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]
      if (byte === undefined) throw new Error('The trace is cut off.')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  while (at < message.length) {
    const key = Number(varint())
    const field = key >> 3
    switch (key & 7) {
      case 0:
        fields.push({ field, value: varint(), bytes: nothing })
        break
      case 1:
        at += 8
        break
      case 2: {
        const length = Number(varint())
        fields.push({ field, value: 0n, bytes: message.subarray(at, at + length) })
        at += length
        break
      }
      case 5:
        at += 4
        break
      default:
        throw new Error(`The trace has wire type ${String(key & 7)}.`)
    }
  }
  return fields
}
