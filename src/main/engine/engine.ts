/** The engine's report. A trainer is started once to ask; its answer stands until the core ends. */
import type { EngineReport } from '../../contract/entities/model'
import { WorkbenchError, fromWireError } from '../../contract/errors'
import { startTrainer, type Trainer } from '../protocol/supervisor'
import type { DomainHandlers } from '../app/handlers'

export interface EngineService {
  report(): Promise<EngineReport>
  /** What is known without asking. */
  known(): EngineReport | null
  /** A trainer that started for another reason has told it. */
  learn(engine: EngineReport): void
  /** After another device was chosen: it is asked again. */
  forget(): void
  close(): Promise<void>
}

/** `devices`: resolves when `environment` names the device that is asked. */
export function createEngineService(
  trainerPath: string,
  environment: NodeJS.ProcessEnv,
  devices: Promise<void> = Promise.resolve(),
): EngineService {
  let known: EngineReport | null = null
  let asking: Promise<EngineReport> | null = null
  let trainer: Trainer | null = null
  let isClosed = false

  const ask = (): Promise<EngineReport> =>
    new Promise<EngineReport>((resolve, reject) => {
      if (isClosed) return reject(new WorkbenchError('cancelled', 'Engine check cancelled.'))
      trainer = startTrainer({
        trainerPath,
        environment,
        job: { kind: 'report' },
        onMessage(body) {
          if (body.type === 'engine') known = body.engine
          if (body.type === 'failed') reject(fromWireError(body.error))
        },
        onEnd(end) {
          trainer = null
          if (known !== null) resolve(known)
          else if (end.kind === 'crash') reject(crashError(end.error.message, end.lastLines))
          else reject(new WorkbenchError('cancelled', 'Engine check cancelled.'))
        },
      })
    }).finally(() => {
      asking = null
    })

  return {
    report: () => (known !== null ? Promise.resolve(known) : (asking ??= devices.then(ask))),
    known: () => known,
    learn: (engine) => {
      known = engine
    },
    forget: () => {
      known = null
    },
    close: async () => {
      isClosed = true
      await trainer?.kill()
    },
  }
}

export function engineHandlers(engine: EngineService): DomainHandlers<'engine'> {
  return { 'engine.report': () => engine.report() }
}

function crashError(message: string, lastLines: string): WorkbenchError {
  const words = lastLines === '' ? '' : ` Its last output: ${lastLines.slice(-600)}`
  return new WorkbenchError(
    'engine-missing',
    `Could not start a training engine. ${message}${words}`,
    'Run "npm run setup" to see what is missing, or set BITW_ENGINE=wasm to use the slow engine that always works.',
  )
}
