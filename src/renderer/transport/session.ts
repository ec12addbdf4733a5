/**
 * How a page in a browser gets in: the code of its link is exchanged for a session, which stays with this origin. Cookies
 * would reach every port of the machine: docs/decisions/029-no-secret-in-a-cookie.md.
 */
import { WorkbenchError } from '../../contract/errors'
import { keptJson, lastingStore } from '../browser-store'
import { rememberBundle } from './bundle-client'

export interface Session {
  readonly session: string
  readonly imageKey: string
}

const storeName = 'bitw-session'
/** Where the browser keeps nothing for pages, a reload needs the link again. */
let ofThisPage: Session | null = null
let code = ''

/**
 * Takes the code out of the address, before anything reads that or the browser shows it any longer. `/enter` is an address
 * of its own, so that a link that is opened in the place of this page loads it anew. Of a link to an opened bundle, remembers that one.
 */
export function takeLink(page: Location, history: History): void {
  if (page.pathname !== '/enter') return
  code = page.hash.slice(1)
  const [, bundleId] = /^\?bundle=(\d{1,15})$/.exec(page.search) ?? []
  if (bundleId !== undefined) rememberBundle({ id: Number(bundleId), path: '' })
  history.replaceState(null, '', '/')
}

/** The last one of this browser: another page may have got a newer one. null where there is none. */
export function lastSession(): Session | null {
  return (keptJson(lastingStore, storeName) as Session | null) ?? ofThisPage
}

/** Calls `listener` when another page of this browser got a session. */
export function onNewSession(listener: () => void): void {
  addEventListener('storage', ({ key }) => {
    if (key === storeName) listener()
  })
}

/** By the code of the link, else by the session from before. Throws 'not-allowed'; 'internal' where nobody answers. */
export async function letIn(): Promise<void> {
  const given = code
  code = ''
  if (given !== '' && (await enter(given))) return
  const kept = lastSession()
  if (kept !== null && (await ask({ headers: authorization(kept) })).ok) return
  throw new WorkbenchError(
    'not-allowed',
    given === ''
      ? 'The workbench must check that you may use it.'
      : 'This link was used some time ago and no longer opens the workbench.',
    'Open the whole link that the workbench printed last, from http to the last letter.',
  )
}

/** The header that shows the session. */
export function authorization({ session }: Session): Record<string, string> {
  return { Authorization: `Bearer ${session}` }
}

async function enter(given: string): Promise<boolean> {
  const answer = await ask({ method: 'POST', body: given })
  if (!answer.ok) return false
  const { session, imageKey } = (await answer.json()) as Session
  ofThisPage = { session, imageKey }
  lastingStore.setItem(storeName, JSON.stringify(ofThisPage))
  return true
}

async function ask(request: RequestInit): Promise<Response> {
  try {
    return await fetch('/session', request)
  } catch (cause) {
    throw notResponding(cause)
  }
}

export function notResponding(cause?: unknown): WorkbenchError {
  return new WorkbenchError(
    'internal',
    'The workbench is not responding at this address.',
    'Start the workbench again, then open the link that it prints.',
    { cause },
  )
}
