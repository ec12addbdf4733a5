/** What someone set for this home: kept in settings.json, and told to what it is about. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { settingsSchema, type Settings } from '../../contract/entities/settings'
import { plainStoreError } from '../store/sqlite-errors'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import { tellRun, type Told } from './tell-run'

export interface SettingsService {
  readonly handlers: DomainHandlers<'settings'>
  now(): Settings
}

/** `environment`: of trainers that start from now on; it is changed in place. */
export function createSettings(
  { paths, emit }: Pick<ServiceContext, 'paths' | 'emit'>,
  environment: NodeJS.ProcessEnv,
): SettingsService {
  const path = join(paths.homePath, 'settings.json')
  const before = { ...environment }
  let settings = readSettings(path)
  apply(settings)

  function apply({ threadCount, devices, memoryBytes }: Settings): void {
    const threads = threadCount === null ? null : String(threadCount)
    put(environment, 'BITW_THREADS', threads ?? before['BITW_THREADS'])
    put(environment, 'TF_NUM_INTRAOP_THREADS', threads ?? before['TF_NUM_INTRAOP_THREADS'])
    for (const one of [environment, process.env]) put(one, 'BITW_DEVICES', devices ?? before['BITW_DEVICES'])
    put(process.env, 'BITW_MEMORY_BYTES', memoryBytes === null ? undefined : String(memoryBytes))
  }

  return {
    now: () => settings,
    handlers: {
      'settings.get': async () => settings,
      'settings.set': async (next) => {
        writeSettings(path, next)
        settings = next
        apply(next)
        emit({ type: 'settings-changed' })
        return settings
      },
      'settings.tryNotices': async () => ({ problems: await tellRun(settings.notices, example) }),
    },
  }
}

function put(environment: NodeJS.ProcessEnv, name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(environment, name)
  else environment[name] = value
}

const example: Told = {
  ...{ id: 0, name: 'an example', datasetName: 'a dataset', state: 'done' },
  ...{ kind: 'done', accuracy: 0.9, error: null },
}

/** A file that is damaged, or of another version, counts as none: it holds nothing that cannot be set again. */
function readSettings(path: string): Settings {
  const unset = settingsSchema.parse({})
  if (!existsSync(path)) return unset
  try {
    return settingsSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? unset
  } catch {
    return unset
  }
}

function writeSettings(path: string, settings: Settings): void {
  try {
    writeFileSync(`${path}.new`, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 })
    renameSync(`${path}.new`, path)
  } catch (thrown) {
    rmSync(`${path}.new`, { force: true })
    throw plainStoreError(thrown, path)
  }
}
