/** The training desk: what people say of runs, what a run came from, runs that belong together, starts that wait, and the model in use. */
export const deskSql = `
ALTER TABLE runs ADD COLUMN is_starred INTEGER NOT NULL DEFAULT 0 CHECK (is_starred IN (0, 1));
ALTER TABLE runs ADD COLUMN archived_at_ms REAL;
-- In the trash since then; gone for good 30 days later.
ALTER TABLE runs ADD COLUMN deleted_at_ms REAL;
-- Markdown.
ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';
-- What it went on from, after which of its steps; null where it began by itself.
ALTER TABLE runs ADD COLUMN parent_run_id INTEGER REFERENCES runs (id) ON DELETE SET NULL;
ALTER TABLE runs ADD COLUMN parent_step INTEGER CHECK (parent_step >= 0);
ALTER TABLE runs ADD COLUMN group_id INTEGER REFERENCES run_groups (id) ON DELETE SET NULL;
CREATE INDEX runs_by_parent ON runs (parent_run_id) WHERE parent_run_id IS NOT NULL;
CREATE INDEX runs_by_group ON runs (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX runs_deleted ON runs (deleted_at_ms) WHERE deleted_at_ms IS NOT NULL;

CREATE TABLE run_tags (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  tag TEXT NOT NULL CHECK (length(tag) BETWEEN 1 AND 100),
  PRIMARY KEY (run_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_tags_by_tag ON run_tags (tag);

-- Repeats of one request over seeds, or the trials of a sweep.
CREATE TABLE run_groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('seeds', 'sweep')),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  -- What was asked for: the training that is varied, and how.
  request_json TEXT NOT NULL CHECK (json_valid(request_json)),
  created_at_ms REAL NOT NULL,
  is_paused INTEGER NOT NULL DEFAULT 0 CHECK (is_paused IN (0, 1))
) STRICT;
CREATE INDEX run_groups_by_dataset ON run_groups (dataset_id);

-- Trainings that wait for the one before to end, by position. One that began has its run, in the transaction that made the run.
CREATE TABLE queue (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  position REAL NOT NULL,
  added_at_ms REAL NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'started', 'failed', 'skipped')),
  -- A start (a request), or that a run goes on.
  request_json TEXT NOT NULL CHECK (json_valid(request_json)),
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  group_id INTEGER REFERENCES run_groups (id) ON DELETE CASCADE,
  -- Counted from 0 within its group.
  trial_index INTEGER CHECK (trial_index >= 0),
  run_id INTEGER REFERENCES runs (id) ON DELETE SET NULL,
  error_json TEXT CHECK (json_valid(error_json)),
  UNIQUE (group_id, trial_index)
) STRICT;
CREATE INDEX queue_waiting ON queue (position) WHERE state = 'waiting';
CREATE INDEX queue_by_dataset ON queue (dataset_id);
CREATE INDEX queue_by_run ON queue (run_id) WHERE run_id IS NOT NULL;

-- Which model a dataset has in use: the last one that was not taken back. Only added to.
CREATE TABLE promotions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  -- null: none is in use from here on.
  run_id INTEGER REFERENCES runs (id) ON DELETE SET NULL,
  step_index INTEGER CHECK (step_index >= 0),
  at_ms REAL NOT NULL,
  by_whom TEXT NOT NULL,
  why TEXT NOT NULL,
  temperature REAL CHECK (temperature > 0),
  threshold REAL CHECK (threshold BETWEEN 0 AND 1)
) STRICT;
CREATE INDEX promotions_by_dataset ON promotions (dataset_id, id);
CREATE INDEX promotions_by_run ON promotions (run_id) WHERE run_id IS NOT NULL;
`
