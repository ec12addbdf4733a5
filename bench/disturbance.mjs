import { readFileSync } from 'node:fs'
import os from 'node:os'

/** More of the machine's time than this, taken by other programs, makes a figure unfair. */
export const disturbedShare = 0.05

/**
 * Runs `measure` and adds `disturbance` to what it resolves to: the share of all cores' time that went to programs other than this one and its
 * children, who must have ended. Null where the system does not tell (only Linux does).
 */
export async function withDisturbance(measure) {
  const before = reading()
  const measured = await measure()
  const after = reading()
  if (before === null || after === null) return { ...measured, disturbance: null }
  const others = after.busyMs - before.busyMs - (after.ownMs - before.ownMs)
  return { ...measured, disturbance: Math.max(0, others / (after.allMs - before.allMs)) }
}

/** Since the start of the machine, and of this process. */
function reading() {
  let fields
  try {
    fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ').map(Number)
  } catch {
    return null
  }
  let [busyMs, allMs] = [0, 0]
  for (const { times } of os.cpus()) {
    const { user, nice, sys, irq, idle } = times
    busyMs += user + nice + sys + irq
    allMs += user + nice + sys + irq + idle
  }
  const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0) // utime, stime, cutime, cstime
  return { busyMs, allMs, ownMs: ticks * 10 }
}
