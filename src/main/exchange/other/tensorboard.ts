/** TensorBoard's event files: TFRecord frames with tensorflow.Event messages. Of these, scalars. */
import { basename } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { maskedCrc } from './crc32c'
import { withBytes } from './file-bytes'
import { damaged, Metrics, type FoundRun } from './found-run'
import { BadMessage, fieldsOf } from './protobuf'

/** What is longer holds images or a graph, and no scalar. */
const mostRecordBytes = 16 * 1024 * 1024
const recordsAtOnce = 2000

export function isEventFile(name: string): boolean {
  return /(^|\.)tfevents\./.test(basename(name))
}

/** `paths`: the files of one run. The end of the last record may not be written yet. Throws 'bad-input' naming the file. */
export async function readEventFiles(
  paths: readonly string[],
  name: string,
  place: string,
  pause: () => void,
): Promise<FoundRun> {
  const metrics = new Metrics(place)
  let [first, last] = [Infinity, -Infinity]
  for (const path of paths) {
    await eachRecord(path, pause, (record) => {
      try {
        const atMs = readEvent(record, metrics)
        if (atMs === null) return
        first = Math.min(first, atMs)
        last = Math.max(last, atMs)
      } catch (thrown) {
        throw thrown instanceof BadMessage ? damaged(path, thrown.message, thrown) : thrown
      }
    })
  }
  return {
    program: 'tensorboard',
    name,
    path: place,
    startedAtMs: Number.isFinite(first) ? first : null,
    endedAtMs: Number.isFinite(last) ? last : null,
    state: 'unknown',
    settings: [],
    tags: [],
    metrics: metrics.lists,
  }
}

async function eachRecord(path: string, pause: () => void, see: (record: Buffer) => void): Promise<void> {
  await withBytes(path, async (bytes) => {
    for (let count = 1; ; count++) {
      const head = await bytes.read(12)
      if (head === null) {
        if (count === 1) throw damaged(path, 'it is empty')
        return
      }
      if (maskedCrc(head.subarray(0, 8)) !== head.readUInt32LE(8)) throw damaged(path, 'a record is damaged')
      const length = Number(head.readBigUInt64LE(0))
      if (length > mostRecordBytes) {
        bytes.skip(length + 4)
      } else {
        const record = await bytes.read(length + 4)
        if (record === null) return
        const content = record.subarray(0, length)
        if (maskedCrc(content) !== record.readUInt32LE(length)) throw damaged(path, 'a record is damaged')
        see(content)
      }
      if (count % recordsAtOnce === 0) {
        pause()
        await nextTurn()
      }
    }
  })
}

/** tensorflow/core/util/event.proto. Answers with its time where it has a scalar. */
function readEvent(record: Buffer, metrics: Metrics): number | null {
  let [atMs, step] = [NaN, 0]
  const summaries: Buffer[] = []
  for (const { number, int, bytes } of fieldsOf(record)) {
    if (number === 1 && bytes.length === 8) atMs = bytes.readDoubleLE(0) * 1000
    else if (number === 2) step = int
    else if (number === 5) summaries.push(bytes)
  }
  let hasScalar = false
  for (const summary of summaries) {
    for (const { number, bytes } of fieldsOf(summary)) {
      if (number !== 1) continue
      const { tag, value } = scalarOf(bytes)
      if (value === null) continue
      metrics.add(tag, step, value, atMs)
      hasScalar = true
    }
  }
  return hasScalar && Number.isFinite(atMs) ? atMs : null
}

/** tensorflow/core/framework/summary.proto: TensorFlow 1 and PyTorch write simple_value, TensorFlow 2 a tensor of one number. */
function scalarOf(message: Buffer): { tag: string; value: number | null } {
  let [tag, value]: [string, number | null] = ['', null]
  for (const { number, bytes } of fieldsOf(message)) {
    if (number === 1) tag = bytes.toString('utf8')
    else if (number === 2 && bytes.length === 4) value = bytes.readFloatLE(0)
    else if (number === 8) value ??= tensorScalar(bytes)
  }
  return { tag, value }
}

/** DT_FLOAT 1, DT_DOUBLE 2, DT_INT32 3, DT_INT64 9. */
function tensorScalar(message: Buffer): number | null {
  let type = 0
  let size = 1
  let value: number | null = null
  for (const { number, int, bytes } of fieldsOf(message)) {
    if (number === 1) type = int
    else if (number === 2) size = elements(bytes)
    else if (number === 4 && type === 1 && bytes.length === 4) value = bytes.readFloatLE(0)
    else if (number === 4 && type === 2 && bytes.length === 8) value = bytes.readDoubleLE(0)
    else if (number === 5 && bytes.length === 4) value = bytes.readFloatLE(0)
    else if (number === 6 && bytes.length === 8) value = bytes.readDoubleLE(0)
    else if ((number === 7 || number === 10) && bytes.length === 0) value = int
  }
  return size === 1 ? value : null
}

function elements(shape: Buffer): number {
  let count = 1
  for (const { number, bytes } of fieldsOf(shape)) {
    if (number !== 2) continue
    for (const field of fieldsOf(bytes)) if (field.number === 1) count *= field.int
  }
  return count
}
