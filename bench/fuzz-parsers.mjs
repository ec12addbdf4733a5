/** Damaged files through every parser, in processes of their own: what ends one of them is told with the file that did it. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const fixtures = fileURLToPath(new URL('../test/fixtures', import.meta.url))

/** What no file may take. Processor time, since others may use the machine; an hour of waiting ends a file, too. */
export const mostCpuMs = 5000
export const mostBytes = 1.5e9
const hungMs = 60_000

/**
 * `fileCount` files, as many of each parser; or those of `only`, "PARSER" or "PARSER:INDEX". Answers with what each took and with what went wrong.
 */
export async function fuzzParsers({ program, fileCount, seed, only, note = () => undefined }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bitw-fuzz-'))
  try {
    const call = (parts) => watchChild(program, { seed, fixtures, folder, parts })
    const named = await call([])
    const names = named.lines[0]?.parsers ?? []
    const [onlyName, onlyIndex] = only?.split(':') ?? []
    const chosen = only === undefined ? names : names.filter((name) => name === onlyName)
    if (chosen.length === 0) throw new Error(`The parsers are: ${names.join(', ')}\n${named.tail}`)
    const perParser = Math.ceil(fileCount / chosen.length)
    let parts = chosen.map((parser) =>
      onlyIndex === undefined
        ? { parser, from: 0, to: perParser }
        : { parser, from: Number(onlyIndex), to: Number(onlyIndex) + 1 },
    )
    const files = []
    const faults = []
    const faulty = (begun, what) =>
      faults.push({ again: `--seed ${seed} --case "${begun.parser}:${begun.index}"`, what })
    while (parts.length > 0) {
      const { lines, tail, end } = await call(parts)
      let begun = null
      for (const line of lines) {
        if (line.index !== undefined) begun = line
        else if (begun !== null) {
          files.push({ parser: begun.parser, isWhole: begun.index < 0, ...line })
          const what = line.fault ?? tooMuch(line, files)
          if (what !== null) faulty(begun, `${line.sample}: ${what}`)
          begun = null
        }
      }
      if (end === null) break
      // The process ended before its work did.
      if (begun === null) throw new Error(`The process ended between two files: ${end}\n${tail}`)
      faulty(begun, `${end}\n${tail}`)
      note(`${begun.parser}:${begun.index} ${end}`)
      const at = parts.findIndex(({ parser }) => parser === begun.parser)
      parts = [{ ...parts[at], from: Math.max(1, begun.index + 1) }, ...parts.slice(at + 1)].filter(
        ({ from, to }) => from < to,
      )
    }
    return { parsers: chosen, files, faults }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The peak of a process stays where it was: only the file that raised it is told. */
function tooMuch({ cpuMs, peakBytes }, files) {
  if (cpuMs > mostCpuMs) return `took ${cpuMs.toFixed(0)} ms of the processor`
  const before = files.at(-2)?.peakBytes ?? 0
  if (peakBytes > mostBytes && before <= mostBytes) return `took ${(peakBytes / 1e6).toFixed(0)} MB`
  return null
}

/** `end`: why it did not end by itself; null where it did. */
function watchChild(program, work) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, JSON.stringify(work)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const lines = []
    let tail = ''
    let killed = null
    let lastMs = performance.now()
    child.stderr.setEncoding('utf8').on('data', (text) => (tail = (tail + text).slice(-4000)))
    const closed = new Promise((done) =>
      createInterface({ input: child.stdout })
        .on('line', (line) => {
          lastMs = performance.now()
          lines.push(JSON.parse(line))
        })
        .on('close', done),
    )
    const kill = (why) => {
      killed ??= why
      child.kill('SIGKILL')
    }
    const watch = setInterval(() => {
      if (performance.now() - lastMs > hungMs) kill(`nothing came for ${hungMs / 1000} seconds`)
      const bytes = residentBytes(child.pid)
      if (bytes > mostBytes) kill(`took ${(bytes / 1e6).toFixed(0)} MB`)
    }, 50)
    child.on('error', reject)
    child.on('exit', async (code, signal) => {
      clearInterval(watch)
      await closed
      const ended = signal === null ? `ended with code ${code}` : `ended by ${signal}`
      resolve({ lines, tail, end: code === 0 ? null : (killed ?? ended) })
    })
  })
}

/** 0 where the system does not tell. */
function residentBytes(processId) {
  try {
    return (
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1] ?? 0) * 1024
    )
  } catch {
    return 0 // it has ended, or this is no Linux
  }
}
