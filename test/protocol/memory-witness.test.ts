/** Why a trainer was killed: from counts of the kernel, made by hand, and from a real kill for want of memory where a control group can be made. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, rmdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { deathError } from '../../src/main/protocol/death-words'
import { watchMemory } from '../../src/main/protocol/memory-witness'

const root = mkdtempSync(join(tmpdir(), 'bitw-witness-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function put(path: string, text: string): void {
  const file = join(root, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
}

/** What is said of a trainer that was killed while the counts went up by so much. */
function words(groupRise: number, systemRise: number, version: 1 | 2): { code: string; message: string } {
  const group =
    version === 2 ? 'sys/fs/cgroup/user/memory.events' : 'sys/fs/cgroup/memory/user/memory.oom_control'
  put('proc/42/cgroup', version === 2 ? '0::/user\n' : '5:cpu:/\n4:memory:/user\n0::/\n')
  put(group, 'low 0\noom_kill 3\n')
  put('proc/vmstat', 'pgfault 1\noom_kill 8\n')
  const witness = watchMemory(42, root)
  put(group, `low 0\noom_kill ${String(3 + groupRise)}\n`)
  put('proc/vmstat', `pgfault 1\noom_kill ${String(8 + systemRise)}\n`)
  const facts = witness.facts()
  rmSync(join(root, 'sys'), { recursive: true })
  return deathError(null, 'SIGKILL', null, { ...facts, availableBytes: 8e9, totalBytes: 16e9 })
}

describe('a trainer that was killed', () => {
  it.each([1, 2] as const)(
    'ran out of memory where its control group (version %i) counted a kill',
    (version) => {
      expect(words(1, 1, version)).toMatchObject({ code: 'out-of-memory' })
    },
  )

  it('probably did where the machine counted one elsewhere', () => {
    expect(words(0, 1, 2)).toMatchObject({ code: 'trainer-died' })
    expect(words(0, 1, 2).message).toContain('probably because memory ran out')
  })

  it('was killed by someone where nothing was counted and memory was there', () => {
    const { message } = words(0, 0, 2)
    expect(message).toContain('killed from outside (SIGKILL)')
    expect(message).toContain('8.0 GB of 16.0 GB of memory were available')
    expect(message).not.toContain('ran out')
  })

  it('may have been, where memory was scarce and nobody counts', () => {
    const facts = {
      groupKills: null,
      systemKills: null,
      availableBytes: 1e8,
      totalBytes: 16e9,
      trainerBytes: null,
    }
    expect(deathError(null, 'SIGKILL', null, facts).message).toContain('while memory was scarce')
    const unknown = deathError(null, 'SIGKILL', null, { ...facts, availableBytes: null })
    expect(unknown.message).toContain('What killed it is not known')
  })
})

const group = `/sys/fs/cgroup/memory/bitw-test-${String(process.pid)}`
function canLimit(): boolean {
  try {
    mkdirSync(group)
    writeFileSync(join(group, 'memory.limit_in_bytes'), String(120 * 2 ** 20))
    return true
  } catch {
    return false // another version of control groups, or not permitted
  }
}
const limited = canLimit()
if (!limited) console.log('Skipped: no memory control group can be made here.')

describe.runIf(limited)('a real kill for want of memory', () => {
  afterAll(() => rmdirSync(group))
  it('is told as one', async () => {
    const script = join(root, 'hungry.cjs')
    writeFileSync(
      script,
      `process.on('message', () => { const held = []; for (;;) held.push(Buffer.alloc(2 ** 22, 1)) })
       process.send('ready')`,
    )
    const child = fork(script, { execArgv: [] })
    await once(child, 'message')
    writeFileSync(join(group, 'cgroup.procs'), String(child.pid))
    const witness = watchMemory(child.pid)
    child.send('eat')
    const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    expect(signal).toBe('SIGKILL')
    const facts = witness.facts()
    expect(facts.groupKills).toBe(1)
    expect(deathError(null, signal, null, facts).code).toBe('out-of-memory')
  })
})
