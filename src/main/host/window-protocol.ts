/** `bitw://app/`: the built interface and the images, with the same addresses as in a browser. Nothing else is reachable. */
import { readFile } from 'node:fs/promises'
import { protocol, type Session } from 'electron'
import { securityHeaders } from '../rpc/content-security'
import { parseImageAddress, type ImageKey, type ImageSize } from '../rpc/image-address'
import { listStaticFiles } from '../rpc/static-files'
import { problemHeaders } from './window-problem'

export const appOrigin = 'bitw://app'

export interface AppSite {
  /** A file of the interface by its address, path and query; null where there is none. */
  file(address: string): Promise<SiteFile | null>
  image(key: ImageKey, maxPx: ImageSize, signal?: AbortSignal): Promise<{ mime: string; bytes: Buffer }>
  /** The page that is shown instead of the interface, as HTML. */
  problemPage(): string
}

export interface SiteFile {
  readonly mime: string
  readonly bytes: Buffer
  readonly headers: Record<string, string>
}

/** The built interface. Throws where the folder is not there. */
export function builtFiles(rootPath: string): AppSite['file'] {
  const files = listStaticFiles(rootPath)
  return async (address) => {
    const file = files.get(address.split('?', 1)[0] ?? '')
    if (file === undefined) return null
    return { mime: file.mime, bytes: await readFile(file.filePath), headers: securityHeaders("'none'") }
  }
}

export interface SchemeAnswer {
  readonly status: number
  readonly mime: string
  readonly bytes: Buffer
  readonly headers: Record<string, string>
}

/** Before the app is ready: makes the scheme a proper origin, so that 'self', modules and storage work. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'bitw', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

export function serveAppScheme(session: Session, site: AppSite): void {
  serveScheme(session, (address, signal) => answer(site, address, signal))
}

/** What `bitw:` addresses are in a session, until what is returned is called. */
export function serveScheme(
  session: Session,
  answerTo: (address: string, signal?: AbortSignal) => Promise<SchemeAnswer>,
): () => void {
  // Since Electron 25; before, only the older way.
  if ('handle' in session.protocol) {
    session.protocol.handle('bitw', async (request) => {
      const { status, bytes, headers, mime } = await answerTo(request.url, request.signal)
      return new Response(new Uint8Array(bytes), { status, headers: { ...headers, 'Content-Type': mime } })
    })
    return () => session.protocol.unhandle('bitw')
  }
  // TypeScript knows only the Electron that is installed, which has 'handle'.
  const old = session as Session
  old.protocol.registerBufferProtocol('bitw', (request, callback) => {
    void answerTo(request.url).then(({ status, bytes, headers, mime }) =>
      callback({
        statusCode: status,
        mimeType: mime.split(';')[0] ?? mime,
        charset: 'utf-8',
        data: bytes,
        headers,
      }),
    )
  })
  return () => void old.protocol.unregisterProtocol('bitw')
}

/** `signal`: the page does not want it any more; the older way of Electron does not tell. */
async function answer(site: AppSite, address: string, signal?: AbortSignal): Promise<SchemeAnswer> {
  const headers = securityHeaders("'none'")
  const url = new URL(address)
  const text = (status: number, words: string): SchemeAnswer => ({
    status,
    mime: 'text/plain; charset=utf-8',
    bytes: Buffer.from(words),
    headers,
  })
  if (url.host !== 'app') return text(404, 'There is nothing at this address.')
  if (url.pathname === '/problem') {
    const page = Buffer.from(site.problemPage())
    return { status: 200, mime: 'text/html; charset=utf-8', bytes: page, headers: problemHeaders }
  }
  try {
    const image = parseImageAddress(url.pathname, url.search)
    if (image !== null) {
      const { mime, bytes } = await site.image(image.key, image.maxPx, signal)
      return { status: 200, mime, bytes, headers: { ...headers, 'Cache-Control': 'no-store' } }
    }
    const file = await site.file(url.pathname + url.search)
    return file === null ? text(404, 'There is nothing at this address.') : { status: 200, ...file }
  } catch (thrown) {
    return text(404, thrown instanceof Error ? thrown.message : String(thrown))
  }
}
