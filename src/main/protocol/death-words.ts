import type { WireError } from '../../contract/errors'
import { byteText } from '../../domain/byte-text'
import type { MemoryFacts } from './memory-witness'

const kept = 'Everything saved before was kept.'

/** Why a trainer went away, as far as that is known. `memory` is read where it was killed. */
export function deathError(
  code: number | null,
  signal: NodeJS.Signals | null,
  spawnError: Error | null,
  memory: MemoryFacts,
): WireError {
  if (spawnError !== null) {
    return {
      code: 'trainer-died',
      message: `Could not start the trainer: ${spawnError.message}`,
      wayOut: 'Check that the machine has free memory and can start processes, then try again.',
    }
  }
  if (signal === 'SIGKILL') return killed(memory)
  if (signal === 'SIGTERM' || signal === 'SIGINT') {
    return {
      code: 'trainer-died',
      message: `The trainer was stopped from outside (${signal}). ${kept}`,
      wayOut: 'Find out what stopped it, then start again.',
    }
  }
  if (signal === 'SIGABRT') {
    return {
      code: 'trainer-died',
      message: `The trainer aborted (SIGABRT): TensorFlow does this when memory runs out or a driver fails. ${kept}`,
      wayOut: 'The log has its last output. If memory ran out, set a smaller micro-batch or crop.',
    }
  }
  const how = signal !== null ? `crashed (${signal})` : `ended with exit code ${code ?? 'unknown'}`
  return {
    code: 'trainer-died',
    message: `The trainer ${how}. ${kept}`,
    wayOut: 'The log has its last output. If a driver failed, starting again often helps.',
  }
}

/** Below this share of the machine's memory, a want of it is likely. */
const scarceShare = 0.05

/** SIGKILL says nothing about its reason: memory is blamed only where the kernel's counts or the last look at it say so. */
function killed(memory: MemoryFacts): WireError {
  const { groupKills, systemKills, availableBytes, totalBytes } = memory
  const seen = seenWords(memory)
  const lessMemory = 'Set a smaller micro-batch, crop or model, or close other programs, then start again.'
  if ((groupKills ?? 0) > 0) {
    return {
      code: 'out-of-memory',
      message: `The system killed the trainer because memory ran out (SIGKILL; the kernel counted it as an out-of-memory kill). ${seen}${kept}`,
      wayOut: lessMemory,
    }
  }
  if ((systemKills ?? 0) > 0) {
    return {
      code: 'trainer-died',
      message: `The trainer was killed (SIGKILL), probably because memory ran out: the kernel killed ${systemKills === 1 ? 'a process' : `${String(systemKills)} processes`} on this machine for want of memory while it ran. ${seen}${kept}`,
      wayOut: lessMemory,
    }
  }
  if (availableBytes !== null && availableBytes < totalBytes * scarceShare) {
    return {
      code: 'trainer-died',
      message: `The trainer was killed (SIGKILL) while memory was scarce. ${seen}${kept}`,
      wayOut: lessMemory,
    }
  }
  const counted =
    systemKills === null && groupKills === null
      ? 'What killed it is not known.'
      : 'The kernel counted no out-of-memory kill, so another program or user killed it.'
  return {
    code: 'trainer-died',
    message: `The trainer was killed from outside (SIGKILL). ${counted} ${seen}${kept}`,
    wayOut: 'Find out what killed it (the system’s log may say), then start again.',
  }
}

function seenWords({ availableBytes, totalBytes, trainerBytes }: MemoryFacts): string {
  if (availableBytes === null) return ''
  const held = trainerBytes === null ? '' : `, and the trainer held ${byteText(trainerBytes)}`
  return `Shortly before, ${byteText(availableBytes)} of ${byteText(totalBytes)} of memory were available${held}. `
}
