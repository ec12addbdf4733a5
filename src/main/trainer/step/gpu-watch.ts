/** How busy the GPU is, as NVIDIA's driver says it every second. One process answers all along: to start one for each question would cost more than a step. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface GpuWatch {
  /** Share of the last second in which it worked, in [0, 1]; null where that is not known. */
  use(): number | null
  close(): void
}

/** Where no GPU trains. */
export const noGpu: GpuWatch = { use: () => null, close: () => undefined }

const everyMs = 1000

/**
 * Asks `program`, nvidia-smi, about the GPU that this process sees first. Where there is no such program, or it does not answer, nothing is known. It ends
 * with this process: nobody reads what it writes.
 */
export function watchGpu(environment: NodeJS.ProcessEnv, program = 'nvidia-smi'): GpuWatch {
  const [first = ''] = (environment['CUDA_VISIBLE_DEVICES'] ?? '').split(',')
  const child = spawn(
    program,
    [
      ...['--query-gpu=utilization.gpu', '--format=csv,noheader,nounits', `--loop-ms=${String(everyMs)}`],
      `--id=${first.trim() === '' ? '0' : first.trim()}`,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  let use: number | null = null
  createInterface({ input: child.stdout }).on('line', (line) => (use = parseUse(line)))
  child.on('error', () => (use = null))
  child.on('exit', () => (use = null))
  child.unref()
  return { use: () => use, close: () => void child.kill() }
}

/** "97" → 0.97; null for "[N/A]". */
export function parseUse(line: string): number | null {
  const percent = Number(line.trim() === '' ? Number.NaN : line)
  return percent >= 0 && percent <= 100 ? percent / 100 : null
}
