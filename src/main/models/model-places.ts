/** Where weights lie that come with the workbench, and those that it downloads. */
import { join } from 'node:path'
import type { PublishedModel } from '../../domain/model/published'
import type { ServiceContext } from '../app/context'

/** What finding a model takes. */
export type ZooContext = Pick<ServiceContext, 'db' | 'checkpoints' | 'paths' | 'resourcesPath'>

export function splitModelId(id: string): [origin: string, rest: string] {
  const colon = id.indexOf(':')
  return [id.slice(0, colon), id.slice(colon + 1)]
}

export function embeddedFolder({ resourcesPath }: Pick<ZooContext, 'resourcesPath'>): string {
  return join(resourcesPath, 'models')
}

/** Its card lies beside it, as .md. */
export function embeddedFile(context: Pick<ZooContext, 'resourcesPath'>, name: string): string {
  return join(embeddedFolder(context), `${name}.safetensors`)
}

/** Whether it is there or not. */
export function publishedFile({ paths }: Pick<ZooContext, 'paths'>, { name }: PublishedModel): string {
  return join(paths.modelsPath, `${name}.npz`)
}
