/** The curves of a run as other programs name them. */
import type { Run } from '../../../contract/entities/run'
import { listEvaluations, listSteps } from '../../store/runs/metrics'
import type { Db } from '../../store/statement'

export interface Value {
  readonly step: number
  readonly value: number
  readonly atMs: number
}

export function curvesOf(db: Db, { id }: Run): Map<string, Value[]> {
  const curves = new Map<string, Value[]>()
  const add = (name: string, step: number, value: number, atMs: number): void => {
    const curve = curves.get(name)
    if (curve === undefined) curves.set(name, [{ step, value, atMs }])
    else curve.push({ step, value, atMs })
  }
  for (const { stepIndex, loss, batchAccuracy, learningRate, atMs } of listSteps(db, id)) {
    add('train/loss', stepIndex, loss, atMs)
    add('train/accuracy', stepIndex, batchAccuracy, atMs)
    add('train/learning_rate', stepIndex, learningRate, atMs)
  }
  for (const { stepIndex, part, loss, accuracy, atMs } of listEvaluations(db, id)) {
    add(`${part === 'train' ? 'train_sample' : part}/loss`, stepIndex, loss, atMs)
    add(`${part === 'train' ? 'train_sample' : part}/accuracy`, stepIndex, accuracy.value, atMs)
  }
  return curves
}

/** A name for a file or folder; no two runs have the same. */
export function folderName({ id, name }: Run): string {
  const plain = name
    .replace(/[^\p{L}\p{N} ._-]+/gu, '_')
    .replace(/^\.+/, '')
    .trim()
    .slice(0, 80)
  return `${plain === '' ? 'run' : plain}-${id}`
}
