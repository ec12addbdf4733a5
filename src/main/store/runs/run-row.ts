import { runSchema } from '../../../contract/entities/run'
import type { Accuracy, DamagedRun, Run, RunState, UnreadableImage } from '../../../contract/entities/run'
import { WorkbenchError } from '../../../contract/errors'
import { measureColumns, toMeasures, type MeasureRow } from '../measures'
import { partOfCode } from '../datasets/split-parts'

/** Of the images that could not be read, and of those that had changed, so many are named. */
const namedAtMost = 20

/** The id of the run that weights are of; no id where they are of something else. */
const runOf = (weights: string): string =>
  `CASE WHEN ${weights} LIKE 'run:%' THEN CAST(substr(${weights}, 5) AS INTEGER) END`

/** The number of the version of a run's dataset that a split is of. */
export const versionUpTo = (splitId: string): string =>
  `(SELECT count(*) FROM dataset_versions WHERE dataset_versions.dataset_id = runs.dataset_id AND dataset_versions.split_id <= ${splitId})`

/** In the place of an error: the table's states are those of its first version, and a pause is an interruption that someone asked for. */
export const pausedMark = '{"code":"paused"}'

/** One statement for a run with what it shows of its dataset, split and result, of its origin, and of the images that could not be read or had changed. */
export const selectRuns = `
  SELECT runs.*, datasets.name AS dataset_name, splits.hash AS split_hash,
    (SELECT sum(val_count) FROM split_classes WHERE split_id = runs.split_id) AS val_count,
    (SELECT sum(test_count) FROM split_classes WHERE split_id = runs.split_id) AS test_count,
    ${versionUpTo('runs.split_id')} AS dataset_version, ${versionUpTo('datasets.current_split_id')} AS current_version,
    ${measureColumns},
    (SELECT name FROM runs AS before WHERE before.id = runs.again_of) AS again_name,
    (SELECT count(*) FROM unreadable_images WHERE run_id = runs.id) AS unreadable_count,
    (SELECT json_group_array(json_array(path, part, reason)) FROM (
       SELECT path, part, reason FROM unreadable_images
         JOIN images ON images.id = unreadable_images.image_id
         JOIN split_images ON split_images.image_id = images.id AND split_images.split_id = runs.split_id
       WHERE run_id = runs.id ORDER BY unreadable_images.image_id LIMIT ${String(namedAtMost)})) AS unreadable_json,
    (SELECT json_group_array(json_array(path, part, from_step)) FROM (
       SELECT path, part, from_step FROM changed_images
         JOIN images ON images.id = changed_images.image_id
         JOIN split_images ON split_images.image_id = images.id AND split_images.split_id = runs.split_id
       WHERE run_id = runs.id ORDER BY changed_images.image_id LIMIT ${String(namedAtMost)})) AS changed_json,
    (SELECT json_group_array(tag) FROM (SELECT tag FROM run_tags WHERE run_id = runs.id ORDER BY tag)) AS tags_json, (
    WITH RECURSIVE chain (weights) AS (
      SELECT runs.weights
      UNION ALL
      SELECT source.weights FROM chain JOIN runs AS source ON source.id = ${runOf('chain.weights')}
    ) SELECT weights FROM chain WHERE NOT EXISTS (
      SELECT 1 FROM runs AS source WHERE source.id = ${runOf('chain.weights')}
    )
  ) AS origin
  FROM runs JOIN datasets ON datasets.id = runs.dataset_id JOIN splits ON splits.id = runs.split_id
    LEFT JOIN evaluations ON evaluations.run_id = runs.id AND evaluations.step_index = runs.result_step
      AND evaluations.part = runs.evaluated_on`

export interface RunRow extends AccuracyRow, MeasureRow {
  id: number
  name: string
  dataset_id: number
  dataset_name: string
  split_id: number
  split_hash: string
  state: RunState
  model: string
  spec_json: string
  recipe_json: string
  choices_json: string
  departure_count: number
  weights: string | null
  origin: string | null
  budget_ms: number | null
  expected_ms: number | null
  val_count: number | null
  test_count: number | null
  example_count: number
  class_count: number
  parameter_count: number
  created_at_ms: number
  ended_at_ms: number | null
  steps_done: number
  last_loss: number | null
  images_per_second: number | null
  wait_fraction: number | null
  training_ms: number | null
  peak_memory_bytes: number | null
  engine_json: string | null
  evaluated_on: number | null
  wrong_count: number | null
  result_step: number | null
  checkpoint_step: number | null
  unreadable_count: number
  unreadable_json: string
  changed_count: number
  changed_json: string
  version_id: number | null
  dataset_version: number
  current_version: number
  is_starred: number
  archived_at_ms: number | null
  deleted_at_ms: number | null
  note: string
  tags_json: string
  parent_run_id: number | null
  parent_step: number | null
  group_id: number | null
  again_of: number | null
  again_name: string | null
  error_json: string | null
}

export interface AccuracyRow {
  correct_count: number | null
  evaluated_count: number | null
  accuracy: number | null
  accuracy_low: number | null
  accuracy_high: number | null
}

/** Throws 'home-broken', naming the run, where the row is damaged. */
export function toRun(row: RunRow): Run {
  const run = readRun(row)
  if (!('reason' in run)) return run
  throw new WorkbenchError(
    'home-broken',
    `The run "${run.name}" (number ${run.id}) is damaged: ${run.reason}. Other runs are not affected.`,
    'Delete it, or restore the database from a backup.',
  )
}

/** A damaged row costs that row: whatever cannot be read in it, the others can. */
export function readRun(row: RunRow): Run | DamagedRun {
  const damaged = (reason: string): DamagedRun => ({ id: row.id, name: String(row.name), reason })
  try {
    const checked = runSchema.safeParse(runFields(row))
    if (checked.success) return checked.data
    const field = checked.error.issues[0]?.path[0]
    return damaged(`its ${field === undefined ? 'row' : `"${String(field)}"`} is not what it should be`)
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return damaged('a part of its row is not whole')
    throw thrown
  }
}

/** As the row says it; nothing is checked. */
function runFields(row: RunRow): unknown {
  return {
    id: row.id,
    name: row.name,
    datasetId: row.dataset_id,
    datasetName: row.dataset_name,
    splitId: row.split_id,
    splitHash: row.split_hash,
    state: row.error_json === pausedMark ? 'paused' : row.state,
    model: row.model,
    spec: JSON.parse(row.spec_json),
    recipe: JSON.parse(row.recipe_json),
    choices: JSON.parse(row.choices_json),
    departureCount: row.departure_count,
    weights: row.weights,
    origin: row.origin,
    budgetMs: row.budget_ms,
    expectedMs: row.expected_ms,
    exampleCount: row.example_count,
    heldOut: { val: row.val_count ?? 0, test: row.test_count ?? 0 },
    classCount: row.class_count,
    parameterCount: row.parameter_count,
    createdAtMs: row.created_at_ms,
    endedAtMs: row.ended_at_ms,
    stepsDone: row.steps_done,
    lastLoss: row.last_loss,
    imagesPerSecond: row.images_per_second,
    waitFraction: row.wait_fraction,
    trainingMs: row.training_ms,
    peakMemoryBytes: row.peak_memory_bytes,
    engine: row.engine_json === null ? null : JSON.parse(row.engine_json),
    accuracy: toAccuracy(row),
    measures:
      row.evaluated_count === null || row.evaluated_count === 0 ? null : toMeasures(row, row.evaluated_count),
    evaluatedOn: row.evaluated_on === null ? null : partOfCode(row.evaluated_on),
    wrongCount: row.wrong_count,
    resultStep: row.result_step,
    checkpointStep: row.checkpoint_step,
    unreadable: { count: row.unreadable_count, first: toUnreadable(row.unreadable_json) },
    changedCount: row.changed_count,
    changedFirst: toChanged(row.changed_json),
    datasetVersion: row.version_id === null ? null : row.dataset_version,
    currentVersion: row.current_version === 0 ? null : row.current_version,
    isStarred: row.is_starred === 1,
    isArchived: row.archived_at_ms !== null,
    deletedAtMs: row.deleted_at_ms,
    note: row.note,
    tags: JSON.parse(row.tags_json),
    parent:
      row.parent_run_id === null || row.parent_step === null
        ? null
        : { runId: row.parent_run_id, stepIndex: row.parent_step },
    groupId: row.group_id,
    again: row.again_of === null ? null : { id: row.again_of, name: row.again_name },
    error: row.error_json === null || row.error_json === pausedMark ? null : JSON.parse(row.error_json),
  }
}

/** Of the rows that `selectRuns` makes. */
function toUnreadable(json: string): UnreadableImage[] {
  return (JSON.parse(json) as [path: string, part: number, reason: string][]).map(([path, part, reason]) => ({
    path,
    part: partOfCode(part),
    reason,
  }))
}

function toChanged(json: string): Run['changedFirst'] {
  return (JSON.parse(json) as [path: string, part: number, fromStep: number][]).map(
    ([path, part, fromStep]) => ({ path, part: partOfCode(part), fromStep }),
  )
}

/** null where the run was not evaluated; an evaluation of no images measured nothing. */
function toAccuracy(row: AccuracyRow): Accuracy | null {
  const { correct_count, evaluated_count, accuracy, accuracy_low, accuracy_high } = row
  if (
    correct_count === null ||
    evaluated_count === null ||
    evaluated_count === 0 ||
    accuracy === null ||
    accuracy_low === null ||
    accuracy_high === null
  ) {
    return null
  }
  return {
    correct: correct_count,
    total: evaluated_count,
    value: accuracy,
    low: accuracy_low,
    high: accuracy_high,
  }
}
