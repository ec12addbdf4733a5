/**
 * The threads of the kernels: each has an instance of this module over the one memory, and they share a block of words there. A job is a
 * number, its parameters and a count of tasks; a task's result never depends on which thread takes it, nor on how many there are.
 */
import { block, threadCount } from './job'
import { runTask } from './jobs'

// Where things are in the shared block: see job.ts.
const doneAt: usize = 4
const nextAt: usize = 8
const jobAt: usize = 12
const countAt: usize = 16
const othersAt: usize = 20

const endJob: i32 = -1
/** How often a thread looks before it sleeps: some 20 µs, for the pauses between the operations of a step. */
const looks: i32 = 4000

/** The main thread: does a job with all threads and returns when it is done. The parameters are in the block. */
export function run(job: i32, taskCount: i32): void {
  if (threadCount === 1 || taskCount === 1) {
    for (let task = 0; task < taskCount; task++) runTask(job, task)
    return
  }
  announce(job, taskCount)
  takeTasks(job, taskCount)
  let seen = 0
  let look = 0
  while ((seen = atomic.load<i32>(block + doneAt)) !== threadCount - 1) {
    if (++look > looks) atomic.wait<i32>(block + doneAt, seen, -1)
  }
}

/** The main thread: lets the others end. */
export function end(): void {
  if (threadCount > 1) announce(endJob, 0)
}

/** Any other thread: works until `end`. */
export function serve(): void {
  let generation = 0
  for (;;) {
    let look = 0
    while (atomic.load<i32>(block) === generation) {
      if (++look > looks) atomic.wait<i32>(block, generation, -1)
    }
    generation = atomic.load<i32>(block)
    const job = load<i32>(block + jobAt)
    if (job === endJob) return
    atomic.add<i32>(block + othersAt, takeTasks(job, load<i32>(block + countAt)))
    if (atomic.add<i32>(block + doneAt, 1) === threadCount - 2) atomic.notify(block + doneAt, 1)
  }
}

function announce(job: i32, taskCount: i32): void {
  store<i32>(block + jobAt, job)
  store<i32>(block + countAt, taskCount)
  atomic.store<i32>(block + nextAt, 0)
  atomic.store<i32>(block + doneAt, 0)
  atomic.add<i32>(block, 1)
  atomic.notify(block, -1)
}

/** Returns how many this thread got. */
function takeTasks(job: i32, taskCount: i32): i32 {
  let taken = 0
  let task = 0
  while ((task = atomic.add<i32>(block + nextAt, 1)) < taskCount) {
    runTask(job, task)
    taken++
  }
  return taken
}
