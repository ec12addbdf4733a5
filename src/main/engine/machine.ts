import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { WorkbenchError } from '../../contract/errors'

export interface Gpu {
  readonly name: string
  readonly memoryBytes: number
  readonly driver: string
}

/** The GPU that this process sees first, or null where there is no driver or it does not answer. */
export function findGpu(): Gpu | null {
  const text = askDriver('name,memory.total,driver_version')
  return text === null ? null : parseGpu(text)
}

/** What nvidia-smi says of each GPU, or of the first that CUDA_VISIBLE_DEVICES names, a line each; null where there is none, or its driver does not answer: then TensorFlow finds no GPU either. */
function askDriver(fields: string): string | null {
  try {
    const [first = ''] = (process.env['CUDA_VISIBLE_DEVICES'] ?? '').split(',')
    const one = first.trim() === '' || first.startsWith('-') ? [] : [`--id=${first.trim()}`]
    return execFileSync('nvidia-smi', [`--query-gpu=${fields}`, '--format=csv,noheader,nounits', ...one], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    return null
  }
}

/** One line of nvidia-smi's CSV; memory there is in MiB. */
export function parseGpu(text: string): Gpu | null {
  const [name, totalMib, driver] = (text.split('\n')[0] ?? '').split(',').map((part) => part.trim())
  const memoryBytes = Number(totalMib) * 2 ** 20
  if (name === undefined || name === '' || driver === undefined || !(memoryBytes > 0)) return null
  return { name, memoryBytes, driver }
}

/** Whether that card computes in bfloat16 (compute capability 8.0, Ampere, and later); null where the driver does not say. */
export function cardHasBfloat16(): boolean | null {
  // asked apart: a driver that does not know the field refuses the whole question
  const text = askDriver('compute_cap')
  return text === null ? null : parseCapability(text)
}

/** Of nvidia-smi's answer, e.g. "9.0". */
export function parseCapability(text: string): boolean | null {
  const capability = Number.parseFloat(text)
  return Number.isFinite(capability) ? capability >= 8 : null
}

/** E.g. "AMD EPYC 7B13"; "unknown CPU" where the system does not say. */
export function cpuName(): string {
  const model = cpus()[0]?.model.trim().replace(/\s+/g, ' ') ?? ''
  return model === '' ? 'unknown CPU' : model
}

/** Memory that this process can still take, in bytes, with the limits of its container. */
export function availableMemoryBytes(): number {
  return process.availableMemory()
}

/** Threads for arithmetic: BITW_THREADS, else every core that this process may use. Throws 'bad-input'. */
export function threadCount(environment: NodeJS.ProcessEnv): number {
  const asked = environment['BITW_THREADS'] ?? ''
  if (asked === '') return availableParallelism()
  const count = Number(asked)
  if (!Number.isInteger(count) || count < 1 || count > 1024) {
    throw new WorkbenchError(
      'bad-input',
      `BITW_THREADS is "${asked}", which is not a valid number of threads.`,
      'Set it to a whole number from 1 to 1024, or unset it.',
    )
  }
  return count
}

/** Whether the CPU has AVX2; null where the system does not tell (only Linux does). */
export function hasAvx2(): boolean | null {
  return cpuFlags()?.has('avx2') ?? null
}

/** Whether oneDNN, which convolves in TensorFlow, finds instructions for bfloat16; null where the system does not tell. */
export function hasBfloat16(): boolean | null {
  const flags = cpuFlags()
  return flags === null ? null : canMultiplyBfloat16(flags)
}

/** AVX-NE-CONVERT only converts, and oneDNN takes it on CPUs without AVX-512. */
export function canMultiplyBfloat16(flags: ReadonlySet<string>): boolean {
  return ['avx512_bf16', 'amx_bf16', 'avx_ne_convert'].some((flag) => flags.has(flag))
}

/** The flags of the first CPU in Linux's /proc/cpuinfo; empty where it names none. */
export function parseCpuFlags(text: string): ReadonlySet<string> {
  const line = /^flags\s*:(.*)$/m.exec(text)?.[1] ?? ''
  return new Set(line.split(' ').filter((flag) => flag !== ''))
}

/** Null where the system does not tell: only Linux does. */
function cpuFlags(): ReadonlySet<string> | null {
  if (process.arch !== 'x64' || process.platform !== 'linux') return null
  try {
    return parseCpuFlags(readFileSync('/proc/cpuinfo', 'utf8'))
  } catch {
    return null // a container without /proc: nothing to say
  }
}
