/** `bitw` as a user runs it: the built command in a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildProgram } from '../support/build-trainer'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcess
  /** What has come so far. */
  stdout(): string
  /** The first match in what came, or will come, on stdout or stderr. */
  until(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray>
  readonly ended: Promise<Ended>
}

/** Answers with the path of cli.cjs, with the trainer beside it and a page where the interface would be. */
export async function buildCli(): Promise<string> {
  const path = await buildProgram('cli')
  const rendererPath = join(path, '../../renderer')
  mkdirSync(rendererPath, { recursive: true })
  writeFileSync(join(rendererPath, 'index.html'), '<!doctype html><title>page</title>')
  return path
}

/**
 * `userId`: whose process it becomes, where root runs the tests. Only once it runs: Node may be in a folder of root's that nobody else can look into,
 * like the cache below `/root`.
 */
export function start(cliPath: string, args: readonly string[], folder: string, userId?: number): Started {
  const become = userId === undefined ? [] : ['--import', becoming(userId)]
  const child = spawn(process.execPath, [...become, cliPath, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const text = { stdout: '', stderr: '' }
  const looks = new Set<() => void>()
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (part: string) => {
      text[stream] += part
      for (const look of [...looks]) look()
    })
  }
  return {
    child,
    stdout: () => text.stdout,
    until: (stream, pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(text[stream])
          if (found === null) return
          looks.delete(look)
          resolve(found)
        }
        looks.add(look)
        look()
        child.on('close', () => reject(new Error(`It ended without ${String(pattern)}: ${text.stderr}`)))
      }),
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, ...text })),
  }
}

function becoming(userId: number): string {
  return `data:text/javascript,process.setgroups([]);process.setgid(${userId});process.setuid(${userId})`
}

/** The lines of --json output. Throws where stdout holds anything else. */
export function records(stdout: string): ({ type: string } & Record<string, unknown>)[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { type: string })
}
