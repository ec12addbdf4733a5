/** Evaluations and checkpoints in one list, newest first. Pure. */
import type { Checkpoint, Evaluation } from '../../../contract/entities/run'

export interface EvaluationRow {
  readonly key: string
  readonly stepIndex: number
  readonly atMs: number
  readonly evaluation: Evaluation | null
  /** null: no state of this step is saved. */
  readonly checkpointBytes: number | null
}

/** A checkpoint stands with the evaluation of its step, or alone where there is none. */
export function evaluationRows(
  evaluations: readonly Evaluation[],
  checkpoints: readonly Checkpoint[],
): EvaluationRow[] {
  const bytesAt = new Map(checkpoints.map((checkpoint) => [checkpoint.stepIndex, checkpoint.byteCount]))
  const evaluated = new Set<number>()
  const rows: EvaluationRow[] = evaluations.map((evaluation, index) => {
    const { stepIndex, atMs } = evaluation
    // After the last step two parts are evaluated: the saved state is named once.
    const checkpointBytes = evaluated.has(stepIndex) ? null : (bytesAt.get(stepIndex) ?? null)
    evaluated.add(stepIndex)
    return { key: `evaluation ${index}`, stepIndex, atMs, evaluation, checkpointBytes }
  })
  for (const checkpoint of checkpoints) {
    if (evaluated.has(checkpoint.stepIndex)) continue
    rows.push({
      key: `checkpoint ${checkpoint.id}`,
      stepIndex: checkpoint.stepIndex,
      atMs: checkpoint.createdAtMs,
      evaluation: null,
      checkpointBytes: checkpoint.byteCount,
    })
  }
  return rows.sort((a, b) => b.stepIndex - a.stepIndex || b.atMs - a.atMs)
}
