/** Runs that were trained elsewhere: by this program, as a bundle; by others, as their curves alone. */
export const exchangeSql = `
-- Of a run that came as a bundle: the hash of what it is, so that the same twice is once.
CREATE TABLE run_bundles (
  run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
  key BLOB NOT NULL UNIQUE CHECK (length(key) = 32),
  imported_at_ms REAL NOT NULL
) STRICT;

-- Runs of other programs: no dataset, no model, no predictions.
CREATE TABLE other_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Of its content.
  key BLOB NOT NULL UNIQUE CHECK (length(key) = 32),
  program TEXT NOT NULL CHECK (program IN ('tensorboard', 'mlflow', 'wandb', 'csv')),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  -- Where it was found.
  path TEXT NOT NULL,
  started_at_ms REAL,
  ended_at_ms REAL,
  state TEXT NOT NULL CHECK (state IN ('done', 'failed', 'stopped', 'unknown')),
  imported_at_ms REAL NOT NULL,
  -- Lists of [name, value].
  settings_json TEXT NOT NULL CHECK (json_valid(settings_json)),
  tags_json TEXT NOT NULL CHECK (json_valid(tags_json))
) STRICT;

CREATE TABLE other_metrics (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES other_runs (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
  point_count INTEGER NOT NULL CHECK (point_count >= 0),
  last_value REAL,
  UNIQUE (run_id, name)
) STRICT;

-- Blocks of points in the order of the steps: step, value, and time (ms; NaN where it is not known), float64 each, little-endian.
CREATE TABLE other_points (
  metric_id INTEGER NOT NULL REFERENCES other_metrics (id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 24 AND 98304 AND length(bytes) % 24 = 0),
  PRIMARY KEY (metric_id, position)
) STRICT, WITHOUT ROWID;
`
