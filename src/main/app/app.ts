import { statSync } from 'node:fs'
import { version } from '../../../package.json'
import type { Output } from '../../contract/endpoints'
import type { ServiceContext } from './context'
import type { DomainHandlers } from './handlers'
import { canReveal } from './reveal'

/** `link`: one for one use; null where this core serves no browser. */
export function appHandlers(
  context: ServiceContext,
  devices: () => Promise<Pick<Output<'app.info'>, 'devices' | 'devicesMissing'>>,
  link: () => string | null,
): DomainHandlers<'app'> {
  const { homePath, databasePath } = context.paths
  return {
    'app.info': async () => ({
      version,
      homePath,
      processId: process.pid,
      startNotes: [...context.startNotes],
      // What is written and not yet folded into the database lies in the write-ahead log.
      databaseBytes: sizeOf(databasePath) + sizeOf(`${databasePath}-wal`),
      ...(await devices()),
      databaseCheck: context.databaseCheck(),
      canReveal: canReveal(),
    }),
    'app.link': async () => ({ url: link() }),
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
