/** The thread that writes and reads the bytes of checkpoints, so that the core need not wait for the disk. Questions are answered in their order. */
import { parentPort, workerData } from 'node:worker_threads'
import { toWireError } from '../contract/errors'
import {
  checkpointServant,
  transfers,
  type CheckpointAnswer,
  type CheckpointQuestion,
} from './store/checkpoints/checkpoint-bytes'

const { homePath } = workerData as { readonly homePath: string }
const servant = checkpointServant(homePath)

parentPort?.on('message', ({ number, method, values }: CheckpointQuestion) => {
  try {
    const value: unknown = (servant[method] as (...given: readonly unknown[]) => unknown)(...values)
    answer({ number, value }, transfers([value]))
  } catch (thrown) {
    answer({ number, error: toWireError(thrown) }, [])
  }
})

function answer(said: CheckpointAnswer, without: ArrayBuffer[]): void {
  parentPort?.postMessage(said, without)
}
