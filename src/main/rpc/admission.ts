/**
 * Who may talk to the loopback server. Any page in the user's browser and any program on the machine can reach a
 * loopback port; so a client needs the secret of the printed link, and a browser must be on a page of this very server.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** 32 random bytes, base64url: not to be guessed. */
export function newToken(): string {
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

/** Cookies do not see ports: the name does, so that two servers on one machine do not overwrite each other's. */
function cookieName(host: string): string {
  return `bitw-${host.split(':')[1] ?? '80'}`
}

export function setCookie(host: string, token: string): string {
  return `${cookieName(host)}=${token}; HttpOnly; SameSite=Strict; Path=/`
}

export function hasToken(request: IncomingMessage, host: string, token: string): boolean {
  const name = cookieName(host)
  const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim())
  return cookies.some((cookie) => cookie.startsWith(`${name}=`) && same(cookie.slice(name.length + 1), token))
}

/** Compares in a time that does not tell how much was right. */
export function same(given: string, expected: string): boolean {
  const one = Buffer.from(given)
  const other = Buffer.from(expected)
  return one.length === other.length && timingSafeEqual(one, other)
}
