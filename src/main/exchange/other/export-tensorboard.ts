/** Writes a run's curves as a TensorBoard event file: FOLDER/RUN/events.out.tfevents.… */
import { join } from 'node:path'
import type { Run } from '../../../contract/entities/run'
import { openStreamedFile } from '../../report/streamed-file'
import type { Db } from '../../store/statement'
import { maskedCrc } from './crc32c'
import { curvesOf, folderName } from './our-curves'

/** Throws 'not-allowed', 'disk-full'. */
export async function exportTensorboard(db: Db, run: Run, folder: string): Promise<void> {
  const seconds = Math.floor(run.createdAtMs / 1000)
  const path = join(folder, folderName(run), `events.out.tfevents.${seconds}.bit-workbench.${run.id}.0`)
  const file = openStreamedFile(path, isEvents)
  try {
    file.append(record(message([double(1, run.createdAtMs / 1000), text(3, fileVersion)])))
    for (const [tag, values] of curvesOf(db, run)) {
      const records = values.map(({ step, value, atMs }) => {
        const scalar = message([text(1, tag), float(2, value)])
        const summary = message([nested(1, scalar)])
        return record(message([double(1, atMs / 1000), varintField(2, step), nested(5, summary)]))
      })
      file.append(Buffer.concat(records))
    }
    file.finish()
  } finally {
    file.close()
  }
  return Promise.resolve()
}

const fileVersion = 'brain.Event:2'

function isEvents(head: Buffer): boolean {
  return head.includes(fileVersion)
}

function record(content: Buffer): Buffer {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(content.length))
  return Buffer.concat([length, checksum(length), content, checksum(content)])
}

function checksum(bytes: Buffer): Buffer {
  const crc = Buffer.alloc(4)
  crc.writeUInt32LE(maskedCrc(bytes))
  return crc
}

function message(fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields)
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return Buffer.from([...bytes, rest])
}

function varintField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)])
}

function double(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return Buffer.concat([varint(number * 8 + 1), bytes])
}

function float(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return Buffer.concat([varint(number * 8 + 5), bytes])
}

function nested(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content])
}

function text(number: number, value: string): Buffer {
  return nested(number, Buffer.from(value))
}
