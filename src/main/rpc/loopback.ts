/** The interface for a browser on this machine, or at the other end of an SSH tunnel: page, images and port. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { toWireError, WorkbenchError } from '../../contract/errors'
import { fromOwnPage, isGranted, loopbackHost, newSecret, offeredSession, portProtocol } from './admission'
import { limitConnections, type ConnectionLimits } from './connections'
import { createEntryCodes } from './entry-codes'
import { connect } from './router'
import { answer, entryPath, sendText, type ServedCore, type Site } from './site'
import { listStaticFiles, type StaticFile } from './static-files'
import { webSocketPort } from './web-socket-port'

export interface LoopbackOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** The built interface, out/renderer. */
  readonly rendererPath: string
  /** Makes sessions, and is the code of the link, which then never runs out; else both are new, and the link's code changes. */
  readonly secret?: string
  readonly limits?: Partial<ConnectionLimits>
  /** The link for people ran out some minutes after its first use, and there is another one. */
  onNewLink?(url: string): void
}

export interface Loopback {
  /** The link for people, as it is now: whoever has it is let in. */
  link(): string
  /** A link for one use, soon. `ended` resolves to whether it was used. */
  linkForOnce(): { readonly url: string; readonly ended: Promise<boolean> }
  readonly port: number
  close(): Promise<void>
}

/** A client sends calls, never images: 1 MiB is far more than the longest of them. */
const maxMessageBytes = 1024 * 1024
/** How often late headers are looked for. */
const lookEveryMs = 1000

/** Listens on 127.0.0.1 alone. Throws 'busy' where the port is taken, 'path-not-found' without a build. */
export async function serve(core: ServedCore, options: LoopbackOptions): Promise<Loopback> {
  const secret = options.secret ?? newSecret()
  const files = interfaceFiles(options.rendererPath)
  const urlOf = (code: string): string => `http://127.0.0.1:${port}${entryPath}#${code}`
  const codes = createEntryCodes(() => options.onNewLink?.(urlOf(codes.current())), options.secret)
  const server = createServer({ connectionsCheckingInterval: lookEveryMs }, (request, response) => {
    answer(site, request, response).catch((thrown: unknown) => {
      if (!response.headersSent) sendText(response, 500, toWireError(thrown).message)
      else response.destroy()
    })
  })
  const site: Site = { core, files, secret, codes, connections: limitConnections(server, options.limits) }
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    handleProtocols: () => portProtocol,
  })
  server.on('upgrade', (request, socket, head) => {
    const refusal = upgradeRefusal(request, secret)
    if (refusal !== null) return refuseUpgrade(socket, refusal)
    site.connections.admit(request.socket)
    sockets.handleUpgrade(request, socket, head, (webSocket) => connect(core, webSocketPort(webSocket)))
  })

  const port = await listen(server, options.port)
  return {
    link: () => urlOf(codes.current()),
    linkForOnce() {
      const { code, ended } = codes.once()
      return { url: urlOf(code), ended }
    },
    port,
    close: () =>
      new Promise((resolve) => {
        codes.close()
        for (const client of sockets.clients) client.close(1001, 'The workbench is closing.')
        sockets.close()
        server.close(() => resolve())
        server.closeAllConnections()
        for (const client of sockets.clients) client.terminate()
      }),
  }
}

function upgradeRefusal(request: IncomingMessage, secret: string): string | null {
  const host = loopbackHost(request)
  if (host === null || !fromOwnPage(request, host)) return '403 Forbidden'
  if (!isGranted(offeredSession(request), 'session', secret)) return '401 Unauthorized'
  return request.url === '/port' ? null : '404 Not Found'
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function interfaceFiles(rendererPath: string): ReadonlyMap<string, StaticFile> {
  const missing = (cause?: unknown): WorkbenchError =>
    new WorkbenchError(
      'path-not-found',
      `The interface has not been built: ${rendererPath} does not exist.`,
      'Run "npm run build", then try again.',
      { cause },
    )
  let files: ReadonlyMap<string, StaticFile>
  try {
    files = listStaticFiles(rendererPath)
  } catch (cause) {
    throw missing(cause)
  }
  if (!files.has('/')) throw missing()
  return files
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        new WorkbenchError(
          'busy',
          cause.code === 'EADDRINUSE'
            ? `Port ${port} is in use by another program.`
            : `Cannot listen on port ${port}: ${cause.message}`,
          'Choose another port, or leave it out to use a free one.',
          { cause },
        ),
      )
    })
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
