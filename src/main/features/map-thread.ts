/** The thread that lays images out (main/mapper.ts): started, told to rest, ended. */
import { Worker } from 'node:worker_threads'
import { WorkbenchError } from '../../contract/errors'
import type { TaskWork } from '../tasks/tasks'
import type { TrainingWatch } from './training-watch'

export interface MapperData {
  /** [count, width] */
  readonly values: Float32Array
  readonly count: number
  readonly width: number
  /** Shared: 1 while it shall rest. */
  readonly rest: Int32Array
}

export type MapperMessage =
  | {
      readonly type: 'progress'
      readonly phase: string
      readonly done: number
      readonly total: number | null
    }
  /** [count, 2] */
  | { readonly type: 'done'; readonly points: Float32Array }

/** [count, 2]. Takes `values` away. Rests while a run trains. Throws the reason of `task.signal`. */
export function layOut(
  mapperPath: string,
  { values, count, width }: Omit<MapperData, 'rest'>,
  task: TaskWork,
  training: TrainingWatch,
): Promise<Float32Array> {
  const rest = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(mapperPath, {
    workerData: { values, count, width, rest } satisfies MapperData,
    transferList: [values.buffer as ArrayBuffer],
  })
  const setRest = (isOn: boolean): void => {
    Atomics.store(rest, 0, isOn ? 1 : 0)
    Atomics.notify(rest, 0)
  }
  const giveWay = (): void => {
    setRest(true)
    training.ended(task.signal).then(
      () => setRest(false),
      () => undefined, // cancelled: the thread ends
    )
  }
  if (training.isTraining()) giveWay()
  const stopWatching = training.onStart(giveWay)
  return new Promise<Float32Array>((resolve, reject) => {
    const stop = (): void => reject(task.signal.reason as Error)
    task.signal.addEventListener('abort', stop)
    worker.on('message', (message: MapperMessage) => {
      if (message.type === 'done') resolve(message.points)
      else task.progress(message)
    })
    worker.once('error', reject)
    worker.once('exit', () =>
      reject(new WorkbenchError('internal', 'The layout of the map ended before it was done.', 'Try again.')),
    )
  }).finally(async () => {
    stopWatching()
    await worker.terminate()
  })
}
