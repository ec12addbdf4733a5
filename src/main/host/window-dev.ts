/** The interface from Vite's server, while it is worked on (npm run dev:electron). No build has this code. Plain Node code of 16 and later. */
import { get } from 'node:http'
import type { Session } from 'electron'
import type { AppSite, SiteFile } from './window-protocol'

/** The page stays at bitw://app/, under the same rules as a build's; only where its files come from differs. */
export function devServerFiles(serverAddress: string): AppSite['file'] {
  return (address) =>
    new Promise<SiteFile | null>((resolve, reject) => {
      const request = get(serverAddress + address, { headers: { Accept: '*/*' } }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('error', reject)
        response.on('end', () => {
          if (response.statusCode === 404) return resolve(null)
          const {
            'content-type': mime = 'text/plain',
            'content-security-policy': policy = "default-src 'none'",
          } = response.headers
          // The page's policy comes from Vite's server too, which knows the nonce of its style elements.
          const headers = { 'Content-Security-Policy': String(policy), 'Cache-Control': 'no-store' }
          resolve({ mime, bytes: Buffer.concat(parts), headers })
        })
      })
      request.on('error', reject)
    })
}

/** Lets the page's line for changes through, and no other. To be called after `lockSession`, whose listener it replaces. */
export function allowDevServer(session: Session, serverAddress: string): void {
  const line = serverAddress.replace(/^http:/, 'ws:')
  session.webRequest.onBeforeRequest((request, answer) => {
    const allowed = /^(bitw|devtools|blob|data):/.test(request.url) || request.url.startsWith(`${line}/`)
    answer({ cancel: !allowed })
  })
}
