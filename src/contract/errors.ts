/** Every way in which the workbench says no. The wire form is what crosses a process boundary. */
import { z } from 'zod'

const errorCodes = [
  // what the user gave
  'bad-input',
  'path-not-found',
  'path-not-readable',
  'not-a-folder',
  'dataset-empty',
  'layout-unclear',
  'columns-unclear',
  'dataset-one-class',
  'dataset-too-few-images',
  'bad-image',
  'images-missing',
  'images-differ',
  'bad-weights',
  'name-taken',
  'not-found',
  'busy',
  // the machine
  'home-locked',
  'home-read-only',
  'home-broken',
  'disk-full',
  'engine-missing',
  'out-of-memory',
  'trainer-died',
  // the network
  'unreachable',
  // the course of things
  'cancelled',
  'loss-not-finite',
  'export-differs',
  'unsupported',
  'not-allowed',
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]

export const wireErrorSchema = z.object({
  code: z.enum(errorCodes),
  /** What happened, in plain words; names the file or the tensor. */
  message: z.string(),
  /** What the user can do about it; '' where nothing can be done. */
  wayOut: z.string(),
})
export type WireError = z.infer<typeof wireErrorSchema>

/** An error a user reads: `message` says what happened, `wayOut` what to do. */
export class WorkbenchError extends Error {
  readonly code: ErrorCode
  readonly wayOut: string

  constructor(code: ErrorCode, message: string, wayOut = '', options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'WorkbenchError'
    this.code = code
    this.wayOut = wayOut
  }
}

/** The wire form of anything thrown. What is not a WorkbenchError is a defect and says so. */
export function toWireError(thrown: unknown): WireError {
  if (thrown instanceof WorkbenchError) {
    return { code: thrown.code, message: thrown.message, wayOut: thrown.wayOut }
  }
  const code = (thrown as { code?: unknown } | null)?.code
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (code === 'ENOSPC' || code === 'SQLITE_FULL') {
    return {
      code: 'disk-full',
      message: `The disk is full: ${message}`,
      wayOut: 'Free some space, then try again. Nothing that was saved was lost.',
    }
  }
  return {
    code: 'internal',
    message,
    wayOut: 'This is a bug in the workbench. Everything saved before it was kept.',
  }
}

export function fromWireError(wire: WireError): WorkbenchError {
  return new WorkbenchError(wire.code, wire.message, wire.wayOut)
}

/** Closes a union: the compiler rejects a call that can be reached. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`)
}
