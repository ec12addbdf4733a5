/** How long an image takes, by engine and model: the last figure of each. */
import { inTransaction, statement, type Db } from './statement'

export interface Measurement {
  /** What must be the same for the figure to speak of another run. */
  readonly engineKey: string
  readonly model: string
  readonly cropPx: number
  readonly microBatchSize: number
  readonly msPerImage: number
  readonly peakMemoryBytes: number
  readonly measuredAtMs: number
}

/** A new figure takes the place of the old one of the same engine, model, crop and micro-batch. */
export function insertMeasurement(db: Db, measurement: Measurement): void {
  inTransaction(db, () => {
    statement(
      db,
      `INSERT OR REPLACE INTO measurements (engine_key, model, crop_px, micro_batch_size, ms_per_image,
         peak_memory_bytes, measured_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      measurement.engineKey,
      measurement.model,
      measurement.cropPx,
      measurement.microBatchSize,
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
    `SELECT engine_key AS engineKey, model, crop_px AS cropPx, micro_batch_size AS microBatchSize,
       ms_per_image AS msPerImage, peak_memory_bytes AS peakMemoryBytes, measured_at_ms AS measuredAtMs
     FROM measurements ORDER BY measured_at_ms DESC`,
  ).all()
}
