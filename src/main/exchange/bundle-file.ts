/** A bundle as it is read: only the members that it may have, each held to its length and hash, none larger than it may be. */
import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { WorkbenchError } from '../../contract/errors'
import { withFile, type FileReader } from '../weights/file-reader'
import { readZipDirectory, readZipEntry, type ZipEntry } from '../weights/zip-read'
import { bundleVersion, manifestSchema, members, type Manifest } from './bundle-format'

export interface BundleFile {
  has(name: string): boolean
  /** Pieces of a member; after the last one its hash is checked. */
  read(name: string): AsyncGenerator<Buffer>
  /** The lines of a member, without their ends. */
  lines(name: string): AsyncGenerator<string>
  /** The one value that a member is. */
  value<T>(name: string, schema: z.ZodType<T>): Promise<T>
  /** What a line says. */
  parse<T>(name: string, line: string, schema: z.ZodType<T>): T
  refuse(reason: string): WorkbenchError
  readonly writtenBy: string
}

/** Of run.json, dataset.json, bundle.json; and of a line of the others. */
const mostValueBytes = 64 * 1024 * 1024
const mostLineBytes = 1024 * 1024
/** Text with hashes and numbers in it does not shrink further: what claims to would fill the memory. */
const mostRatio = 200
const mostUnratioedBytes = 16 * 1024 * 1024

/** Throws 'bad-input' naming the file where it is no bundle, is damaged, or is of a newer workbench; 'path-not-found', 'path-not-readable'. */
export async function withBundle<T>(path: string, use: (bundle: BundleFile) => Promise<T>): Promise<T> {
  const refuse = (reason: string, cause?: unknown): WorkbenchError => refusal(path, reason, cause)
  try {
    return await withFile(path, async (reader) => {
      const entries = new Map((await readZipDirectory(reader)).map((entry) => [entry.name, entry]))
      const manifest = await readManifest(reader, entries, refuse)
      for (const [name, { byteCount }] of Object.entries(manifest.files)) {
        const entry = entries.get(name)
        if (entry?.byteCount !== byteCount) throw refuse(`${name} is missing or has another length`)
        if (byteCount > mostUnratioedBytes && byteCount > entry.compressedBytes * mostRatio)
          throw refuse(`${name} would be implausibly large`)
      }
      return use(open(reader, entries, manifest, refuse))
    })
  } catch (thrown) {
    throw inBundleWords(thrown, refuse)
  }
}

function open(
  reader: FileReader,
  entries: ReadonlyMap<string, ZipEntry>,
  { files, writtenBy }: Manifest,
  refuse: BundleFile['refuse'],
): BundleFile {
  async function* read(name: string): AsyncGenerator<Buffer> {
    const entry = entries.get(name)
    const listed = Object.hasOwn(files, name) ? files[name] : undefined
    if (entry === undefined || listed === undefined) throw refuse(`${name} is missing`)
    const hash = createHash('sha256')
    for await (const piece of readZipEntry(reader, entry, 256 * 1024)) {
      hash.update(piece)
      yield piece
    }
    if (hash.digest('hex') !== listed.sha256)
      throw refuse(`${name} is damaged: its content is not what was written`)
  }
  const parse = <T>(name: string, line: string, schema: z.ZodType<T>): T => {
    const checked = schema.safeParse(json(line, () => refuse(`${name} is not JSON`)))
    if (checked.success) return checked.data
    const [issue] = checked.error.issues
    const where = issue?.path.map(String).join('.') ?? ''
    throw refuse(`${name} is not as it should be: ${where} ${issue?.message ?? ''}`.trim())
  }
  return {
    has: (name) => Object.hasOwn(files, name),
    read,
    async *lines(name) {
      let rest: Buffer = Buffer.alloc(0)
      for await (const piece of read(name)) {
        const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
        let from = 0
        for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
          yield bytes.toString('utf8', from, end)
          from = end + 1
        }
        rest = bytes.subarray(from)
        if (rest.length > mostLineBytes) throw refuse(`a line of ${name} is too long`)
      }
      if (rest.length > 0) yield rest.toString('utf8')
    },
    async value(name, schema) {
      const parts: Buffer[] = []
      let byteCount = 0
      for await (const piece of read(name)) {
        byteCount += piece.length
        if (byteCount > mostValueBytes) throw refuse(`${name} is too long`)
        parts.push(piece)
      }
      return parse(name, Buffer.concat(parts).toString('utf8'), schema)
    },
    parse,
    refuse,
    writtenBy,
  }
}

async function readManifest(
  reader: FileReader,
  entries: ReadonlyMap<string, ZipEntry>,
  refuse: BundleFile['refuse'],
): Promise<Manifest> {
  const entry = entries.get(members.manifest)
  if (entry === undefined || entry.byteCount > mostLineBytes) throw refuse('it is another kind of file')
  const parts: Buffer[] = []
  for await (const piece of readZipEntry(reader, entry)) parts.push(piece)
  const value = json(Buffer.concat(parts).toString('utf8'), () => refuse(`${members.manifest} is not JSON`))
  const version: unknown = (value as { version?: unknown } | null)?.version
  if (typeof version === 'number' && version > bundleVersion)
    throw new WorkbenchError(
      'bad-input',
      `${reader.path} was written by a newer BiT Workbench.`,
      'Open it with that, or update this one. Nothing was changed.',
    )
  const checked = manifestSchema.safeParse(value)
  if (!checked.success) throw refuse('it is another kind of file')
  return checked.data
}

function json(text: string, fault: () => WorkbenchError): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw fault()
  }
}

/** What reads zip files speaks of weights and their tensors. */
function inBundleWords(
  thrown: unknown,
  refuse: (reason: string, cause?: unknown) => WorkbenchError,
): unknown {
  if (!(thrown instanceof WorkbenchError) || thrown.code !== 'bad-weights') return thrown
  const reason = /as weights: (.*)\.$/s.exec(thrown.message)?.[1] ?? 'it is damaged'
  return refuse(
    reason.replaceAll('the tensor ', '').replace(/ or not a \.npz file$/, ' or not a bundle'),
    thrown,
  )
}

function refusal(path: string, reason: string, cause?: unknown): WorkbenchError {
  const readable = reason.replace(/[\p{Cc}\p{Cf}]/gu, '?').slice(0, 500)
  return new WorkbenchError(
    'bad-input',
    `${path} cannot be taken in as a run: ${readable}.`,
    'Choose a file that the workbench wrote: "Save …" on a run, or "bitw runs export --bundle". Nothing was changed.',
    { cause },
  )
}
