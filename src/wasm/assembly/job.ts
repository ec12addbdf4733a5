/**
 * What a kernel knows of its job: its parameters and its thread's own memory. The block that threads share is, in bytes: generation (0), threads
 * that are done (4), next task (8), job (12), task count (16), tasks done by other threads than the main one (20); parameters from 64 on.
 */
const parametersAt: usize = 64

export let block: usize = 0
export let threadCount: i32 = 1
let scratchOfThread: usize = 0

/** Where this thread keeps what only it needs; `scratchBytes` is the same for all. */
export function scratch(): usize {
  return scratchOfThread
}

/** Parameter `index` of the job: a count or an address. */
export function parameter(index: i32): i32 {
  return load<i32>(block + parametersAt + ((<usize>index) << 2))
}

export function floatParameter(index: i32): f32 {
  return load<f32>(block + parametersAt + ((<usize>index) << 2))
}

/** Once in each instance, before anything else. */
export function attach(blockAddress: usize, threads: i32, scratchAddress: usize): void {
  block = blockAddress
  threadCount = threads
  scratchOfThread = scratchAddress
}
