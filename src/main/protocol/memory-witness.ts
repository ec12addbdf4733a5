/** What is known of the memory when a trainer is killed: whether the system did it for want of memory, or nobody can say so. */
import { readFileSync } from 'node:fs'
import { availableMemory } from 'node:process'
import { totalmem } from 'node:os'
import { join } from 'node:path'

export interface MemoryFacts {
  /** Processes of the trainer's control group that the kernel ended for want of memory since the trainer started; null: not known here. */
  readonly groupKills: number | null
  /** The same of the whole machine. */
  readonly systemKills: number | null
  /** Last seen before the end, at most a second or two old. */
  readonly availableBytes: number | null
  readonly totalBytes: number
  /** What the trainer held then. */
  readonly trainerBytes: number | null
}

export interface MemoryWitness {
  /** After the trainer has gone. Ends the watch. */
  facts(): MemoryFacts
  /** Ends the watch. */
  end(): void
}

const sampleMs = 1000

/** `root`: where /proc and /sys are; they are Linux's, elsewhere the counts are not known. */
export function watchMemory(processId: number | undefined, root = '/'): MemoryWitness {
  const groupFile = processId === undefined ? null : findGroupFile(processId, root)
  const groupAtStart = readCount(groupFile)
  const vmstat = join(root, 'proc/vmstat')
  const systemAtStart = readCount(vmstat)
  let availableBytes: number | null = null
  let trainerBytes: number | null = null
  const sample = (): void => {
    // Before Node 22 there is none; and once the trainer has gone, its memory is free again.
    const held = processId === undefined ? null : residentBytes(processId, root)
    if (held === null && process.platform === 'linux') return
    trainerBytes = held
    availableBytes = typeof availableMemory === 'function' ? Math.min(availableMemory(), totalmem()) : null
  }
  sample()
  const timer = setInterval(sample, sampleMs).unref()
  const since = (now: number | null, before: number | null): number | null =>
    now === null || before === null ? null : now - before
  return {
    facts() {
      clearInterval(timer)
      return {
        groupKills: since(readCount(groupFile), groupAtStart),
        systemKills: since(readCount(vmstat), systemAtStart),
        availableBytes,
        totalBytes: totalmem(),
        trainerBytes,
      }
    },
    end: () => clearInterval(timer),
  }
}

/**
 * The file that counts `oom_kill` of the process's control group: memory.events of version 2, memory.oom_control of version 1
 * (https://docs.kernel.org/admin-guide/cgroup-v2.html). In a container the group is often mounted as the root.
 */
function findGroupFile(processId: number, root: string): string | null {
  const lines = read(join(root, `proc/${String(processId)}/cgroup`))?.split('\n') ?? []
  const base = join(root, 'sys/fs/cgroup')
  for (const line of lines) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    const candidates =
      controllers === ''
        ? [join(base, path, 'memory.events'), join(base, 'memory.events')]
        : controllers.split(',').includes('memory')
          ? [join(base, 'memory', path, 'memory.oom_control'), join(base, 'memory/memory.oom_control')]
          : []
    const found = candidates.find((file) => readCount(file) !== null)
    if (found !== undefined) return found
  }
  return null
}

function readCount(path: string | null): number | null {
  const found = path === null ? null : /^oom_kill (\d+)$/m.exec(read(path) ?? '')
  return found === null ? null : Number(found[1])
}

function residentBytes(processId: number, root: string): number | null {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(read(join(root, `proc/${String(processId)}/status`)) ?? '')
  return found === null ? null : Number(found[1]) * 1024
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null // not on this system, or the process has gone
  }
}
