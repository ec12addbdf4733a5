/** W&B's offline runs: LevelDB's log frames (7 bytes of header, blocks of 32 KiB) with wandb_internal.Record messages. Of these, history and config. */
import { crc32 } from 'node:zlib'
import { basename } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { OtherState } from '../../../contract/entities/other-run'
import { withBytes, type FileBytes } from './file-bytes'
import { damaged, Metrics, type FoundRun } from './found-run'
import { BadMessage, fieldsOf } from './protobuf'

const blockBytes = 32_768
const headBytes = 7
const mostRecordBytes = 64 * 1024 * 1024
const recordsAtOnce = 2000
const mostSettings = 5000

/** The end of the last record may not be written yet. Throws 'bad-input' naming the file. */
export async function readWandb(path: string, pause: () => void): Promise<FoundRun> {
  const metrics = new Metrics(path)
  const settings = new Map<string, string>()
  let name = basename(path).replace(/^run-|\.wandb$/g, '')
  let startedAtMs: number | null = null
  let endedAtMs: number | null = null
  let state: OtherState = 'unknown'
  const see = (record: Buffer): void => {
    for (const { number, bytes } of fieldsOf(record)) {
      if (number === 2) {
        const atMs = readHistory(bytes, metrics)
        startedAtMs ??= atMs
        endedAtMs = atMs ?? endedAtMs
      } else if (number === 5) readConfig(bytes, settings)
      else if (number === 17) {
        const run = readRun(bytes, settings)
        if (run.name !== '') name = run.name
        startedAtMs = run.startedAtMs ?? startedAtMs
      } else if (number === 18) state = exitCode(bytes) === 0 ? 'done' : 'failed'
    }
  }
  await withBytes(path, async (bytes) => {
    const head = await bytes.read(headBytes)
    if (head?.toString('latin1', 0, 4) !== ':W&B' || head.readUInt16LE(4) !== 0xbee1)
      throw damaged(path, 'it is no file of W&B')
    let count = 0
    for await (const record of records(bytes, path)) {
      try {
        see(record)
      } catch (thrown) {
        throw thrown instanceof BadMessage ? damaged(path, thrown.message, thrown) : thrown
      }
      if (++count % recordsAtOnce !== 0) continue
      pause()
      await nextTurn()
    }
  })
  return {
    ...{ program: 'wandb' as const, name, path, startedAtMs, endedAtMs, state },
    settings: [...settings],
    tags: [],
    metrics: metrics.lists,
  }
}

/** wandb/sdk/internal/datastore.py: full 1, first 2, middle 3, last 4. */
async function* records(bytes: FileBytes, path: string): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  let length = 0
  for (;;) {
    const left = blockBytes - (bytes.at() % blockBytes)
    if (left < headBytes) {
      bytes.skip(left)
      continue
    }
    const head = await bytes.read(headBytes)
    if (head === null) return
    const [crc, size, type] = [head.readUInt32LE(0), head.readUInt16LE(4), head.readUInt8(6)]
    if (type === 0 && size === 0) {
      bytes.skip(left - headBytes) // a block that was given up
      continue
    }
    if (size > left - headBytes || type < 1 || type > 4) throw damaged(path, 'a record is damaged')
    const piece = await bytes.read(size)
    if (piece === null) return
    if (crc32(piece, crc32(Buffer.of(type))) !== crc) throw damaged(path, 'a record is damaged')
    if ((type === 1 || type === 2) !== (parts.length === 0))
      throw damaged(path, 'its records are out of order')
    parts.push(Buffer.from(piece))
    length += piece.length
    if (length > mostRecordBytes) throw damaged(path, 'a record is too long')
    if (type === 2 || type === 3) continue
    yield Buffer.concat(parts)
    parts = []
    length = 0
  }
}

function readHistory(message: Buffer, metrics: Metrics): number | null {
  let [step, atMs] = [NaN, NaN]
  const items: [string, number][] = []
  for (const { number, bytes } of fieldsOf(message)) {
    if (number === 2) for (const field of fieldsOf(bytes)) if (field.number === 1) step = field.int
    if (number !== 1) continue
    const { key, json } = readItem(bytes)
    const value = Number(json)
    if (json === '') continue
    if (key === '_step') step = value
    else if (key === '_timestamp') atMs = value * 1000
    else if (!key.startsWith('_')) items.push([key, value])
  }
  if (!Number.isFinite(step)) return null
  for (const [key, value] of items) metrics.add(key, step, value, atMs)
  return Number.isFinite(atMs) ? atMs : null
}

function readItem(message: Buffer): { key: string; json: string } {
  let [key, json] = ['', '']
  const nested: string[] = []
  for (const { number, bytes } of fieldsOf(message)) {
    if (number === 1) key = bytes.toString('utf8')
    else if (number === 2) nested.push(bytes.toString('utf8'))
    else if (number === 16) json = bytes.toString('utf8')
  }
  return { key: nested.length > 0 ? nested.join('/') : key, json }
}

function readConfig(message: Buffer, settings: Map<string, string>): void {
  for (const { number, bytes } of fieldsOf(message)) {
    if (number !== 1) continue
    const { key, json } = readItem(bytes)
    if (key !== '' && !key.startsWith('_') && settings.size < mostSettings)
      settings.set(key.slice(0, 500), json.replace(/^"(.*)"$/s, '$1').slice(0, 10_000))
  }
}

function readRun(
  message: Buffer,
  settings: Map<string, string>,
): { name: string; startedAtMs: number | null } {
  let [name, startedAtMs]: [string, number | null] = ['', null]
  for (const { number, bytes } of fieldsOf(message)) {
    if (number === 8) name = bytes.toString('utf8')
    else if (number === 4) readConfig(bytes, settings)
    else if (number === 17)
      for (const field of fieldsOf(bytes)) if (field.number === 1) startedAtMs = field.int * 1000
  }
  return { name, startedAtMs }
}

function exitCode(message: Buffer): number {
  let code = 0
  for (const { number, int } of fieldsOf(message)) if (number === 1) code = int
  return code
}
