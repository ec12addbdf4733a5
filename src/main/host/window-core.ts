/** The core that the window's process forks: its life, its images, and the relay between it and the pages. */
import { fork } from 'node:child_process'
import type { MessagePortMain } from 'electron'
import type { WireError } from '../../contract/errors'
import type { ImageKey, ImageSize } from '../rpc/image-address'
import type { FromCoreProcess, ToCoreProcess } from '../rpc/process-messages'
import type { NodeChoice } from './window-node'

export interface CoreProcess {
  /** A page's line. When the core ends, the page is told `{ type: 'closed' }` over it. */
  connect(port: MessagePortMain): void
  /** Rejects with a plain Error where there is no such image. `signal`: it is not wanted any more. */
  image(key: ImageKey, maxPx: ImageSize, signal?: AbortSignal): Promise<{ mime: string; bytes: Buffer }>
  /** Lets the run that trains rest at a checkpoint. */
  pauseTraining(): void
  /** Ends the core in order: its run is marked, its databases are closed. */
  close(): Promise<void>
}

export interface CoreProcessOptions {
  readonly node: NodeChoice
  readonly corePath: string
  readonly arguments: readonly string[]
  onReady(): void
  /** What trains now or comes next, by name; null: nothing. */
  onTraining(name: string | null): void
  /** Without `close` having been called. `wasReady`: it had worked before. */
  onEnd(end: { readonly error: WireError; readonly wasReady: boolean }): void
}

/** What is asked to end has so long. */
const lastWaitMs = 30_000

interface WaitingImage {
  resolve(image: { mime: string; bytes: Buffer }): void
  reject(error: Error): void
}

export function startCoreProcess(options: CoreProcessOptions): CoreProcess {
  const child = fork(options.corePath, [...options.arguments], {
    execPath: options.node.path,
    execArgv: [],
    env: options.node.environment,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ports = new Map<number, MessagePortMain>()
  const images = new Map<number, WaitingImage>()
  let lastClientId = 0
  let lastRequestId = 0
  let ready = false
  let closing = false
  let error: WireError | null = null

  const tell = (message: ToCoreProcess): void => {
    // A channel that breaks meanwhile is told by 'close'.
    if (child.connected) child.send(message, () => undefined)
  }

  child.on('message', (message: FromCoreProcess) => {
    if (message.type === 'client-message') ports.get(message.clientId)?.postMessage(message.message)
    else if (message.type === 'ready') {
      ready = true
      options.onReady()
    } else if (message.type === 'training') options.onTraining(message.name)
    else if (message.type === 'cannot-start') error = message.error
    else {
      const waiting = images.get(message.requestId)
      images.delete(message.requestId)
      if (message.type === 'image') {
        waiting?.resolve({ mime: message.mime, bytes: Buffer.from(message.base64, 'base64') })
      } else waiting?.reject(new Error(message.error.message))
    }
  })
  child.on('error', (cause) => {
    error = error ?? cannotFork(options.node.path, cause)
  })

  const ended = new Promise<void>((resolve) => {
    const end = (words: string): void => {
      resolve()
      for (const port of ports.values()) {
        port.postMessage({ type: 'closed' })
        port.close()
      }
      ports.clear()
      for (const waiting of images.values()) waiting.reject(new Error('The core process has stopped.'))
      images.clear()
      if (closing) return
      closing = true
      options.onEnd({ error: error ?? died(words), wasReady: ready })
    }
    child.on('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`))
    // Where the program itself could not be started there is no 'exit'.
    child.on('error', () => {
      if (child.pid === undefined) end('it could not start')
    })
  })

  return {
    connect(port) {
      const clientId = ++lastClientId
      ports.set(clientId, port)
      tell({ type: 'client-open', clientId })
      port.on('message', ({ data }: { data: unknown }) =>
        tell({ type: 'client-message', clientId, message: data }),
      )
      port.on('close', () => {
        ports.delete(clientId)
        tell({ type: 'client-close', clientId })
      })
      port.start()
    },
    image: (key, maxPx, signal) =>
      new Promise((resolve, reject) => {
        const requestId = ++lastRequestId
        if (!child.connected) return reject(new Error('The core process has stopped.'))
        images.set(requestId, { resolve, reject })
        tell({ type: 'image', requestId, key, maxPx })
        signal?.addEventListener('abort', () => {
          if (images.has(requestId)) tell({ type: 'image-cancel', requestId })
        })
      }),
    pauseTraining: () => tell({ type: 'pause-training' }),
    close() {
      closing = true
      if (child.connected) child.disconnect()
      // A thread of it may wait for a drive that does not answer; what was committed is kept.
      const lastWait = setTimeout(() => child.kill('SIGKILL'), lastWaitMs)
      return ended.finally(() => clearTimeout(lastWait))
    },
  }
}

function died(words: string): WireError {
  return {
    code: 'internal',
    message: `The workbench's core stopped unexpectedly (${words}).`,
    wayOut: 'Everything saved before was kept. Try again; the terminal may show more.',
  }
}

function cannotFork(nodePath: string, cause: Error): WireError {
  return {
    code: 'engine-missing',
    message: `Could not start the workbench's core with ${nodePath}: ${cause.message}.`,
    wayOut: 'Run "npm run setup", then "npm start"; or set BITW_NODE to the path of Node 22.14 or newer.',
  }
}
