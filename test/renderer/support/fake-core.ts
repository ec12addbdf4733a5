/** A core that gives the answers of a test, and whose events the test sends. */
import type { CoreEvent } from '../../../src/contract/events'
import { packUint32 } from '../../../src/contract/packed'
import type { RunRow } from '../../../src/contract/entities/run-list'
import { startApp } from './start-app'

export interface FakeCore {
  /** What was asked, in turn. */
  readonly asked: { readonly name: string; readonly input: unknown }[]
  readonly emit: (event: CoreEvent) => void
}

/** Of each call the answer, or what makes it of its input; a call without one has no answer. */
export function fakeCore(answers: Readonly<Record<string, unknown>>): FakeCore {
  const asked: { name: string; input: unknown }[] = []
  const known: Readonly<Record<string, unknown>> = {
    'app.info': { databaseCheck: {}, startNotes: [], devices: ['cpu'] },
    'tasks.list': [],
    'views.list': [],
    'runs.damaged': [],
    'history.find': foundRuns([]),
    'history.rows': [],
    ...answers,
  }
  const { tell } = startApp((name, input) => {
    asked.push({ name, input })
    const answer = known[name]
    if (answer === undefined) return new Promise<never>(() => undefined)
    return typeof answer === 'function' ? (answer as (of: unknown) => unknown)(input) : answer
  })
  return { asked, emit: tell }
}

/** As `history.find` answers. */
export function foundRuns(ids: readonly number[]): object {
  return {
    ...{ ids: packUint32(new Uint32Array(ids)), groups: [], total: ids.length },
    ...{ archivedCount: 0, deletedCount: 0, tagCounts: [] },
  }
}

/** As `history.rows` answers, of runs that are named by their numbers. */
export function runRows({ ids }: { readonly ids: readonly number[] }): RunRow[] {
  return ids.map((id) => runRow(id))
}

export function runRow(id: number, other: Partial<RunRow> = {}): RunRow {
  return {
    ...{ id, name: `run ${String(id)}`, imported: null, datasetId: 1, datasetName: 'flowers', state: 'done' },
    ...{
      model: 'BiT-Tiny',
      origin: null,
      recipe: null,
      departureCount: 0,
      datasetVersion: 1,
      exampleCount: 9,
    },
    ...{ createdAtMs: id, endedAtMs: id, stepsDone: 5, lastLoss: 1, accuracy: null, topFive: null },
    ...{ balanced: null, evaluatedOn: 'test', resultStep: 5, wrongCount: 2, trainingMs: 9, engineWords: '' },
    ...{ tags: [], note: '', isStarred: false, isArchived: false, deletedAtMs: null, isInUse: false },
    ...{ groupId: null, groupName: null, parent: null, again: null },
    ...other,
  }
}
