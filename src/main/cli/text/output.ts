/** What the command line writes and where: results to stdout, everything else to stderr. */
import type { WireError } from '../../../contract/errors'
import { createProgress, type Progress } from './progress'
import { safeJson, safeText } from './safe-text'

export interface Output {
  readonly json: boolean
  /** A result for people. With --json nothing. */
  print(text: string): void
  /** A result for programs: one line of JSON. Without --json nothing. */
  record(record: Readonly<{ type: string } & Record<string, unknown>>): void
  /** What happens on the way; never on stdout. */
  note(text: string): void
  error(error: WireError): void
  readonly progress: Progress
}

export interface OutputStreams {
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
}

export function createOutput(json: boolean, { stdout, stderr }: OutputStreams): Output {
  const progress = createProgress(stderr)
  const line = (stream: NodeJS.WritableStream, text: string): void => {
    progress.clear()
    stream.write(`${text}\n`)
  }
  return {
    json,
    print: (text) => {
      if (!json) line(stdout, safeText(text))
    },
    record: (record) => {
      if (json) line(stdout, safeJson(JSON.stringify(record)))
    },
    note: (text) => line(stderr, safeText(text)),
    error: (error) => {
      // Indented, so that a line end in a name does not begin a line that seems to be ours.
      const message = safeText(error.message).replaceAll('\n', '\n  ')
      line(stderr, `error: ${message}${error.wayOut === '' ? '' : `\n${safeText(error.wayOut)}`}`)
      if (json) line(stdout, safeJson(JSON.stringify({ type: 'error', error })))
    },
    progress,
  }
}
