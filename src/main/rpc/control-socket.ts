/**
 * The core's line for other programs of the same user: a socket in the home, which the file system lets nobody else use (on Windows a named pipe, which
 * others cannot write to). So "bitw queue" and "bitw runs pause" reach the core that has the home, be it a window's or a server's.
 */
import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CoreMessage } from '../../contract/wire'
import { connect, type Port, type RoutedCore } from './router'

/** What the address of a Unix socket may have, on the system with the least. */
const mostAddressBytes = 100
/** A message of a client: calls are short. */
const mostLineCharacters = 1024 * 1024

export interface ControlServer {
  close(): Promise<void>
}

/** The caller holds the home: what lies there is left from before. null where no such socket can be made: everything else works without. */
export function serveControl(core: RoutedCore, homePath: string): Promise<ControlServer | null> {
  const path = controlPath(homePath)
  const isFile = process.platform !== 'win32'
  if (isFile) rmSync(path, { force: true })
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    connect(core, linePort(socket))
  })
  return new Promise((resolve) => {
    server.once('error', () => resolve(null))
    const before = isFile ? process.umask(0o177) : null
    server.listen(path, () => {
      if (isFile) chmodSync(path, 0o600)
      server.unref()
      resolve({
        close: () =>
          new Promise((closed) => {
            for (const socket of sockets) socket.destroy()
            server.close(() => closed())
          }),
      })
    })
    if (before !== null) process.umask(before)
  })
}

/** A line to the core that has the home; null where none answers. Throws nothing. */
export function reachControl(homePath: string): Promise<Socket | null> {
  const path = controlPath(homePath)
  if (!isOwn(path)) return Promise.resolve(null)
  return new Promise((resolve) => {
    const socket = createConnection(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(null))
  })
}

/** Each line that comes, as text. A line that never ends breaks the connection. */
export function onLine(socket: Socket, listener: (line: string) => void, mostCharacters = Infinity): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > mostCharacters) return void socket.destroy()
    for (const line of lines) listener(line)
  })
}

function controlPath(homePath: string): string {
  const hash = createHash('sha256').update(homePath).digest('hex').slice(0, 32)
  if (process.platform === 'win32') return `\\\\.\\pipe\\bitw-${hash}`
  const inHome = join(homePath, 'control.sock')
  return Buffer.byteLength(inHome) <= mostAddressBytes ? inHome : join(tmpdir(), `bitw-${hash}.sock`)
}

/** What another user put in its place is nobody to talk to. */
function isOwn(path: string): boolean {
  if (process.platform === 'win32') return true
  try {
    return lstatSync(path).uid === process.getuid?.()
  } catch {
    return false
  }
}

function linePort(socket: Socket): Port {
  socket.on('error', () => socket.destroy())
  return {
    send: (message: CoreMessage) => {
      if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`)
    },
    onMessage: (listener) => onLine(socket, (line) => listener(parsed(line)), mostLineCharacters),
    onClose: (listener) => socket.on('close', listener),
    backlogBytes: () => socket.writableLength,
    onDrain: (listener) => socket.on('drain', listener),
  }
}

/** undefined, which the router refuses, where it is no JSON. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
