/** TensorFlow, V8 and the C++ library each have their own words for an empty memory. */
import { WorkbenchError } from '../../contract/errors'

const signs = [
  /ResourceExhausted|RESOURCE_EXHAUSTED/, // TensorFlow's status
  /OOM when allocating/, // its CPU and GPU allocators
  /'tensor' Must be non NULL/, // the last words of its oneDNN kernels, which abort
  /std::bad_alloc/,
  /Array buffer allocation failed|Invalid array length|Invalid typed array length/, // V8
  /failed to allocate memory|out of memory/i, // CUDA, WebGPU, WASM
]

/** The plain error where what was thrown means that memory ran out, else null. */
export function outOfMemory(thrown: unknown): WorkbenchError | null {
  if (thrown instanceof WorkbenchError) return null
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (!signs.some((sign) => sign.test(message))) return null
  return new WorkbenchError(
    'out-of-memory',
    `Out of memory: ${message.slice(0, 400)}`,
    'Set a smaller micro-batch (the result stays the same up to rounding), a smaller crop or a smaller model. Completed steps were kept.',
    { cause: thrown },
  )
}
