/** Progress on stderr: one line that is written over in a terminal, else a line now and then. */
import { safeLine } from './safe-text'

export interface Progress {
  show(text: string): void
  /** Takes the line away, so that other text can be written. */
  clear(): void
}

/** Often enough to see that it goes on, seldom enough for a log file. */
const lineEveryMs = 5_000
/** A terminal is drawn ten times a second at most. */
const drawEveryMs = 100

export function createProgress(
  stream: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number },
  clock: () => number = Date.now,
): Progress {
  const isTerminal = stream.isTTY === true
  let lastMs = Number.NEGATIVE_INFINITY
  let lastText = ''
  let drawn = false
  return {
    show(given) {
      const text = safeLine(given)
      const now = clock()
      if (text === lastText || now - lastMs < (isTerminal ? drawEveryMs : lineEveryMs)) return
      lastMs = now
      lastText = text
      if (isTerminal) {
        // A longer line would wrap, and only its last row could be taken away again.
        stream.write(`\r\x1b[2K${[...text].slice(0, (stream.columns ?? 80) - 1).join('')}`)
        drawn = true
      } else stream.write(`${text}\n`)
    },
    clear() {
      if (drawn) stream.write('\r\x1b[2K')
      drawn = false
      lastText = ''
    },
  }
}
