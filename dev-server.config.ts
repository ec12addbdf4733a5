/** What `npm run dev` adds to electron.vite.config.ts: where its two servers listen, and a policy for the page that lets changes in. */
import { randomBytes } from 'node:crypto'
import type { UserConfig } from 'vite'
import { securityHeaders } from './src/main/rpc/content-security'
import { imageRoutes } from './src/main/rpc/image-address'

export interface DevServer {
  /** Of Vite's server, for the window; null where the page is in a browser. */
  readonly windowAddress: string | null
  readonly renderer: UserConfig
}

/** `pagePort`: of Vite's server; `corePort`: of `bitw serve`, null in Electron, whose page has a line of its own. */
export function devServer(pagePort: number, corePort: number | null): DevServer {
  const nonce = randomBytes(16).toString('base64')
  const line = `ws://127.0.0.1:${pagePort}`
  return {
    windowAddress: corePort === null ? `http://127.0.0.1:${pagePort}` : null,
    renderer: {
      html: { cspNonce: nonce },
      server: {
        host: '127.0.0.1',
        port: pagePort,
        strictPort: true,
        headers: devHeaders(corePort === null ? line : `'self' ${line}`, nonce),
        // The page of the window is at bitw://app/, from where it would not find the server.
        hmr: { protocol: 'ws', host: '127.0.0.1', clientPort: pagePort },
        ...(corePort !== null && { proxy: toCore(`http://127.0.0.1:${corePort}`) }),
      },
    },
  }
}

/** The build's headers, loosened by one thing: style elements that carry the nonce, since Vite brings changed styles as such. */
export function devHeaders(connectTo: string, nonce: string): Record<string, string> {
  const headers = securityHeaders(connectTo)
  const policy = headers['Content-Security-Policy'] ?? ''
  const loosened = policy.replace("style-src 'self'", `style-src 'self' 'nonce-${nonce}'`)
  if (loosened === policy) throw new Error(`The policy has no style-src 'self' to loosen: ${policy}`)
  return { ...headers, 'Content-Security-Policy': loosened }
}

/** What is not the interface goes to the core, which lets in whoever has a session: Host and Origin stay as they came. */
function toCore(target: string): Record<string, { target: string; ws?: boolean }> {
  return {
    '^/session$': { target },
    [imageRoutes.source]: { target },
    '^/upload': { target },
    '^/port': { target, ws: true },
  }
}
