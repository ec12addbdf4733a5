/** A core in a process of its own, to be killed: asked and heard over its channel. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TrainRequest } from '../../src/contract/entities/run'
import { buildEntry, buildProgram } from './build-trainer'

export type ToKillable =
  | { readonly type: 'import'; readonly path: string }
  | { readonly type: 'start'; readonly datasetId: number; readonly overrides: TrainRequest['overrides'] }
  | { readonly type: 'resume'; readonly id: number }
  | { readonly type: 'look'; readonly id: number }
  | { readonly type: 'export'; readonly id: number; readonly path: string }
  | { readonly type: 'close' }

export type FromKillable =
  | { readonly type: 'ready' }
  | { readonly type: 'imported'; readonly datasetId: number }
  | { readonly type: 'started'; readonly id: number; readonly trainerProcessId: number | null }
  | {
      readonly type: 'run'
      readonly id: number
      readonly stepsDone: number
      readonly checkpointStep: number | null
      readonly isActive: boolean
      readonly state: string
      readonly error: unknown
    }
  | {
      readonly type: 'looked'
      readonly startNotes: readonly string[]
      readonly steps: readonly (readonly [stepIndex: number, loss: number])[]
      readonly verified: readonly boolean[]
    }
  | { readonly type: 'exported' }
  | { readonly type: 'refused'; readonly reason: string }

type Of<Type extends FromKillable['type']> = Extract<FromKillable, { type: Type }>

export interface KillableCore {
  tell(message: ToKillable): void
  /** The next message for which `pick` answers with true; throws where the core refuses or ends before. */
  hear<Type extends FromKillable['type']>(
    type: Type,
    pick?: (message: Of<Type>) => boolean,
  ): Promise<Of<Type>>
  /** Steps that it said last to be committed. */
  stepsSaid(): number
  /** SIGKILL; resolves when it has gone. */
  kill(): Promise<void>
  close(): Promise<void>
}

export async function startKillableCore(
  homePath: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<KillableCore> {
  const trainerPath = await buildProgram('trainer')
  const entry = await buildEntry(
    'killable-core-process',
    join(import.meta.dirname, '../host/killable-core-process.ts'),
  )
  const child = fork(entry, [homePath, trainerPath], {
    execArgv: [],
    // the engine that starts fastest
    env: { ...process.env, BITW_ENGINE: 'wasm', ...environment },
  })
  const gone = once(child, 'exit')
  const heard: FromKillable[] = []
  const watchers = new Set<() => void>()
  let stepsSaid = 0
  const wake = (): void => {
    for (const watcher of [...watchers]) watcher()
  }
  child.on('message', (message: FromKillable) => {
    if (message.type === 'run') ({ stepsDone: stepsSaid } = message)
    heard.push(message)
    wake()
  })
  child.once('exit', wake)
  const core: KillableCore = {
    tell: (message) => void child.send(message),
    hear: (type, pick = () => true) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          for (let index = 0; index < heard.length; index++) {
            const message = heard[index]
            if (message?.type === 'refused') {
              watchers.delete(look)
              return reject(new Error(message.reason))
            }
            if (message?.type !== type || !pick(message as never)) continue
            watchers.delete(look)
            heard.splice(0, index + 1)
            return resolve(message as never)
          }
          if (!isRunning(child)) {
            watchers.delete(look)
            reject(new Error(`The core ended before it said '${type}'.`))
          }
        }
        watchers.add(look)
        look()
      }),
    stepsSaid: () => stepsSaid,
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
    close: async () => {
      core.tell({ type: 'close' })
      await gone
    },
  }
  await core.hear('ready')
  return core
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}
