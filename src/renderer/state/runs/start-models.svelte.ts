/** What a training may start from: the models of the lists, and those that none has and that are asked for by themselves. */
import type { ModelEntry } from '../../../contract/entities/model'
import { toWireError, type ErrorCode, type WireError } from '../../../contract/errors'
import { checkpointWords, runModelOf } from '../../../domain/model/run-model'
import { app } from '../app.svelte'
import { models } from '../models/models.svelte'
import { fromZero } from './train-settings'

/** There is no such model; with any other error there is, and it cannot be used. */
const gone: readonly ErrorCode[] = ['not-found', 'path-not-found', 'bad-input']

class StartModels {
  /** Such as run:12@300, run:12 in the trash, or a file that was never added, by id. */
  private others: ReadonlyMap<string, ModelEntry | WireError> = $state.raw(new Map())

  /** null: it is none, or not known yet. */
  entry(id: string): ModelEntry | null {
    const found = listed(id) ?? this.others.get(id)
    return found === undefined || isError(found) ? null : found
  }

  /** Whether there is such a model, usable or not; null: not known yet. */
  has(id: string): boolean | null {
    if (!models.loaded) return null
    const found = listed(id) ?? this.others.get(id)
    if (found === undefined) return null
    return !isError(found) || !gone.includes(found.code)
  }

  /** Asks for it where no list has it. */
  async look(id: string): Promise<void> {
    if (id === fromZero || listed(id) !== undefined) return
    let found: ModelEntry | WireError
    try {
      const { model } = await app.call('models.get', { id })
      found = { ...model, id, name: `${model.name}${checkpointWords(runModelOf(id)?.which ?? 'last')}` }
    } catch (error) {
      found = toWireError(error)
    }
    this.others = new Map([...this.others, [id, found]])
  }
}

function listed(id: string): ModelEntry | undefined {
  return [...models.inUse, ...models.list].find((model) => model.id === id)
}

function isError(found: ModelEntry | WireError): found is WireError {
  return 'code' in found
}

export const startModels = new StartModels()
