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
  'features-missing',
  'busy',
  // the user may, but is asked first
  'needs-consent',
  // the machine
  'home-locked',
  'home-read-only',
  // certain: what is there is not what was written
  'home-broken',
  // the disk or the network did not answer, or the file was moved: what is in it may be whole
  'home-unreachable',
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
  /** Where in the text that was given: of a query that is not understood. */
  span: z.object({ from: z.int(), to: z.int() }).optional(),
})
export type WireError = z.infer<typeof wireErrorSchema>

/** An error a user reads: `message` says what happened, `wayOut` what to do. */
export class WorkbenchError extends Error {
  readonly code: ErrorCode
  readonly wayOut: string
  readonly span: WireError['span']

  constructor(
    code: ErrorCode,
    message: string,
    wayOut = '',
    options?: { cause?: unknown; span?: WireError['span'] },
  ) {
    super(message, options)
    this.name = 'WorkbenchError'
    this.code = code
    this.wayOut = wayOut
    this.span = options?.span
  }
}

/** The wire form of anything thrown. What is not a WorkbenchError is a defect and says so. */
export function toWireError(thrown: unknown): WireError {
  if (thrown instanceof WorkbenchError) {
    const { code, message, wayOut, span } = thrown
    return { code, message, wayOut, ...(span !== undefined && { span }) }
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
  return new WorkbenchError(wire.code, wire.message, wire.wayOut, { span: wire.span })
}

/** Closes a union: the compiler rejects a call that can be reached. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`)
}
