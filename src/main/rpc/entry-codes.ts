/** The codes in links. A link stays in the browser's history and may show in a list of processes: so its code soon lets nobody in any more. */
import { randomBytes } from 'node:crypto'
import { same } from './admission'

/** A person opens a link again meanwhile: in a second browser, or since the first page failed to load. */
const lingersMs = 10 * 60_000
/** A browser that is not there by then will not come. */
const onceMs = 2 * 60_000

export interface EntryCodes {
  /** Of the link for people. It lets in until some minutes after its first use; then there is another one. */
  current(): string
  /** A code for one use, soon. `ended` resolves to whether it was used. */
  once(): { readonly code: string; readonly ended: Promise<boolean> }
  /** Whether the code lets in, now. */
  take(given: string): boolean
  close(): void
}

/** `onNew`: a link for people has run out, and there is a new code. `lasting`: the code of that link, which then never runs out. */
export function createEntryCodes(onNew: () => void, lasting: string | null = null): EntryCodes {
  let current = lasting ?? newCode()
  let running: NodeJS.Timeout | null = null
  const onces = new Map<string, (used: boolean) => void>()

  const renew = (): void => {
    running = null
    current = newCode()
    onNew()
  }
  return {
    current: () => current,
    once() {
      const code = newCode()
      const ended = new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => onces.get(code)?.(false), onceMs)
        timer.unref()
        onces.set(code, (used) => {
          clearTimeout(timer)
          onces.delete(code)
          resolve(used)
        })
      })
      return { code, ended }
    },
    take(given) {
      if (same(given, current)) {
        if (lasting === null) running ??= setTimeout(renew, lingersMs).unref()
        return true
      }
      const found = [...onces].find(([code]) => same(given, code))
      found?.[1](true)
      return found !== undefined
    },
    close() {
      if (running !== null) clearTimeout(running)
      for (const end of [...onces.values()]) end(false)
    },
  }
}

/** 128 random bits. */
function newCode(): string {
  return randomBytes(16).toString('base64url')
}
