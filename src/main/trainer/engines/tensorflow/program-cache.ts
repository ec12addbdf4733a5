/** Recorded programs on disk, so that a second start of the same run does not record again. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { keepWithin } from '../../../files/keep-within'
import { sweepNamed, temporaryBeside } from '../../../files/temporary'
import type { Program } from './program'

/** More than this many bytes of programs are not kept; those unused for longest go first. One is some 0.1–2 MB. */
const limitBytes = 256 * 1024 * 1024

const shapeSchema = z.array(z.number().int().nonnegative())
const functionsSchema = z.record(
  z.string(),
  z.object({
    inputs: z.record(z.string(), z.object({ node: z.string(), dtype: z.number(), shape: shapeSchema })),
    outputs: z.record(z.string(), z.object({ node: z.string(), output: z.number(), shape: shapeSchema })),
    targets: z.array(z.string()),
  }),
)
const headerSchema = z.object({ nodeCount: z.number(), functions: functionsSchema })

export interface ProgramCache {
  /** The program of this key: from the disk where it is there and whole, else `make`s it and keeps it. */
  program(key: readonly unknown[], make: () => Program): { program: Program; cached: boolean }
  /** Forgets one that turned out to be of no use. */
  forget(key: readonly unknown[]): void
}

/**
 * `folder` is made when needed; null keeps nothing. `identity` must change with whatever else determines a graph: this program's own code,
 * the TensorFlow, the native kernels. A file that is cut off, changed or foreign is recorded anew. A disk that cannot be written is no reason to stop.
 */
export function openProgramCache(folder: string | null, identity: string): ProgramCache {
  if (folder === null)
    return { program: (_key, make) => ({ program: make(), cached: false }), forget: () => undefined }
  const pathOf = (key: readonly unknown[]): string =>
    join(
      folder,
      `${createHash('sha256')
        .update(JSON.stringify([identity, ...key]))
        .digest('hex')
        .slice(0, 32)}.graph`,
    )
  return {
    program(key, make) {
      const path = pathOf(key)
      const kept = readProgram(path)
      if (kept !== null) return { program: kept, cached: true }
      const program = make()
      keepProgram(folder, path, program)
      return { program, cached: false }
    },
    forget: (key) => {
      rmSync(pathOf(key), { force: true })
    },
  }
}

/** A file: SHA-256 of the rest (32 bytes), length of the header (4 bytes, little-endian), header (JSON), GraphDef. */
function readProgram(path: string): Program | null {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch {
    return null // not there yet
  }
  const rest = bytes.subarray(32)
  if (rest.length < 4 || !createHash('sha256').update(rest).digest().equals(bytes.subarray(0, 32)))
    return null
  const headerEnd = 4 + rest.readUInt32LE(0)
  let header: z.infer<typeof headerSchema>
  try {
    header = headerSchema.parse(JSON.parse(rest.toString('utf8', 4, headerEnd)))
  } catch {
    return null // whole, but of another version
  }
  try {
    utimesSync(path, new Date(), new Date())
  } catch {
    // a read-only cache: only the order of removal suffers
  }
  return { ...header, graphDef: rest.subarray(headerEnd) }
}

function keepProgram(folder: string, path: string, { graphDef, functions, nodeCount }: Program): void {
  const header = Buffer.from(JSON.stringify({ nodeCount, functions }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  const rest = Buffer.concat([length, header, graphDef])
  const whole = Buffer.concat([createHash('sha256').update(rest).digest(), rest])
  const beside = temporaryBeside(path)
  try {
    mkdirSync(folder, { recursive: true })
    sweepNamed(folder, '')
    keepWithin(folder, limitBytes - whole.length, isProgram)
    writeFileSync(beside, whole)
    renameSync(beside, path)
  } catch {
    remove(beside) // full or read-only: the next start records again
  }
}

/** .tmp: of earlier versions. */
const isProgram = (name: string): boolean =>
  name.endsWith('.graph') || name.endsWith('.tmp') || name.includes('.graph.partial-')

function remove(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // there never was such a folder
  }
}
