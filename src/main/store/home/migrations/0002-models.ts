/** Added weight files; a run names the model that it started from. */
export const modelsSql = `
CREATE TABLE model_files (
  path TEXT PRIMARY KEY CHECK (length(path) > 0),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  spec_json TEXT NOT NULL CHECK (json_valid(spec_json)),
  -- Of the head; null where the file has none.
  class_count INTEGER CHECK (class_count > 0),
  class_names_json TEXT CHECK (json_valid(class_names_json)),
  crop_px INTEGER NOT NULL CHECK (crop_px > 0),
  byte_count INTEGER NOT NULL CHECK (byte_count > 0),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  trained_on TEXT NOT NULL,
  added_at_ms REAL NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE runs RENAME COLUMN weights_path TO weights;
UPDATE runs SET weights = 'path:' || weights WHERE weights IS NOT NULL;
`
