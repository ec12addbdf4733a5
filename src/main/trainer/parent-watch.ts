/**
 * Ends this process when its parent has gone, even in the middle of a long synchronous step, in which the event loop (and
 * with it the channel's 'disconnect') stands still. A thread of its own looks at the parent's id.
 */
import { Worker } from 'node:worker_threads'

/** How often the thread looks; an orphan lives about this long at most. */
const lookEveryMs = 500

// As text, because a thread's code is a file or a text, and the trainer is built as one file.
const threadCode = `
const { workerData } = require('node:worker_threads')
const gone = () => {
  if (process.ppid !== workerData.parentId) return true
  try { process.kill(workerData.parentId, 0) } catch (error) { return error.code === 'ESRCH' }
  return false
}
// SIGKILL, since exit handlers would wait for the busy main thread.
setInterval(() => { if (gone()) process.kill(process.pid, 'SIGKILL') }, workerData.lookEveryMs)
`

export function endWithParent(): void {
  const worker = new Worker(threadCode, { eval: true, workerData: { parentId: process.ppid, lookEveryMs } })
  worker.unref()
}
