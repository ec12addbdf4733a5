/** Which model a dataset has in use: a log that only grows. */
import type { Promotion } from '../../../contract/entities/promotion'
import { isAtEnd } from '../../../domain/statistics/temperature'
import { inTransaction, statement, type Db } from '../statement'

/** How the reason begins of an entry that takes one back. */
const backLead = 'Taken back: '

export type NewPromotion = Omit<Promotion, 'id' | 'datasetName' | 'runName' | 'isBack' | 'unusedTemperature'>

/** The newest first. */
export function listPromotions(db: Db, datasetId: number): Promotion[] {
  return statement<Row>(db, `${select} WHERE promotions.dataset_id = ? ORDER BY promotions.id DESC`)
    .all(datasetId)
    .map(toPromotion)
}

/** null: the dataset has none, or its run is gone. */
export function promotionInUse(db: Db, datasetId: number): Promotion | null {
  const row = statement<Row>(
    db,
    `${select} WHERE promotions.dataset_id = ? ORDER BY promotions.id DESC LIMIT 1`,
  ).get(datasetId)
  return row === undefined || row.run_id === null ? null : toPromotion(row)
}

/** Of each dataset that has a model in use its promotion, the newest first. */
export function promotionsInUse(db: Db): Promotion[] {
  return statement<Row>(
    db,
    `${select} WHERE promotions.id IN (SELECT max(id) FROM promotions GROUP BY dataset_id)
       AND promotions.run_id IS NOT NULL ORDER BY promotions.id DESC`,
  )
    .all()
    .map(toPromotion)
}

export function insertPromotion(db: Db, promotion: NewPromotion): Promotion {
  return inTransaction(db, () => {
    const { lastInsertRowid } = statement(
      db,
      `INSERT INTO promotions (dataset_id, run_id, step_index, at_ms, by_whom, why, temperature, threshold)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      promotion.datasetId,
      promotion.runId,
      promotion.stepIndex,
      promotion.atMs,
      promotion.byWhom,
      promotion.why,
      promotion.temperature,
      promotion.threshold,
    )
    return getPromotion(db, Number(lastInsertRowid))
  })
}

/** Takes back the one in use: the one before it is in use again, else none. null: none is in use. */
export function takeBackPromotion(
  db: Db,
  datasetId: number,
  by: Pick<Promotion, 'atMs' | 'byWhom'>,
): Promotion | null {
  const stack: Promotion[] = []
  for (const one of listPromotions(db, datasetId).reverse()) {
    if (one.isBack) stack.pop()
    else stack.push(one)
  }
  const taken = stack.pop()
  if (taken === undefined) return null
  // What was deleted since cannot be used again.
  const before = stack.filter(({ runId }) => runId !== null).at(-1)
  return insertPromotion(db, {
    ...{ datasetId, ...by, runId: before?.runId ?? null, stepIndex: before?.stepIndex ?? null },
    ...{ temperature: before?.temperature ?? null, threshold: before?.threshold ?? null },
    why: `${backLead}${taken.runName ?? 'a run that is gone'}`,
  })
}

function getPromotion(db: Db, id: number): Promotion {
  const row = statement<Row>(db, `${select} WHERE promotions.id = ?`).get(id)
  if (row === undefined) throw new Error(`There is no promotion ${String(id)}.`)
  return toPromotion(row)
}

const select = `
  SELECT promotions.*, runs.name AS run_name, datasets.name AS dataset_name
  FROM promotions JOIN datasets ON datasets.id = promotions.dataset_id LEFT JOIN runs ON runs.id = promotions.run_id`

interface Row {
  readonly id: number
  readonly dataset_id: number
  readonly dataset_name: string
  readonly run_id: number | null
  readonly run_name: string | null
  readonly step_index: number | null
  readonly at_ms: number
  readonly by_whom: string
  readonly why: string
  readonly temperature: number | null
  readonly threshold: number | null
}

function toPromotion(row: Row): Promotion {
  const isUnused = row.temperature !== null && isAtEnd(row.temperature)
  return {
    id: row.id,
    datasetId: row.dataset_id,
    datasetName: row.dataset_name,
    runId: row.run_id,
    runName: row.run_name,
    stepIndex: row.step_index,
    atMs: row.at_ms,
    byWhom: row.by_whom,
    why: row.why,
    temperature: isUnused ? null : row.temperature,
    unusedTemperature: isUnused ? row.temperature : null,
    threshold: row.threshold,
    isBack: row.why.startsWith(backLead),
  }
}
