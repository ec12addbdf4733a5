/**
 * Each evaluation keeps its predictions as a set, packed in blocks; a run names the version of the dataset that it was made from. The aggregates
 * `version_sha256`, `pack_predictions`, `sha256_of_blobs` are made in sql-aggregates.ts.
 */
export const predictionSetsSql = `
-- The list of (path, content hash, class, part) of all images: that of its split, whose rows never change.
CREATE TABLE dataset_versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  split_id INTEGER NOT NULL REFERENCES splits (id) ON DELETE CASCADE,
  created_at_ms REAL NOT NULL,
  image_count INTEGER NOT NULL CHECK (image_count >= 0),
  -- Of the list, in the order of the import.
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  UNIQUE (split_id, sha256)
) STRICT;
CREATE INDEX dataset_versions_by_dataset ON dataset_versions (dataset_id);
CREATE TRIGGER dataset_versions_are_immutable BEFORE UPDATE ON dataset_versions
BEGIN SELECT RAISE(ABORT, 'a version never changes: make a new one'); END;

CREATE TABLE prediction_sets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Whose predictions they are: those of a run after a step, or those of another model.
  run_id INTEGER REFERENCES runs (id) ON DELETE CASCADE,
  model_id TEXT,
  checkpoint_step INTEGER NOT NULL CHECK (checkpoint_step >= 0),
  version_id INTEGER NOT NULL REFERENCES dataset_versions (id) ON DELETE CASCADE,
  part INTEGER NOT NULL CHECK (part IN (0, 1, 2)),
  created_at_ms REAL NOT NULL,
  -- scores: log-probabilities (sigmoid: logits) of each class; top: the top five alone. See domain/prediction-set/block.ts.
  kind TEXT NOT NULL CHECK (kind IN ('scores', 'top')),
  loss TEXT NOT NULL CHECK (loss IN ('softmax', 'sigmoid')),
  class_count INTEGER NOT NULL CHECK (class_count > 0),
  -- Images of the part; the set may be a sample of them.
  part_count INTEGER NOT NULL CHECK (part_count >= 0),
  row_count INTEGER NOT NULL DEFAULT 0 CHECK (row_count BETWEEN 0 AND part_count),
  byte_count INTEGER NOT NULL DEFAULT 0 CHECK (byte_count >= 0),
  -- Of all blocks in order; null until they are all there.
  sha256 BLOB CHECK (length(sha256) = 32),
  CHECK ((run_id IS NULL) <> (model_id IS NULL))
) STRICT;
CREATE INDEX prediction_sets_by_run ON prediction_sets (run_id, checkpoint_step, part);
CREATE INDEX prediction_sets_by_version ON prediction_sets (version_id);
CREATE INDEX prediction_sets_unsealed ON prediction_sets (id) WHERE sha256 IS NULL;
CREATE TRIGGER sealed_prediction_sets_are_immutable BEFORE UPDATE ON prediction_sets WHEN OLD.sha256 IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a sealed set never changes: make a new one'); END;

CREATE TABLE prediction_blocks (
  id INTEGER PRIMARY KEY,
  set_id INTEGER NOT NULL REFERENCES prediction_sets (id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  row_count INTEGER NOT NULL CHECK (row_count > 0),
  bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 4194304),
  UNIQUE (set_id, position)
) STRICT;

INSERT INTO dataset_versions (dataset_id, split_id, created_at_ms, image_count, sha256)
  SELECT splits.dataset_id, splits.id, (SELECT min(created_at_ms) FROM runs WHERE split_id = splits.id), count(*),
    version_sha256(path, content_hash, classes.name, part ORDER BY images.id)
  FROM splits
    JOIN split_images ON split_images.split_id = splits.id
    JOIN images ON images.id = split_images.image_id
    JOIN classes ON classes.dataset_id = images.dataset_id AND classes.class_index = images.class_index
  WHERE splits.id IN (SELECT split_id FROM runs) GROUP BY splits.id;

ALTER TABLE runs ADD COLUMN version_id INTEGER REFERENCES dataset_versions (id);
-- The set whose rows the table predictions has, for queries.
ALTER TABLE runs ADD COLUMN result_set_id INTEGER REFERENCES prediction_sets (id) ON DELETE SET NULL;
CREATE INDEX runs_by_version ON runs (version_id);
CREATE INDEX runs_by_result_set ON runs (result_set_id);
UPDATE runs SET version_id = (SELECT id FROM dataset_versions WHERE dataset_versions.split_id = runs.split_id);

INSERT INTO prediction_sets (run_id, checkpoint_step, version_id, part, created_at_ms, kind, loss, class_count, part_count)
  SELECT id, result_step, version_id, evaluated_on, coalesce(ended_at_ms, created_at_ms), 'top',
    coalesce(json_extract(recipe_json, '$.loss'), 'softmax'), class_count,
    max((SELECT count(*) FROM split_images WHERE split_images.split_id = runs.split_id AND part = evaluated_on),
      (SELECT count(*) FROM predictions WHERE run_id = runs.id))
  FROM runs
  WHERE result_step IS NOT NULL AND evaluated_on IS NOT NULL AND version_id IS NOT NULL
    AND EXISTS (SELECT 1 FROM predictions WHERE run_id = runs.id);
INSERT INTO prediction_blocks (set_id, position, row_count, bytes)
  SELECT set_id, place / 8192, count(*),
    pack_predictions(class_count, loss_name, image_id, label_index, loss, label_rank, label_probability, top ORDER BY image_id)
  FROM (
    SELECT prediction_sets.id AS set_id, class_count, prediction_sets.loss AS loss_name, predictions.*,
      row_number() OVER (PARTITION BY predictions.run_id ORDER BY image_id) - 1 AS place
    FROM prediction_sets JOIN predictions ON predictions.run_id = prediction_sets.run_id
  )
  GROUP BY set_id, place / 8192;
UPDATE runs SET result_set_id = (SELECT id FROM prediction_sets WHERE run_id = runs.id);
UPDATE prediction_sets SET
  row_count = (SELECT sum(row_count) FROM prediction_blocks WHERE set_id = prediction_sets.id),
  byte_count = (SELECT sum(length(bytes)) FROM prediction_blocks WHERE set_id = prediction_sets.id),
  sha256 = (SELECT sha256_of_blobs(bytes ORDER BY position) FROM prediction_blocks WHERE set_id = prediction_sets.id);
`
