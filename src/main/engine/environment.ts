import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import { threadCount } from './machine'
import { cacheFolder, readSetupRecord } from './setup-record'

/**
 * The environment for a trainer process: what TensorFlow reads before it is loaded, so it cannot be set from within. What `base`
 * already says is kept. Imports no TensorFlow. Throws 'bad-input' where BITW_THREADS is no number.
 */
export function trainerEnvironment(base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const record = readSetupRecord(base)
  const environment: NodeJS.ProcessEnv = {
    // Off by default on CPUs without AVX-512, and worth 1.8× on an AVX2 one (measured on R50x1 at 128 px).
    TF_ENABLE_ONEDNN_OPTS: '1',
    // Errors only; its notes about CPU features are not for users.
    TF_CPP_MIN_LOG_LEVEL: '2',
    // Otherwise TensorFlow takes the whole GPU at start, also for a report.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // glibc would give each thread an arena of its own, whose freed memory no other uses: a tenth of the peak (R50x1, 8 × 128² px).
    MALLOC_ARENA_MAX: '2',
    // Images are decoded on libuv's threads, four unless it is told before it starts.
    UV_THREADPOOL_SIZE: String(Math.max(4, availableParallelism())),
    ...base,
  }
  if (base['BITW_THREADS'] !== undefined && base['BITW_THREADS'] !== '') {
    environment['TF_NUM_INTRAOP_THREADS'] ??= String(threadCount(base))
  }
  if (record !== null && record.libraryFolders.length > 0) {
    environment['LD_LIBRARY_PATH'] = joinOnce(record.libraryFolders, base['LD_LIBRARY_PATH'], delimiter)
  }
  if (record !== null && record.cudaDataFolder !== null) {
    environment['XLA_FLAGS'] = joinOnce(
      [`--xla_gpu_cuda_data_dir=${record.cudaDataFolder}`],
      base['XLA_FLAGS'],
      ' ',
    )
  }
  const compiled = join(cacheFolder(base), 'xla')
  // TensorFlow splits them at blanks, and knows no quotes
  if (record?.kind === 'tensorflow-gpu' && !/\s/.test(compiled)) {
    environment['TF_XLA_FLAGS'] = joinOnce(xlaFlags(compiled), base['TF_XLA_FLAGS'], ' ')
  }
  return environment
}

/** What XLA compiled for a card is kept (TensorFlow makes the folder): an H100 starts R50x1's step in 22 s instead of 92 (measured beside four other compilations). */
const xlaFlags = (folder: string): string[] => [
  `--tf_xla_persistent_cache_directory=${folder}`,
  '--tf_xla_persistent_cache_read_only=false',
]

/**
 * For a trainer that starts now: TensorFlow's memory on the CPU ends where the machine's does, so that its lack is an error, which the training
 * answers with smaller pieces, and not the end of the process by the operating system. What `environment` already says is kept.
 */
export function withMemoryLimit(environment: NodeJS.ProcessEnv, availableBytes: number): NodeJS.ProcessEnv {
  const limit = Math.floor(availableBytes * usableShare)
  return { TF_MKL_ALLOC_MAX_BYTES: String(limit), ...environment }
}

/**
 * For an export: on the processor, where float32 is float32 on both sides (a graphics card convolves in TF32), and so that a training on the card is left
 * alone.
 */
export function exportEnvironment(environment: NodeJS.ProcessEnv, availableBytes: number): NodeJS.ProcessEnv {
  return { ...withMemoryLimit(environment, availableBytes), CUDA_VISIBLE_DEVICES: '-1' }
}

/** The rest is for the trainer's own code and the images. */
const usableShare = 0.85

/** `added` before `present`, each once. */
function joinOnce(added: readonly string[], present: string | undefined, separator: string): string {
  const parts = [...added, ...(present ?? '').split(separator)].filter((part) => part !== '')
  return [...new Set(parts)].join(separator)
}
