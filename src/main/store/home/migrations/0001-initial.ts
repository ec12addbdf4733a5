/**
 * Never change a migration that has been released: write the next one.
 *
 * Sizes in mind: a million images, thousands of runs, checkpoints of gigabytes. Blobs live in tables of their own, so that
 * no query over figures reads past them. Split parts are small integers: 0 train, 1 val, 2 test.
 */
export const initialSql = `
CREATE TABLE datasets (
  -- AUTOINCREMENT here and below: an id in a link or in a browser's cache never comes to mean something else.
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
  root_path TEXT NOT NULL CHECK (length(root_path) > 0),
  created_at_ms REAL NOT NULL,
  -- Facts of an import never change, so they are counted once.
  image_count INTEGER NOT NULL CHECK (image_count >= 0),
  class_count INTEGER NOT NULL CHECK (class_count >= 0),
  problem_count INTEGER NOT NULL CHECK (problem_count >= 0),
  median_width_px INTEGER NOT NULL,
  median_height_px INTEGER NOT NULL,
  byte_count INTEGER NOT NULL CHECK (byte_count >= 0),
  rotated_count INTEGER NOT NULL CHECK (rotated_count >= 0),
  current_split_id INTEGER REFERENCES splits (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX datasets_by_split ON datasets (current_split_id);

CREATE TABLE classes (
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  class_index INTEGER NOT NULL CHECK (class_index >= 0),
  name TEXT NOT NULL,
  PRIMARY KEY (dataset_id, class_index),
  UNIQUE (dataset_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE images (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  class_index INTEGER NOT NULL,
  path TEXT NOT NULL CHECK (length(path) > 0),
  folder_part INTEGER CHECK (folder_part IN (0, 1, 2)),
  width_px INTEGER NOT NULL CHECK (width_px > 0),
  height_px INTEGER NOT NULL CHECK (height_px > 0),
  byte_count INTEGER NOT NULL CHECK (byte_count >= 0),
  content_hash BLOB NOT NULL CHECK (length(content_hash) BETWEEN 4 AND 64),
  format TEXT NOT NULL,
  colour_space TEXT NOT NULL,
  bits_per_sample INTEGER NOT NULL,
  has_alpha INTEGER NOT NULL CHECK (has_alpha IN (0, 1)),
  orientation INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
  modified_ms REAL NOT NULL,
  FOREIGN KEY (dataset_id, class_index) REFERENCES classes (dataset_id, class_index) ON DELETE CASCADE
) STRICT;
-- Everything the gallery's layout needs, in its order: the table itself is not read.
CREATE INDEX images_layout ON images (dataset_id, class_index, id, width_px, height_px, orientation);

CREATE TABLE splits (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  origin TEXT NOT NULL CHECK (origin IN ('folders', 'mixed', 'seeded')),
  val_fraction REAL NOT NULL CHECK (val_fraction BETWEEN 0 AND 0.9),
  test_fraction REAL NOT NULL CHECK (test_fraction BETWEEN 0 AND 0.9),
  seed INTEGER NOT NULL CHECK (seed BETWEEN 0 AND 4294967295),
  hash TEXT NOT NULL CHECK (length(hash) = 8)
) STRICT;
CREATE INDEX splits_by_dataset ON splits (dataset_id);
CREATE TRIGGER splits_are_immutable BEFORE UPDATE ON splits
BEGIN SELECT RAISE(ABORT, 'a split never changes: make a new one'); END;

CREATE TABLE split_images (
  image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  split_id INTEGER NOT NULL REFERENCES splits (id) ON DELETE CASCADE,
  part INTEGER NOT NULL CHECK (part IN (0, 1, 2)),
  PRIMARY KEY (image_id, split_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX split_images_by_part ON split_images (split_id, part, image_id);
CREATE TRIGGER split_images_are_immutable BEFORE UPDATE ON split_images
BEGIN SELECT RAISE(ABORT, 'a split never changes: make a new one'); END;

CREATE TABLE split_classes (
  split_id INTEGER NOT NULL REFERENCES splits (id) ON DELETE CASCADE,
  class_index INTEGER NOT NULL,
  train_count INTEGER NOT NULL CHECK (train_count >= 0),
  val_count INTEGER NOT NULL CHECK (val_count >= 0),
  test_count INTEGER NOT NULL CHECK (test_count >= 0),
  PRIMARY KEY (split_id, class_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE problems (
  id INTEGER PRIMARY KEY,
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  severity TEXT NOT NULL CHECK (severity IN ('error', 'note')),
  code TEXT NOT NULL CHECK (length(code) > 0),
  path TEXT NOT NULL,
  message TEXT NOT NULL
) STRICT;
CREATE INDEX problems_by_dataset ON problems (dataset_id, severity, id);

CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  split_id INTEGER NOT NULL REFERENCES splits (id),
  state TEXT NOT NULL
    CHECK (state IN ('starting', 'training', 'evaluating', 'done', 'stopped', 'failed', 'interrupted')),
  model TEXT NOT NULL,
  spec_json TEXT NOT NULL CHECK (json_valid(spec_json)),
  recipe_json TEXT NOT NULL CHECK (json_valid(recipe_json)),
  choices_json TEXT NOT NULL CHECK (json_valid(choices_json)),
  departure_count INTEGER NOT NULL CHECK (departure_count >= 0),
  weights_path TEXT,
  example_count INTEGER NOT NULL CHECK (example_count >= 0),
  class_count INTEGER NOT NULL CHECK (class_count >= 0),
  parameter_count INTEGER NOT NULL CHECK (parameter_count >= 0),
  created_at_ms REAL NOT NULL,
  ended_at_ms REAL,
  steps_done INTEGER NOT NULL DEFAULT 0 CHECK (steps_done >= 0),
  last_loss REAL,
  images_per_second REAL,
  wait_fraction REAL CHECK (wait_fraction BETWEEN 0 AND 1),
  training_ms REAL,
  peak_memory_bytes INTEGER,
  engine_json TEXT CHECK (json_valid(engine_json)),
  evaluated_on INTEGER CHECK (evaluated_on IN (0, 1, 2)),
  correct_count INTEGER,
  evaluated_count INTEGER CHECK (correct_count <= evaluated_count),
  accuracy REAL,
  accuracy_low REAL,
  accuracy_high REAL,
  wrong_count INTEGER,
  checkpoint_step INTEGER,
  error_json TEXT CHECK (json_valid(error_json)),
  CHECK ((ended_at_ms IS NULL) = (state IN ('starting', 'training', 'evaluating')))
) STRICT;
CREATE INDEX runs_by_dataset ON runs (dataset_id);
CREATE INDEX runs_by_split ON runs (split_id);
CREATE INDEX runs_active ON runs (id) WHERE ended_at_ms IS NULL;

CREATE TABLE steps (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step_index INTEGER NOT NULL CHECK (step_index >= 0),
  loss REAL NOT NULL,
  batch_accuracy REAL NOT NULL,
  learning_rate REAL NOT NULL,
  step_ms REAL NOT NULL,
  wait_ms REAL NOT NULL,
  at_ms REAL NOT NULL,
  PRIMARY KEY (run_id, step_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE evaluations (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step_index INTEGER NOT NULL CHECK (step_index >= 0),
  part INTEGER NOT NULL CHECK (part IN (0, 1, 2)),
  loss REAL NOT NULL,
  correct_count INTEGER NOT NULL,
  evaluated_count INTEGER NOT NULL CHECK (correct_count BETWEEN 0 AND evaluated_count),
  accuracy REAL NOT NULL,
  accuracy_low REAL NOT NULL,
  accuracy_high REAL NOT NULL,
  at_ms REAL NOT NULL,
  PRIMARY KEY (run_id, step_index, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE log_lines (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  at_ms REAL NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('info', 'eval', 'rate', 'save', 'warn', 'error')),
  text TEXT NOT NULL
) STRICT;
CREATE INDEX log_lines_by_run ON log_lines (run_id);

CREATE TABLE checkpoints (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step_index INTEGER NOT NULL CHECK (step_index >= 0),
  created_at_ms REAL NOT NULL,
  byte_count INTEGER NOT NULL CHECK (byte_count >= 0),
  -- Of all tensors' bytes in order; null until every byte has been committed and verified.
  sha256 BLOB CHECK (length(sha256) = 32)
) STRICT;
CREATE INDEX checkpoints_complete ON checkpoints (run_id, step_index, id) WHERE sha256 IS NOT NULL;
CREATE INDEX checkpoints_incomplete ON checkpoints (id) WHERE sha256 IS NULL;
CREATE INDEX checkpoints_by_run ON checkpoints (run_id);

CREATE TABLE checkpoint_tensors (
  checkpoint_id INTEGER NOT NULL REFERENCES checkpoints (id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  name TEXT NOT NULL,
  shape_json TEXT NOT NULL CHECK (json_valid(shape_json)),
  byte_count INTEGER NOT NULL CHECK (byte_count >= 0),
  PRIMARY KEY (checkpoint_id, position),
  UNIQUE (checkpoint_id, name)
) STRICT, WITHOUT ROWID;

-- The tensors' bytes, one after another, cut anywhere.
CREATE TABLE checkpoint_chunks (
  id INTEGER PRIMARY KEY,
  checkpoint_id INTEGER NOT NULL REFERENCES checkpoints (id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 4194304),
  UNIQUE (checkpoint_id, position)
) STRICT;

CREATE TABLE predictions (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  label_index INTEGER NOT NULL,
  predicted_index INTEGER NOT NULL,
  wrong INTEGER NOT NULL GENERATED ALWAYS AS (label_index <> predicted_index) VIRTUAL,
  loss REAL NOT NULL,
  label_rank INTEGER NOT NULL CHECK (label_rank >= 1),
  label_probability REAL NOT NULL CHECK (label_probability BETWEEN 0 AND 1),
  -- Probability of the predicted class.
  confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  -- At most five pairs (uint32 class index, float32 probability), little-endian, most probable first.
  top BLOB NOT NULL CHECK (length(top) BETWEEN 8 AND 40 AND length(top) % 8 = 0),
  PRIMARY KEY (run_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX predictions_by_loss ON predictions (run_id, wrong, loss);
CREATE INDEX predictions_by_confidence ON predictions (run_id, wrong, confidence);
CREATE INDEX predictions_by_cell ON predictions (run_id, label_index, predicted_index, loss);
CREATE INDEX predictions_by_image ON predictions (image_id);

CREATE TABLE measurements (
  engine_key TEXT NOT NULL,
  model TEXT NOT NULL,
  crop_px INTEGER NOT NULL CHECK (crop_px > 0),
  micro_batch_size INTEGER NOT NULL CHECK (micro_batch_size > 0),
  ms_per_image REAL NOT NULL CHECK (ms_per_image > 0),
  peak_memory_bytes INTEGER NOT NULL,
  measured_at_ms REAL NOT NULL,
  PRIMARY KEY (engine_key, model, crop_px, micro_batch_size)
) STRICT, WITHOUT ROWID;

-- Single facts about this home, e.g. whether the last end was a clean one.
CREATE TABLE home_facts (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO home_facts (key, value) VALUES ('clean-end', 'yes');
`
