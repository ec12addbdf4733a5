import { describe, expect, it } from 'vitest'
import type { ModelEntry } from '../../../../src/contract/entities/model'
import type { Accuracy } from '../../../../src/contract/entities/run'
import type { RunRow } from '../../../../src/contract/entities/run-list'
import { askable, firstModel } from '../../../../src/renderer/features/predict/default-model'

/** Of an entry and of a run only what the choice looks at. */
const entry = (id: string, changes: Partial<ModelEntry> = {}): ModelEntry =>
  ({
    id,
    origin: id.startsWith('run:') ? 'run' : 'embedded',
    runId: id.startsWith('run:') ? Number(id.slice(4)) : null,
    state: 'ready',
    classCount: 17,
    ...changes,
  }) as ModelEntry
const run = (id: number, low: number | null): RunRow =>
  ({
    id,
    createdAtMs: id,
    accuracy: low === null ? null : ({ low, value: low + 0.1, high: low + 0.2 } as Accuracy),
  }) as RunRow
const embedded = entry('embedded:bit-tiny')

describe('the model that is asked first', () => {
  it('is the one that was promoted last, where one can be asked', () => {
    const promoted = entry('in-use:3', { runId: 1 })
    const models = [embedded, entry('run:2')]
    expect(firstModel(models, [run(2, 0.9)], [promoted])).toBe(promoted)
    expect(firstModel(models, [run(2, 0.9)], [{ ...promoted, state: 'broken' }])?.id).toBe('run:2')
  })

  it('is the newest run that is better than guessing', () => {
    const models = [embedded, entry('run:1'), entry('run:2'), entry('run:3'), entry('run:4')]
    const runs = [run(1, 0.8), run(2, 0.3), run(3, 1 / 17 - 0.01), run(4, null)]
    expect(firstModel(models, runs)?.id).toBe('run:2')
  })

  it('is the embedded one where no run is good, or a good one has no weights here', () => {
    expect(firstModel([entry('run:1'), embedded], [run(1, 0.01)])?.id).toBe('embedded:bit-tiny')
    expect(firstModel([embedded], [run(1, 0.9)])?.id).toBe('embedded:bit-tiny')
  })

  it('is whatever can be asked where there is nothing else, and none where nothing can be', () => {
    expect(firstModel([entry('run:1')], [run(1, null)])?.id).toBe('run:1')
    expect(firstModel([], [])).toBeNull()
  })

  it('is here and has classes', () => {
    const models = [entry('run:1', { state: 'broken' }), entry('run:2', { classCount: null }), embedded]
    expect(askable(models)).toEqual([embedded])
  })
})
