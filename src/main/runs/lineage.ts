/** What led to runs: the models, datasets and runs that they came from, as a graph without circles. */
import type { Lineage } from '../../contract/entities/many-runs'
import { programWords } from '../../contract/entities/other-run'
import { hasOlderData, type Run } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { modelIdWords } from '../../domain/model/model-names'
import { labelRevisionOfRun } from '../store/labels/label-revision'
import { otherRunName } from '../store/runs/other-runs'
import { getRun } from '../store/runs/runs'
import type { Db } from '../store/statement'

type Node = Lineage['nodes'][number]

/** A run before its children; models and datasets first. Throws 'not-found'. */
export function lineageOf(db: Db, ids: readonly number[]): Lineage {
  const nodes = new Map<string, Node>()
  const asked = new Set(ids)

  function put(node: Omit<Node, 'isAsked'> & { readonly isAsked?: boolean }): Node {
    const known = nodes.get(node.key) ?? { isAsked: false, ...node }
    nodes.set(node.key, known)
    return known
  }

  function ofRun(id: number, isThere: boolean): Node {
    const key = `run:${String(id)}`
    const known = nodes.get(key)
    if (known !== undefined) return known
    const other = otherRunName(db, id)
    if (other !== null)
      return put({
        ...{
          key,
          kind: 'run',
          id,
          name: other.name,
          facts: [`imported from ${programWords[other.program]}`],
        },
        ...{ from: [], layer: 1, isAsked: asked.has(id) },
      })
    const run = isThere ? getRun(db, id) : orNull(() => getRun(db, id))
    if (run === null)
      return put({
        key,
        kind: 'gone',
        id: null,
        name: `run ${String(id)}`,
        facts: ['deleted'],
        from: [],
        layer: 0,
      })
    const before = [startOf(run), datasetOf(run)].filter((node) => node !== null)
    const layer = 1 + Math.max(0, ...before.map((node) => node.layer))
    return put({
      ...{ key, kind: 'run', id, name: run.name, facts: [...factsOf(run), ...labelFacts(db, id)], layer },
      from: before.map((node) => node.key),
      isAsked: asked.has(id),
    })
  }

  function startOf(run: Run): Node | null {
    if (run.parent !== null) return ofRun(run.parent.runId, false)
    if (run.weights === null) return null
    const id = /^run:(\d+)/.exec(run.weights)?.[1]
    if (id !== undefined) return ofRun(Number(id), false)
    const name = modelIdWords(run.weights)
    return put({ key: run.weights, kind: 'model', id: null, name, facts: [], from: [], layer: 0 })
  }

  function datasetOf(run: Run): Node {
    const { datasetId, datasetName, datasetVersion, splitHash, currentVersion } = run
    const version = datasetVersion === null ? '' : `version ${String(datasetVersion)}`
    return put({
      key: `dataset:${String(datasetId)} ${splitHash}`,
      ...{ kind: 'dataset', id: datasetId, name: datasetName, from: [], layer: 0 },
      facts: [
        ...(version === ''
          ? []
          : [hasOlderData(run) ? `${version}, now ${String(currentVersion)}` : version]),
        `split ${splitHash}`,
      ],
    })
  }

  for (const id of ids) ofRun(id, true)
  return { nodes: [...nodes.values()].sort((a, b) => a.layer - b.layer) }
}

function factsOf(run: Run): string[] {
  const { engine, recipe, departureCount, parent, again, accuracy } = run
  const version = engine?.versions['workbench']
  return [
    ...(accuracy === null ? [] : [`${(accuracy.value * 100).toFixed(2)} % right`]),
    `seed ${String(recipe.seed)}`,
    ...(parent === null ? [] : [`from step ${String(parent.stepIndex)}`]),
    ...(again === null ? [] : [`trains ${again.name ?? `run ${String(again.id)}`} again`]),
    ...(departureCount === 0
      ? ['by the rule']
      : [`${String(departureCount)} ${departureCount === 1 ? 'departure' : 'departures'}`]),
    ...(engine === null ? [] : [`${engine.kind} ${engine.version}`, engine.deviceName]),
    ...(version === undefined ? [] : [`workbench ${version}`]),
  ]
}

/** Up to which entry of the dataset's log its labels are corrected, and how much came after. */
function labelFacts(db: Db, runId: number): string[] {
  const { revision, later } = labelRevisionOfRun(db, runId)
  if (revision + later === 0) return []
  const since = later === 0 ? '' : `, ${String(later)} since`
  return [`label revision ${String(revision)}${since}`]
}

function orNull<T>(read: () => T): T | null {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && thrown.code === 'not-found') return null
    throw thrown
  }
}
