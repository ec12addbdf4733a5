/** A thread that looks at image files, some paths at a time. */
import { parentPort } from 'node:worker_threads'
import { openQuickFacts } from './datasets/quick-facts'
import { lookAtSome } from './datasets/quick-threads'

const quickFacts = openQuickFacts()

parentPort?.on('message', (paths: readonly string[]) => {
  parentPort?.postMessage(lookAtSome(quickFacts, paths))
})
