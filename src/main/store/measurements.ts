/** How long an image takes, by engine and model, and a start: the last figure of each. */
import { inTransaction, statement, type Db } from './statement'

export interface Measurement {
  /** What must be the same for the figure to speak of another run. */
  readonly engineKey: string
  /** A whole optimizer step, or a forward pass. */
  readonly what: 'step' | 'predict'
  readonly model: string
  readonly cropPx: number
  readonly microBatchSize: number
  /** Images of a whole step; of a prediction the micro-batch. */
  readonly batchSize: number
  readonly msPerImage: number
  /** 0: not known. */
  readonly peakMemoryBytes: number
  readonly measuredAtMs: number
}

/** What a trainer takes before its first step. */
export interface EngineStart {
  readonly engineKey: string
  /** Until the engine is loaded. */
  readonly startMs: number
  /** Recording and loading a graph, for each residual unit of the model. */
  readonly graphMs: number
  readonly measuredAtMs: number
}

/** A new figure takes the place of the old one of the same engine, kind, model, crop and batch. */
export function insertMeasurement(db: Db, measurement: Measurement): void {
  inTransaction(db, () => {
    statement(
      db,
      `INSERT OR REPLACE INTO measurements (engine_key, what, model, crop_px, micro_batch_size, batch_size, ms_per_image,
         peak_memory_bytes, measured_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      measurement.engineKey,
      measurement.what,
      measurement.model,
      measurement.cropPx,
      measurement.microBatchSize,
      measurement.batchSize,
      measurement.msPerImage,
      measurement.peakMemoryBytes,
      measurement.measuredAtMs,
    )
  })
}

/** Newest first. */
export function listMeasurements(db: Db): Measurement[] {
  return statement<Measurement>(
    db,
    `SELECT engine_key AS engineKey, what, model, crop_px AS cropPx, micro_batch_size AS microBatchSize,
       batch_size AS batchSize, ms_per_image AS msPerImage, peak_memory_bytes AS peakMemoryBytes,
       measured_at_ms AS measuredAtMs
     FROM measurements ORDER BY measured_at_ms DESC`,
  ).all()
}

export function insertEngineStart(db: Db, { engineKey, startMs, graphMs, measuredAtMs }: EngineStart): void {
  inTransaction(db, () => {
    statement(
      db,
      'INSERT OR REPLACE INTO engine_starts (engine_key, start_ms, graph_ms, measured_at_ms) VALUES (?, ?, ?, ?)',
    ).run(engineKey, startMs, graphMs, measuredAtMs)
  })
}

/** null where this engine was not measured. */
export function findEngineStart(db: Db, engineKey: string): EngineStart | null {
  const found = statement<EngineStart>(
    db,
    `SELECT engine_key AS engineKey, start_ms AS startMs, graph_ms AS graphMs, measured_at_ms AS measuredAtMs
     FROM engine_starts WHERE engine_key = ?`,
  ).get(engineKey)
  return found ?? null
}
