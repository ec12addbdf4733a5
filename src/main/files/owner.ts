/** Who made a temporary file: machine, user and process, in its name, so that a later process can tell what nobody needs any more. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'

/** As it stands in names: of the machine and user, the process's id, and of its start, since ids are used again. */
export const ownerPattern = /[0-9a-f]{6}-\d+-[0-9a-f]{6}/

export function ownerMark(processId: number = process.pid): string {
  return `${placeHash()}-${String(processId)}-${startHash(processId) ?? unknownStart}`
}

/** Whether the process of this mark has ended. false too where that cannot be known: of another machine, of another user. */
export function ownerGone(mark: string): boolean {
  const [place, processId, start] = mark.split('-')
  if (place !== placeHash() || !ownerPattern.test(mark)) return false
  if (!isAlive(Number(processId))) return true
  const found = startHash(Number(processId))
  return found !== null && start !== unknownStart && found !== start
}

const unknownStart = '000000'

function placeHash(): string {
  return shortHash(`${hostname()} ${String(userInfo().uid)}`)
}

/** Linux tells when a process started; null elsewhere, and where there is none. */
function startHash(processId: number): string | null {
  try {
    const stat = readFileSync(`/proc/${String(processId)}/stat`, 'latin1')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')
    // The name in parentheses may hold anything; `starttime` is the 20th field after it (proc(5)).
    return shortHash(`${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`)
  } catch {
    return null
  }
}

function isAlive(processId: number): boolean {
  if (existsSync('/proc/self/stat')) return existsSync(`/proc/${String(processId)}`)
  try {
    process.kill(processId, 0)
    return true
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6)
}
