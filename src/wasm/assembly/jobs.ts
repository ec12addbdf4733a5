/** What a thread can be asked for. src/main/engine/wasm-jobs.ts has the same numbers. */
import { convolve, convolveBack, convolveKernelBack, packKernel, packTurnedKernel } from './convolution'
import { copyRows } from './copy'
import { normalize, normalizeBack, standardize, standardizeBack, sumImages } from './norm'
import { poolBack } from './pool'

export function runTask(job: i32, task: i32): void {
  switch (job) {
    case 0:
      return packKernel(task)
    case 1:
      return convolve(task)
    case 2:
      return packTurnedKernel(task)
    case 3:
      return convolveBack(task)
    case 4:
      return convolveKernelBack(task)
    case 5:
      return normalize(task)
    case 6:
      return normalizeBack(task)
    case 7:
      return sumImages(task)
    case 8:
      return standardize(task)
    case 9:
      return standardizeBack(task)
    case 10:
      return poolBack(task)
    case 11:
      return copyRows(task)
  }
}
