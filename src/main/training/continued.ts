/** A run that goes on from a checkpoint of another: longer, or with another recipe. docs/decisions/038 says why it is a run of its own. */
import type { Recipe, Run, TrainRequest } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { formatCount } from '../../domain/figures'
import type { Circumstances } from '../costs/training-cost'
import { checkpointOf } from '../store/checkpoints/checkpoints'
import { getRun } from '../store/runs/runs'
import type { Db } from '../store/statement'
import { sameAgain } from './same-again'

/** The request that goes on from a checkpoint; without `stepIndex` from the last one. Throws 'not-found'. */
export function branchOf(
  db: Db,
  {
    id,
    stepIndex,
    moreSteps,
  }: { id: number; stepIndex?: number | undefined; moreSteps?: number | undefined },
): TrainRequest {
  const run = getRun(db, id)
  const checkpoint = checkpointOf(db, id, stepIndex)
  if (checkpoint === null) throw noCheckpoint(run, stepIndex)
  const request = sameAgain(run)
  const stepCount =
    moreSteps === undefined
      ? Math.max(run.recipe.stepCount, checkpoint.stepIndex + 1)
      : checkpoint.stepIndex + moreSteps
  return {
    ...request,
    overrides: { ...request.overrides, stepCount },
    continues: { runId: id, stepIndex: checkpoint.stepIndex },
  }
}

/** The run whose checkpoint it goes on from; null where it begins at step 0. Throws 'not-found', 'unsupported'. */
export function continuedRun(
  db: Db,
  {
    continues,
    datasetId,
    model,
    budgetMs,
  }: Pick<TrainRequest, 'continues' | 'datasetId' | 'model' | 'budgetMs'>,
): Run | null {
  if (continues === undefined) return null
  const run = getRun(db, continues.runId)
  if (run.datasetId !== datasetId || run.model !== model || budgetMs !== null)
    throw new WorkbenchError(
      'unsupported',
      `What goes on from a checkpoint of "${run.name}" keeps its dataset (${run.datasetName}) and its model (${run.model}), and has no time budget.`,
      'Leave these as they are, or start a new run with its weights.',
    )
  if (checkpointOf(db, run.id, continues.stepIndex) === null) throw noCheckpoint(run, continues.stepIndex)
  return run
}

/** On the images that the run had: what it has seen must not come back as held out. */
export function onSplitOf(circumstances: Circumstances, run: Run | null): Circumstances {
  if (run === null) return circumstances
  const { splitId: id, splitHash: hash, exampleCount: train, heldOut, classCount } = run
  const { dataset } = circumstances
  const split = { ...dataset.split, id, hash, counts: { train, ...heldOut } }
  return { ...circumstances, dataset: { ...dataset, classCount, split } }
}

/** Throws 'unsupported' where the checkpoint does not have what the recipe trains, 'bad-input' where no step is left. */
export function refuseOtherWeights(
  { name, recipe: before }: Run,
  { linearProbe, stepCount }: Recipe,
  { continues }: Pick<TrainRequest, 'continues'>,
): void {
  if (before.linearProbe !== linearProbe)
    throw new WorkbenchError(
      'unsupported',
      `"${name}" trained ${before.linearProbe ? 'only the head' : 'the whole network'}: its checkpoint cannot go on as ${linearProbe ? 'a linear probe' : 'a training of the whole network'}.`,
      'Start a new run with its weights.',
    )
  const done = continues?.stepIndex ?? 0
  if (stepCount <= done)
    throw new WorkbenchError(
      'bad-input',
      `The checkpoint has seen ${formatCount(done)} steps already: a run of ${formatCount(stepCount)} steps has none left.`,
      'Set more steps.',
    )
}

function noCheckpoint({ name }: Run, stepIndex: number | undefined): WorkbenchError {
  return new WorkbenchError(
    'not-found',
    stepIndex === undefined
      ? `"${name}" has no checkpoint to go on from.`
      : `"${name}" has no checkpoint after step ${formatCount(stepIndex)} any more.`,
    'Choose another checkpoint, or start a new run.',
  )
}
