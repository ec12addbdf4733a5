/**
 * Who may talk to the loopback server. Any page in the user's browser and any program on the machine can reach a
 * loopback port; so a client needs a session, and a browser must be on a page of this very server.
 * docs/decisions/029-no-secret-in-a-cookie.md says why the session is in no cookie.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** 32 random bytes, base64url: not to be guessed. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * The request's Host where it is a loopback name, else null. Another name that leads here is DNS rebinding.
 * Any port is good: behind an SSH tunnel the browser's port is not the server's.
 */
export function loopbackHost(request: IncomingMessage): string | null {
  const host = request.headers.host ?? ''
  return /^(127\.0\.0\.1|localhost)(:\d{1,5})?$/i.test(host) ? host.toLowerCase() : null
}

/** Whether a page of this server sent the request. Browsers put Origin on every WebSocket and every non-GET. */
export function fromOwnPage(request: IncomingMessage, host: string): boolean {
  return request.headers.origin?.toLowerCase() === `http://${host}`
}

/**
 * Whether a browser says that another page wants it for itself: one on another port counts as the same site, and never as
 * the same origin. A person may come from anywhere, by a link. Programs and old browsers say nothing.
 */
export function forOtherPage({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site']
  if (headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document') return false
  return site === 'cross-site' || site === 'same-site'
}

/** What a page gets that was let in. */
export interface Session {
  /** For calls, events and uploads. */
  readonly session: string
  /** For images alone, whose addresses carry it: an <img> can send no header. */
  readonly imageKey: string
}

type Use = keyof Session

/** Of the server's secret: a session is known again by it and kept nowhere. A new secret ends them all. */
export function newSession(secret: string): Session {
  const name = randomBytes(16).toString('base64url')
  return { session: signed(secret, 'session', name), imageKey: signed(secret, 'imageKey', name) }
}

export function isGranted(given: string | null | undefined, use: Use, secret: string): boolean {
  const name = given?.split('.', 1)[0] ?? ''
  return given !== null && given !== undefined && same(given, signed(secret, use, name))
}

/** The session of `Authorization: Bearer SESSION`; null where there is none. */
export function bearer(request: IncomingMessage): string | null {
  return /^Bearer ([\w.-]+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null
}

/** What a page's WebSocket asks for beside its session: a browser can send no other header there. */
export const portProtocol = 'bitw'

/** The session of `Sec-WebSocket-Protocol: bitw, SESSION`; null where there is none. */
export function offeredSession(request: IncomingMessage): string | null {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((word) => word.trim())
  return offered[0] === portProtocol ? (offered[1] ?? null) : null
}

/** Compares in a time that does not tell how much was right. */
export function same(given: string, expected: string): boolean {
  const one = Buffer.from(given)
  const other = Buffer.from(expected)
  return one.length === other.length && timingSafeEqual(one, other)
}

function signed(secret: string, use: Use, name: string): string {
  return `${name}.${createHmac('sha256', secret).update(`${use} ${name}`).digest('base64url')}`
}
