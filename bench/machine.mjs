import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import os from 'node:os'

/** What a figure was measured on. */
export function machine() {
  return {
    processor: os.cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: os.availableParallelism(),
    memoryGib: Math.round(os.totalmem() / 2 ** 30),
    instructions: instructions(),
  }
}

/** In words. */
export function machineText({ processor, cores, memoryGib, instructions }) {
  return `${processor}${instructions === null ? '' : ` (${instructions})`}, ${cores} cores, ${memoryGib} GiB`
}

/** The first GPU's name; null where there is no driver. */
export function gpuName() {
  try {
    const text = execFileSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return text.trim().split('\n')[0] || null
  } catch {
    return null // no nvidia-smi, or a driver that does not answer
  }
}

/** Memory of the first GPU that is in use, bytes, by all programs together. */
function gpuMemoryBytes() {
  return new Promise((resolve, reject) => {
    const query = ['--query-gpu=memory.used', '--format=csv,noheader,nounits']
    execFile('nvidia-smi', query, { encoding: 'utf8', timeout: 10_000 }, (error, text) => {
      if (error === null) resolve(Number(text.split('\n')[0]) * 2 ** 20)
      else reject(error)
    })
  })
}

/** What `measure` gives, with the most of the GPU's memory that it had at a time, looked at every quarter of a second, as its peak memory. */
export async function withGpuMemory(measure) {
  const before = await gpuMemoryBytes()
  let most = before
  let looking = Promise.resolve()
  const timer = setInterval(() => {
    looking = looking.then(async () => {
      most = Math.max(most, await gpuMemoryBytes())
    })
  }, 250)
  try {
    const measured = await measure()
    return { ...measured, peakMemoryBytes: most - before }
  } finally {
    clearInterval(timer)
    await looking
  }
}

/** The widest that matter here; null where the system does not tell (only Linux does). */
function instructions() {
  try {
    const flags = new Set(/^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1].split(' '))
    const known = { AVX2: 'avx2', 'AVX-512': 'avx512f', 'AVX-512 bfloat16': 'avx512_bf16', AMX: 'amx_bf16' }
    const found = Object.keys(known).filter((name) => flags.has(known[name]))
    return found.length === 0 ? null : found.join(', ')
  } catch {
    return null
  }
}
