/** The bytes of checkpoints, written and read beside the core's event loop: by a thread that has a connection of its own to checkpoints.db. */
import { createHash, type Hash } from 'node:crypto'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { fromWireError, WorkbenchError, type WireError } from '../../../contract/errors'
import type { TensorHeader } from '../../protocol/messages'
import {
  checkpointFileName,
  openCheckpointFile,
  type CheckpointFile,
  type CheckpointFileOptions,
  type CheckpointSpace,
} from './checkpoint-file'
import { brokenCheckpoint } from '../sqlite-errors'

/** Where the bytes of a checkpoint are, as its row says. */
export interface StoredBytes {
  readonly name: string
  /** Hex. */
  readonly sha256: string
}

export interface CheckpointBytes {
  readonly path: string
  /** Nothing of it counts before a row names it. `name`: of a copy, that of what is copied. */
  begin(name?: string): CheckpointWriter
  /** In order, a few megabytes each; at the end their SHA-256 is checked. Throws 'home-broken' where they are not those that were saved; 'home-unreachable', 'home-read-only'. */
  read(stored: StoredBytes): AsyncGenerator<Uint8Array, void, undefined>
  tensors(stored: StoredBytes): Promise<TensorHeader[]>
  /** Reads all of it. Throws as `read`. */
  verify(stored: StoredBytes): Promise<void>
  /** Drops what is neither `named` nor being written. Answers with how many there were. */
  keepOnly(named: readonly string[]): Promise<number>
  /** Of all tables, those being written too. */
  names(): Promise<string[]>
  space(): Promise<CheckpointSpace>
  /** Whether SQLite finds the file whole. Reads all of it. Throws where it cannot be read now. */
  isWhole(): Promise<boolean>
  /** Gives the space of dropped ones back to the disk. Answers with the bytes. */
  giveBack(): Promise<number>
  /** Gives the log's space back to the disk: tens of megabytes, without needing any. */
  giveLogBack(): Promise<void>
  close(): Promise<void>
}

export interface CheckpointWriter {
  /** Resolves when the chunk is written; takes the bytes' memory where it is all theirs. */
  append(bytes: Uint8Array): Promise<void>
  /** On disk when this resolves. Throws 'internal' where the bytes are not `byteCount`, or not those that were meant. */
  finish(tensors: readonly TensorHeader[], sha256: string): Promise<StoredBytes>
  /** After its row is committed, or when there will be none: then it is dropped with the next that nobody names. */
  release(): void
}

/** What the thread answers to: the file, and the hashing of what passes through it. */
export interface CheckpointServant extends Omit<CheckpointFile, 'append' | 'finish'> {
  append(name: string, position: number, bytes: Uint8Array): void
  finish(name: string, tensors: readonly TensorHeader[], sha256: string): void
  /** `withBytes` false: only how many. At the end (null) the hash is compared. */
  readOn(
    reader: number,
    stored: StoredBytes,
    position: number,
    withBytes: boolean,
  ): Uint8Array | number | null
}

type Method = keyof CheckpointServant
type Ask = <M extends Method>(
  method: M,
  ...values: Parameters<CheckpointServant[M]>
) => Promise<ReturnType<CheckpointServant[M]>>

export interface CheckpointQuestion {
  readonly number: number
  readonly method: Method
  readonly values: readonly unknown[]
}

export interface CheckpointAnswer {
  readonly number: number
  readonly value?: unknown
  readonly error?: WireError
}

/** What the thread was about is lost with it; what it had committed is there. Another one is started at the next question. */
export class CheckpointThreadEnded extends WorkbenchError {
  constructor(reason: string) {
    super(
      'internal',
      `The thread that writes checkpoints ended${reason === '' ? '' : `: ${reason.replace(/\.$/, '')}`}.`,
      'Try again: it has been started again. If it ends once more, check the memory and the disk.',
    )
  }
}

/** In this thread: for commands, which have no one to keep waiting. */
export function openCheckpointBytes(homePath: string, options: CheckpointFileOptions = {}): CheckpointBytes {
  const servant = checkpointServant(homePath, options)
  const ask: Ask = (method, ...values) =>
    new Promise((resolve) => resolve((servant[method] as (...given: unknown[]) => never)(...values)))
  return bytesBy(ask, homePath, async () => {
    await ask('close')
  })
}

/** `threadPath`: the built src/main/checkpointer.ts. */
export function startCheckpointThread(threadPath: string, homePath: string): CheckpointBytes {
  let thread: Worker | null = null
  let lastNumber = 0
  let isEnding = false
  const waiting = new Map<number, { resolve(value: unknown): void; reject(reason: unknown): void }>()

  function start(): Worker {
    const worker = new Worker(threadPath, { workerData: { homePath } })
    worker.on('message', ({ number, value, error }: CheckpointAnswer) => {
      const asked = waiting.get(number)
      waiting.delete(number)
      // while it ends, who closes waits for that
      if (waiting.size === 0 && !isEnding) worker.unref()
      if (error === undefined) asked?.resolve(value)
      else asked?.reject(fromWireError(error))
    })
    const gone = (reason: string): void => {
      if (thread !== worker) return
      thread = null
      const left = [...waiting.values()]
      waiting.clear()
      for (const { reject } of left) reject(new CheckpointThreadEnded(reason))
    }
    worker.once('error', (error: unknown) => gone(error instanceof Error ? error.message : String(error)))
    worker.once('exit', () => gone(''))
    return worker
  }
  const ask: Ask = (method, ...values) =>
    new Promise((resolve, reject) => {
      const worker = (thread ??= start())
      worker.ref() // whoever waits for it stays until it has answered
      const number = ++lastNumber
      waiting.set(number, { resolve: resolve as (value: unknown) => void, reject })
      const question: CheckpointQuestion = { number, method, values }
      worker.postMessage(question, transfers(values))
    })
  const end = async (): Promise<void> => {
    const running = thread
    if (running === null) return
    isEnding = true
    try {
      await ask('close')
    } catch (thrown) {
      if (!(thrown instanceof CheckpointThreadEnded)) throw thrown
    }
    await running.terminate()
    isEnding = false
  }
  return bytesBy(ask, homePath, end, () => thread)
}

/** What can go to the other thread without a copy. */
export function transfers(values: readonly unknown[]): ArrayBuffer[] {
  return values.flatMap((value) =>
    value instanceof Uint8Array &&
    value.buffer instanceof ArrayBuffer &&
    value.byteLength === value.buffer.byteLength
      ? [value.buffer]
      : [],
  )
}

export function checkpointServant(homePath: string, options: CheckpointFileOptions = {}): CheckpointServant {
  const file = openCheckpointFile(homePath, options)
  const path = join(homePath, options.fileName ?? checkpointFileName)
  const written = new Map<string, { readonly hash: Hash; byteCount: number }>()
  const readers = new Map<number, Hash>()
  return {
    ...file,
    begin(name) {
      // of a copy that broke off and is made again
      if (name !== undefined) written.delete(name)
      return file.begin(name)
    },
    append(name, position, bytes) {
      file.append(name, position, bytes)
      const open = written.get(name) ?? { hash: createHash('sha256'), byteCount: 0 }
      written.set(name, open)
      open.hash.update(bytes)
      open.byteCount += bytes.length
    },
    finish(name, tensors, sha256) {
      const open = written.get(name)
      written.delete(name)
      const found = (open?.hash ?? createHash('sha256')).digest('hex')
      const wanted = tensors.reduce((sum, { byteCount }) => sum + byteCount, 0)
      const arrived = open?.byteCount ?? 0
      if (arrived !== wanted || found !== sha256) {
        throw new WorkbenchError(
          'internal',
          `The checkpoint was not saved: ${String(arrived)} of ${String(wanted)} bytes arrived, with SHA-256 ${found} instead of ${sha256}.`,
          'The previous checkpoint was kept. If this happens again, check the memory and the disk.',
        )
      }
      file.finish(name, tensors)
    },
    readOn(reader, { name, sha256 }, position, withBytes) {
      const hash = position === 1 ? createHash('sha256') : readers.get(reader)
      readers.delete(reader)
      if (hash === undefined) throw new Error('The reading did not begin at the first chunk.')
      const bytes = file.chunk(name, position)
      if (bytes === null) {
        if (hash.digest('hex') !== sha256)
          throw brokenCheckpoint(path, 'a checkpoint has changed since it was saved')
        return null
      }
      hash.update(bytes)
      readers.set(reader, hash)
      return withBytes ? bytes : bytes.length
    },
    dropSome(name) {
      written.delete(name)
      return file.dropSome(name)
    },
  }
}

/** `servant`: what answers now; what was begun with another one cannot go on. */
function bytesBy(
  ask: Ask,
  homePath: string,
  end: () => Promise<void>,
  servant: () => unknown = () => null,
): CheckpointBytes {
  const open = new Set<Promise<string>>()
  let lastReader = 0

  async function* read(stored: StoredBytes, withBytes: boolean): AsyncGenerator<Uint8Array | number> {
    const reader = ++lastReader
    const chunk = (position: number) => {
      const asked = ask('readOn', reader, stored, position, withBytes)
      asked.catch(() => undefined) // thrown where it is awaited
      return asked
    }
    // one ahead: the next is read while this one is used
    let coming = chunk(1)
    const begun = servant()
    for (let position = 2; ; position++) {
      const found = await coming
      if (found === null) return
      if (servant() !== begun) throw new CheckpointThreadEnded('')
      coming = chunk(position)
      yield found
    }
  }

  return {
    path: join(homePath, checkpointFileName),
    begin(name) {
      const named = ask('begin', name)
      const begun = servant()
      const refuseOther = (): void => {
        if (servant() !== begun) throw new CheckpointThreadEnded('')
      }
      named.catch(() => undefined) // thrown to who appends
      open.add(named)
      let position = 0
      return {
        async append(bytes) {
          const at = ++position
          // a view of a larger buffer would take all of it along
          const own = transfers([bytes]).length === 1 ? bytes : bytes.slice()
          const table = await named
          refuseOther()
          await ask('append', table, at, own)
        },
        async finish(tensors, sha256) {
          const name = await named
          refuseOther()
          await ask('finish', name, tensors, sha256)
          return { name, sha256 }
        },
        release: () => void open.delete(named),
      }
    },
    read: (stored) => read(stored, true) as AsyncGenerator<Uint8Array, void, undefined>,
    tensors: ({ name }) => ask('tensors', name),
    async verify(stored) {
      const chunks = read(stored, false)
      while ((await chunks.next()).done !== true);
      await ask('tensors', stored.name)
    },
    async keepOnly(named) {
      const kept = new Set(named)
      // at this moment, as `named` is: what begins later is not among the names, and what ends later stays
      const writing = [...open]
      const names = await ask('names')
      for (const one of await Promise.allSettled(writing)) if (one.status === 'fulfilled') kept.add(one.value)
      const left = names.filter((name) => !kept.has(name))
      for (const name of left) while (!(await ask('dropSome', name)));
      // so that on a full disk its log can be given back at once
      await ask('settleLog', false)
      return left.length
    },
    names: () => ask('names'),
    isWhole: () => ask('isWhole'),
    space: () => ask('space'),
    async giveBack() {
      const { freeBytes } = await ask('space')
      let left = freeBytes
      for (let before = Infinity; left > 0 && left < before;) {
        before = left
        left = await ask('giveSomeBack')
      }
      return freeBytes - left
    },
    giveLogBack: () => ask('settleLog', true),
    close: end,
  }
}
