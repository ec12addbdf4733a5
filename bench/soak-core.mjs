/** A served core as a browser and a program use it, and what it holds: memory after collection, open files, child processes. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'

/** Starts it, and lets a client in. `kill` is kill -9. */
export async function startCore(program, homePath) {
  const child = spawn(
    process.execPath,
    ['--inspect=127.0.0.1:0', program, 'serve', '--json', '--port', '0', '--home', homePath],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let said = ''
  const inspector = new Promise((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-4000)
      const address = /ws:\/\/\S+/.exec(said)?.[0]
      if (address !== undefined) resolve(address)
    })
  })
  const link = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { type, url } = JSON.parse(line)
      if (type === 'serving') resolve(new URL(url))
    })
    child.on('exit', (code) => reject(new Error(`bitw serve ended with ${code}: ${said}`)))
  })
  const { origin } = link
  const entry = await fetch(`${origin}/session`, {
    method: 'POST',
    headers: { Origin: origin },
    body: link.hash.slice(1),
  })
  const { session, imageKey } = await entry.json()
  const headers = { Authorization: `Bearer ${session}`, 'Content-Type': 'application/json' }
  const exited = once(child, 'exit')
  return {
    processId: child.pid,
    /** By HTTP. */
    async call(name, input) {
      const answer = await fetch(`${origin}/api/${name}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(input),
      })
      const output = await answer.json()
      if (!answer.ok) throw new Error(`${name}: ${output.message}`)
      return output
    },
    /** A page that opens its line, asks these calls over it, and goes. */
    page: (calls) => overLine(origin, session, calls),
    async image(id, px) {
      const answer = await fetch(`${origin}/image/${id}?px=${px}&key=${imageKey}`)
      await answer.arrayBuffer()
      if (!answer.ok) throw new Error(`The image ${id} was answered with ${answer.status}.`)
    },
    async holds() {
      const heapBytes = await heapAfterCollection(await inspector)
      return { heapBytes, ...held(child.pid), homeBytes: databaseBytes(homePath) }
    },
    async end(signal) {
      child.kill(signal)
      await exited
    },
  }
}

async function overLine(origin, session, calls) {
  const line = new WebSocket(`${origin.replace('http', 'ws')}/port`, ['bitw', session], { origin })
  await once(line, 'open')
  const waiting = new Map()
  line.on('message', (data) => {
    const message = JSON.parse(String(data))
    if (message.type === 'event') return
    const { resolve, reject } = waiting.get(message.callId)
    if (message.type === 'result') resolve(message.output)
    else reject(new Error(message.error.message))
  })
  const answers = await Promise.all(
    calls.map(
      ([name, input], callId) =>
        new Promise((resolve, reject) => {
          waiting.set(callId, { resolve, reject })
          line.send(JSON.stringify({ type: 'call', callId, name, input }))
        }),
    ),
  )
  const closed = once(line, 'close')
  line.close()
  await closed
  return answers
}

async function heapAfterCollection(address) {
  const line = new WebSocket(address)
  await once(line, 'open')
  const ask = (id, method) =>
    new Promise((resolve) => {
      line.on('message', (data) => {
        const message = JSON.parse(String(data))
        if (message.id === id) resolve(message.result)
      })
      line.send(JSON.stringify({ id, method }))
    })
  await ask(1, 'HeapProfiler.collectGarbage')
  const { usedSize } = await ask(2, 'Runtime.getHeapUsage')
  const closed = once(line, 'close')
  line.close()
  await closed
  return usedSize
}

/** Of the home's databases with their logs, which SQLite holds a part of in memory. */
function databaseBytes(homePath) {
  return readdirSync(homePath)
    .filter((name) => /\.db(-wal)?$/.test(name))
    .reduce((sum, name) => sum + statSync(join(homePath, name)).size, 0)
}

/** Zeros where the system does not tell. */
function held(processId) {
  try {
    const status = readFileSync(`/proc/${processId}/status`, 'utf8')
    return {
      residentBytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024,
      openFiles: readdirSync(`/proc/${processId}/fd`).length,
      children: childrenOf(processId).length,
    }
  } catch {
    return { residentBytes: 0, openFiles: 0, children: 0 }
  }
}

/** Process ids; none where the system does not tell. */
export function childrenOf(processId) {
  try {
    return readdirSync(`/proc/${processId}/task`).flatMap((thread) =>
      readFileSync(`/proc/${processId}/task/${thread}/children`, 'utf8')
        .split(' ')
        .filter(Boolean)
        .map(Number),
    )
  } catch {
    return []
  }
}
