/** GET over HTTPS as a download needs it: through the user's proxy, with timeouts, redirects followed with care, failures in plain words. */
import type { IncomingHttpHeaders } from 'node:http'
import type { EnvHttpProxyAgent } from 'undici'
import { WorkbenchError } from '../../contract/errors'

export interface HttpAnswer {
  readonly status: number
  /** One value each; several of a name are joined by commas. */
  header(name: string): string | null
  /** Breaks off with 'unreachable' when nothing comes for the given time, or the connection ends too early. */
  readonly body: AsyncIterable<Uint8Array>
  /** For a body that is not wanted. */
  drop(): void
}

export interface HttpClient {
  /** Throws 'unreachable', 'not-allowed'; as `signal` says when aborted. Any status of 300 and more but redirects is answered as it came. */
  get(address: string, headers: Record<string, string>, signal: AbortSignal): Promise<HttpAnswer>
  close(): Promise<void>
}

const mostRedirects = 5

/** HTTPS_PROXY, HTTP_PROXY and NO_PROXY count, in either case. `silenceMs`: how long a server may say nothing. */
export function createHttpClient(silenceMs: number): HttpClient {
  let agent: Promise<EnvHttpProxyAgent> | null = null
  return {
    async get(address, headers, signal) {
      let url = allowedAddress(address, null)
      agent ??= createAgent(silenceMs)
      const through = await agent
      for (let redirects = 0; ; redirects++) {
        const answer = await getOnce(through, url, headers, signal, silenceMs)
        const location = answer.header('location')
        if (![301, 302, 303, 307, 308].includes(answer.status) || location === null) return answer
        answer.drop()
        if (redirects === mostRedirects) throw unreachable(`${url.host} redirects too many times.`)
        url = allowedAddress(new URL(location, url).href, url)
      }
    },
    close: async () => {
      await (await agent?.catch(() => null))?.destroy()
    },
  }
}

/** The package is read from the disk here, not at each start: it is a quarter of what the command line loads. */
async function createAgent(silenceMs: number): Promise<EnvHttpProxyAgent> {
  const { EnvHttpProxyAgent } = await import('undici')
  try {
    return new EnvHttpProxyAgent({
      connect: { timeout: Math.min(silenceMs, 30_000) },
      headersTimeout: silenceMs,
      bodyTimeout: silenceMs,
    })
  } catch (cause) {
    throw new WorkbenchError(
      'bad-input',
      'The proxy address in HTTPS_PROXY or HTTP_PROXY is not valid.',
      'Write it as http://HOST:PORT.',
      { cause },
    )
  }
}

/** HTTPS; or this machine, where the address before was this machine's too. */
function allowedAddress(address: string, before: URL | null): URL {
  const url = URL.parse(address)
  if (url?.protocol === 'https:') return url
  if (url?.protocol === 'http:' && isLoopback(url) && (before === null || isLoopback(before))) return url
  throw new WorkbenchError(
    'not-allowed',
    `${address} is not an HTTPS address, so its files could come from anyone.`,
    'Weights are downloaded over HTTPS only.',
  )
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

async function getOnce(
  agent: EnvHttpProxyAgent,
  url: URL,
  headers: Record<string, string>,
  signal: AbortSignal,
  silenceMs: number,
): Promise<HttpAnswer> {
  const plain = (thrown: unknown): unknown =>
    signal.aborted ? signal.reason : plainError(url, thrown, silenceMs)
  const answer = await agent
    .request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      headers: { 'user-agent': 'bit-workbench', 'accept-encoding': 'identity', ...headers },
      signal,
    })
    .catch((thrown: unknown) => {
      throw plain(thrown)
    })
  return {
    status: answer.statusCode,
    header: (name) => headerOf(answer.headers, name),
    body: (async function* () {
      try {
        for await (const piece of answer.body) yield piece as Uint8Array
      } catch (thrown) {
        throw plain(thrown)
      }
    })(),
    drop: () => {
      answer.body.on('error', () => undefined) // that it was broken off
      answer.body.destroy()
    },
  }
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name]
  return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value
}

function plainError(url: URL, thrown: unknown, silenceMs: number): unknown {
  const { code = '', message = '' } = (thrown ?? {}) as { code?: string; message?: string }
  const { host } = url
  const proxyStatus = /Proxy response \((\d+)\)/.exec(message)?.[1]
  if (proxyStatus !== undefined) {
    return unreachable(
      `The proxy refused the connection to ${host} (status ${proxyStatus}).`,
      thrown,
      'Check HTTPS_PROXY, including its user name and password if it needs them.',
    )
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) {
    return unreachable(
      `This machine does not trust the certificate of ${host} (${code}).`,
      thrown,
      'If your network uses its own proxy, set NODE_EXTRA_CA_CERTS to the path of its certificate.',
    )
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return unreachable(`${host} was not found: this machine seems to be offline.`, thrown)
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return unreachable(`${host} sent nothing for ${Math.round(silenceMs / 1000)} s.`, thrown)
  }
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/.test(code)) {
    return unreachable(`Cannot reach ${host} (${code}).`, thrown)
  }
  if (/^(ECONNRESET|EPIPE|UND_ERR_|HPE_)/.test(code) || message === 'terminated') {
    return unreachable(`The connection to ${host} was lost.`, thrown)
  }
  return thrown
}

export function unreachable(message: string, cause?: unknown, wayOut = reconnect): WorkbenchError {
  return new WorkbenchError('unreachable', message, wayOut, { cause })
}

const reconnect =
  'Connect to the internet and try again; if you use a proxy, set HTTPS_PROXY. The part that was downloaded is kept.'
