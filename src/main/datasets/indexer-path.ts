import { dirname, join } from 'node:path'
import type { ServiceContext } from '../app/context'

/** Where the built src/main/indexer.ts is, if it is there. */
export function indexerPath({ trainerPath }: Pick<ServiceContext, 'trainerPath'>): string {
  return join(dirname(trainerPath), 'indexer.cjs')
}
