/** The core as a process of its own, forked by the window: store, services, supervision of training. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { toWireError } from '../contract/errors'
import { openCore } from './host/compose'
import { resolveHomePath } from './host/paths'
import type { FromCoreProcess } from './rpc/process-messages'
import { serveControl } from './rpc/control-socket'
import { connectProcess } from './rpc/process-port'
import { tellOfTraining } from './rpc/training-line'

void main()

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { home: { type: 'string' } } })
  // Signals of the terminal reach the window as well; it ends this process by closing the channel, in order.
  process.on('SIGINT', () => undefined)
  try {
    const core = await openCore({
      homePath: resolveHomePath(values.home),
      trainerPath: join(__dirname, 'trainer.cjs'),
      purpose: 'the BiT Workbench window',
      worksQueue: true,
    })
    const control = await serveControl(core, resolveHomePath(values.home))
    const end = (): void => {
      void control?.close()
      core.close().then(
        () => process.exit(0),
        (thrown: unknown) => {
          console.error(thrown)
          process.exit(1)
        },
      )
    }
    process.on('disconnect', end)
    process.on('SIGTERM', end)
    if (!process.connected) return end()
    connectProcess(core, process)
    tellOfTraining(core, process, (name) => tell({ type: 'training', name }, () => undefined))
    tell({ type: 'ready' }, () => undefined)
  } catch (thrown) {
    tell({ type: 'cannot-start', error: toWireError(thrown) }, () => process.exit(1))
  }
}

function tell(message: FromCoreProcess, then: () => void): void {
  if (process.send === undefined) {
    console.error('The window starts the core: run "npm start".')
    process.exit(2)
  }
  process.send(message, undefined, undefined, then)
}
