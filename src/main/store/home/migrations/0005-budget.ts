/**
 * A run knows its time budget and what was expected; measurements tell steps from predictions and one batch from another. The old
 * measurements say neither, and some are of two steps: they are dropped, and the machine is measured again within seconds.
 */
export const budgetSql = `
ALTER TABLE runs ADD COLUMN budget_ms REAL CHECK (budget_ms > 0);
ALTER TABLE runs ADD COLUMN expected_ms REAL CHECK (expected_ms >= 0);

DROP TABLE measurements;
CREATE TABLE measurements (
  engine_key TEXT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('step', 'predict')),
  model TEXT NOT NULL,
  crop_px INTEGER NOT NULL CHECK (crop_px > 0),
  micro_batch_size INTEGER NOT NULL CHECK (micro_batch_size > 0),
  -- Images of a whole step; of a prediction those that are computed at once.
  batch_size INTEGER NOT NULL CHECK (batch_size > 0),
  ms_per_image REAL NOT NULL CHECK (ms_per_image > 0),
  peak_memory_bytes INTEGER NOT NULL,
  measured_at_ms REAL NOT NULL,
  PRIMARY KEY (engine_key, what, model, crop_px, micro_batch_size, batch_size)
) STRICT, WITHOUT ROWID;

-- What a trainer takes before its first step, by engine. The graphs' time is for one residual unit of one graph.
CREATE TABLE engine_starts (
  engine_key TEXT PRIMARY KEY,
  start_ms REAL NOT NULL CHECK (start_ms >= 0),
  graph_ms REAL NOT NULL CHECK (graph_ms >= 0),
  measured_at_ms REAL NOT NULL
) STRICT, WITHOUT ROWID;
`
